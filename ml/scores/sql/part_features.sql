-- The applications of one part of a batch: who they are, their technical match, and the features of the rankers.
with applications as (
    select
        application_id,
        candidate_id,
        requisition_id,
        applied_at,
        {is_everybody} or is_active as is_listed
    from intermediate.application_lifecycle
    where
        as_of_date = {as_of_date}
        and ({is_everybody} or is_requisition_open)
        -- The sign bit goes, so that the remainder is never negative. The planner takes any remainder for one in two
        -- hundred; of a single part that would have it look up every application by itself.
        and ({parts} = 1 or (hashtextextended(application_id, 0) & 9223372036854775807) % {parts} = {part})
)

select
    applications.application_id,
    applications.candidate_id,
    applications.requisition_id,
    applications.applied_at,
    applications.is_listed,
    opted_out.candidate_id is not null as is_opted_out,
    scores.is_in_blind_slice(applications.application_id, {blind_share}) as is_blind,
    case when opted_out.candidate_id is null then matches.technical_match end as technical_match
    {features}
from applications
inner join features.application_features as features
    on applications.application_id = features.application_id and features.as_of_date = {as_of_date}
left join scores.match_evidence as matches
    on applications.application_id = matches.application_id and matches.batch_id = {batch_id}
left join scores.opted_out_people as opted_out
    on applications.candidate_id = opted_out.candidate_id and opted_out.opted_out_at < {as_of}
