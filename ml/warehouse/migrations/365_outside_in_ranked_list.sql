-- The ranked list says who lies outside of what a ranker was trained on (docs/adr/0016). Interviewers read the flags of
-- the applications assigned to them, as they read their facets in the list, and nothing else of the scores.

grant select (
    batch_id, requisition_id, application_id, quality_is_outside, onboard_is_outside, attrition_is_outside
) on scores.facet_scores to interviewer;

create policy assigned_applications on scores.facet_scores for select to interviewer
using (
    (batch_id, application_id) in (
        select
            r.batch_id,
            r.application_id
        from ranking.application_readers as r
    )
);

create or replace view ranking.ranked_list with (security_invoker = true) as
select
    (select c.as_of_date from ranking.current_batch as c) as as_of_date,
    r.condition,
    r.requisition_id,
    r.rank,
    r.application_id,
    r.candidate_id,
    r.applied_at,
    r.status,
    r.level,
    r.weighted_score,
    r.weighted_probability,
    r.joint_score,
    r.t,
    r.q,
    r.o,
    r.v,
    f.quality_is_outside,
    f.onboard_is_outside,
    f.attrition_is_outside
from ranking.ranked_applications as r
left join scores.facet_scores as f
    on
        r.batch_id = f.batch_id
        and r.requisition_id = f.requisition_id
        and r.application_id = f.application_id
where r.batch_id = (select c.batch_id from ranking.current_batch as c);
