-- Replayed quarters, each with the outcomes observed last before the date. One row per quarter and stage.
select distinct on (quarter_start, stage)
    as_of_date,
    to_char(quarter_start, 'YYYY "Q"Q') as quarter,
    stage,
    status,
    sentence,
    estimates,
    requisitions
from governance.backtest_results
where as_of_date <= %(as_of_date)s
order by quarter_start asc, stage asc, as_of_date desc
