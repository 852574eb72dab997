-- Who reads scores and rankings (design section 11). People get security_invoker views and functions over tables with
-- row-level security; what they may read was fixed when the batch was ranked.

create view ranking.current_batch with (security_invoker = true) as
select
    b.batch_id,
    b.as_of_date
from scores.batches as b
where b.status = 'published'
order by b.as_of_date desc
limit 1;
comment on view ranking.current_batch is 'The batch that people read: the published one of the latest as-of date.';

create view ranking.ranked_list with (security_invoker = true) as
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
    r.v
from ranking.ranked_applications as r
where r.batch_id = (select c.batch_id from ranking.current_batch as c);
comment on view ranking.ranked_list is
'One row per business condition and listed application: its rank within the requisition, null when a person must look.';

create view scores.application_scores with (security_invoker = true) as
with models as (
    select
        max(bm.model_version) filter (where bm.facet = 't') as technical_match_version,
        max(bm.model_version) filter (where bm.facet = 'q') as quality_version,
        max(bm.snapshot_hash) filter (where bm.facet = 'q') as quality_snapshot_hash,
        max(bm.model_version) filter (where bm.facet = 'o') as onboard_version,
        max(bm.snapshot_hash) filter (where bm.facet = 'o') as onboard_snapshot_hash,
        max(bm.model_version) filter (where bm.facet = 'v') as attrition_version,
        max(bm.snapshot_hash) filter (where bm.facet = 'v') as attrition_snapshot_hash
    from scores.batch_models as bm
    where bm.batch_id = (select c.batch_id from ranking.current_batch as c)
)

select
    (select c.as_of_date from ranking.current_batch as c) as as_of_date,
    f.batch_id,
    f.application_id,
    f.candidate_id,
    f.requisition_id,
    f.applied_at,
    f.is_listed,
    f.is_opted_out,
    f.technical_match,
    f.quality_score,
    f.quality_probability,
    f.onboard_score,
    f.onboard_probability,
    f.attrition_score,
    f.attrition_probability,
    models.technical_match_version,
    models.quality_version,
    models.quality_snapshot_hash,
    models.onboard_version,
    models.onboard_snapshot_hash,
    models.attrition_version,
    models.attrition_snapshot_hash
from scores.facet_scores as f
cross join models
where f.batch_id = (select c.batch_id from ranking.current_batch as c);
comment on view scores.application_scores is
'One row per scored application of the published batch, with the versions of what scored it.';

create view scores.application_matches with (security_invoker = true) as
select
    e.application_id,
    e.requisition_id,
    e.technical_match,
    e.unmatched_reason,
    e.evidence
from scores.match_evidence as e
where e.batch_id = (select c.batch_id from ranking.current_batch as c);
comment on view scores.application_matches is
'One row per scored application of the published batch: the technical match and its evidence.';

alter table scores.facet_scores enable row level security;
alter table scores.match_evidence enable row level security;
alter table ranking.ranked_applications enable row level security;
alter table ranking.requisition_readers enable row level security;
alter table ranking.application_readers enable row level security;

create policy everything on scores.facet_scores
to facetrank_trainer, facetrank_auditor, facetrank_eraser using (true);
create policy everything on scores.match_evidence
to facetrank_trainer, facetrank_auditor, facetrank_eraser using (true);
create policy everything on ranking.ranked_applications
to facetrank_trainer, facetrank_auditor, facetrank_eraser using (true);
create policy everything on ranking.requisition_readers to facetrank_trainer, facetrank_auditor using (true);
create policy everything on ranking.application_readers to facetrank_trainer, facetrank_auditor using (true);

create policy own on ranking.requisition_readers for select to hr_ops using (login = current_user);
create policy own on ranking.application_readers for select to interviewer using (login = current_user);

create policy granted_requisitions on scores.facet_scores for select to hr_ops
using (
    (batch_id, requisition_id) in (
        select
            r.batch_id,
            r.requisition_id
        from ranking.requisition_readers as r
    )
);
create policy granted_requisitions on scores.match_evidence for select to hr_ops
using (
    (batch_id, requisition_id) in (
        select
            r.batch_id,
            r.requisition_id
        from ranking.requisition_readers as r
    )
);
create policy granted_requisitions on ranking.ranked_applications for select to hr_ops
using (
    (batch_id, requisition_id) in (
        select
            r.batch_id,
            r.requisition_id
        from ranking.requisition_readers as r
    )
);

create policy assigned_applications on scores.match_evidence for select to interviewer
using (
    (batch_id, application_id) in (
        select
            r.batch_id,
            r.application_id
        from ranking.application_readers as r
    )
);
create policy assigned_applications on ranking.ranked_applications for select to interviewer
using (
    (batch_id, application_id) in (
        select
            r.batch_id,
            r.application_id
        from ranking.application_readers as r
    )
);

grant usage on schema scores, ranking to hr_ops, interviewer, facetrank_eraser;

grant select on scores.batches, scores.batch_steps, scores.batch_models, scores.batch_conditions,
scores.batch_thresholds, scores.batch_rules, ranking.current_batch, scores.match_evidence,
scores.application_matches, ranking.ranked_applications, ranking.ranked_list
to facetrank_trainer, facetrank_auditor, hr_ops, interviewer;

grant select on scores.facet_scores, scores.application_scores to facetrank_trainer, facetrank_auditor, hr_ops;
grant select on ranking.requisition_readers to facetrank_trainer, facetrank_auditor, hr_ops;
grant select on ranking.application_readers to facetrank_trainer, facetrank_auditor, interviewer;
grant select on scores.match_corpora, scores.match_statistics to facetrank_trainer, facetrank_auditor;
grant execute on function ranking.rank_requisition to facetrank_trainer, facetrank_auditor, hr_ops;

alter default privileges for role facetrank_transformer in schema ranking
grant select on tables to hr_ops, interviewer;

grant insert, update on scores.batches, scores.batch_steps to facetrank_trainer;
grant insert on scores.batch_models, scores.batch_conditions, scores.batch_thresholds, scores.match_corpora,
scores.match_statistics to facetrank_trainer;
grant insert, delete on ranking.requisition_readers, ranking.application_readers to facetrank_trainer;

grant select, delete on scores.facet_scores, scores.match_evidence, ranking.ranked_applications to facetrank_eraser;

-- What matching and ranking need of landing: no names, no salaries, resumes' text only.
grant usage on schema landing to facetrank_trainer;
grant select (requisition_id, description, recorded_at) on landing.requisitions to facetrank_trainer;
grant select (application_id, resume_id, recorded_at) on landing.applications to facetrank_trainer;
grant select (resume_id, received_at, content_text, recorded_at) on landing.resumes to facetrank_trainer;
grant select (candidate_id, requested_at, recorded_at) on landing.opt_outs to facetrank_trainer;
grant select on landing.requisition_grants, landing.assignments to facetrank_trainer;
