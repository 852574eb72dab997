-- One row per requisition known before a date: its description, null if it has none.
select distinct on (requisition_id)
    requisition_id,
    description
from landing.requisitions
where recorded_at < %(as_of)s
order by requisition_id asc, recorded_at desc
