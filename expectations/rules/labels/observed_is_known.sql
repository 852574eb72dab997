-- must not be observed without knowing since when
select application_id
from batch
where label_status = 'observed' and (labelled_at is null or stage_entered_at is null)
