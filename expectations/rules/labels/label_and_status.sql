-- must have a label exactly where the status is observed
select application_id
from batch
where (label_status = 'observed') <> (label is not null)
