-- must not know anything from the as-of date on
select application_id
from batch
where greatest(stage_entered_at, labelled_at) >= cast(as_of_date as timestamp) at time zone 'UTC'
