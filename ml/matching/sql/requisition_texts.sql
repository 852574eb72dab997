-- Title and description of some versions of requisitions.
select
    requisition_id,
    recorded_at,
    title,
    description
from landing.requisitions
where (requisition_id, recorded_at) in (
    select
        wanted.requisition_id,
        wanted.recorded_at
    from unnest(%(requisition_ids)s::text[], %(recorded_at)s::timestamptz[]) as wanted (requisition_id, recorded_at)
)
