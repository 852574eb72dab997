-- The drift verdicts of a date, in the order of the rankers.
select
    ranker,
    comparison,
    model_version,
    reference_rows,
    current_rows,
    verdict,
    sentence,
    is_alert,
    page,
    overlap
from governance.drift_results
where as_of_date = %(as_of_date)s
order by array_position(array['quality', 'onboard', 'attrition'], ranker), comparison
