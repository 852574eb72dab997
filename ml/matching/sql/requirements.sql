-- One row per requirement of the requisitions known before a date, in the order of their descriptions, with what the
-- form of the requisition asks for; requisitions whose description asks for nothing have one row, without a kind.
with newest as (
    select distinct on (requisition_id)
        requisition_id,
        recorded_at,
        min_years_experience,
        required_degree
    from landing.requisitions
    where recorded_at < %(as_of)s
    order by requisition_id asc, recorded_at desc
)

select
    requisition_id,
    newest.min_years_experience::double precision as minimum_on_form,
    newest.required_degree as degree_on_form,
    requirements.kind,
    requirements.alternatives,
    requirements.minimum_years,
    requirements.is_required,
    requirements.span_start,
    requirements.span_end,
    requirements.quote
from newest
left join matching.requirements as requirements using (requisition_id, recorded_at)
order by requisition_id, requirements.ordinal
