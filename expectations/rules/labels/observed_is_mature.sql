-- must not be observed while the outcome window is open
select application_id
from batch
where
    label_status = 'observed'
    and (matured_at is null or matured_at > cast(as_of_date as timestamp) at time zone 'UTC')
