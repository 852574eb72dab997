-- must not have applications from the as-of date on
select application_id
from batch
where applied_at >= cast(as_of_date as timestamp) at time zone 'UTC'
