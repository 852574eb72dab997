-- The columns behind every drift verdict of a date: drifted first, farthest first.
select
    ranker,
    comparison,
    column_name,
    distance,
    p_value,
    adjusted_p_value,
    has_drifted
from governance.drift_columns
where as_of_date = %(as_of_date)s
order by ranker asc, comparison asc, has_drifted desc, distance desc, column_name asc
