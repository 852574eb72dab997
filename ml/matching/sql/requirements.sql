-- One row per requirement of the requisitions known before a date, in the order of their descriptions.
with newest as (
    select distinct on (requisition_id)
        requisition_id,
        recorded_at
    from landing.requisitions
    where recorded_at < %(as_of)s
    order by requisition_id asc, recorded_at desc
)

select
    requisition_id,
    requirements.kind,
    requirements.alternatives,
    requirements.minimum_years,
    requirements.is_required,
    requirements.span_start,
    requirements.span_end,
    requirements.quote
from newest
inner join matching.requirements as requirements using (requisition_id, recorded_at)
order by requisition_id, requirements.ordinal
