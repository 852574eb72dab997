-- The blind slice (docs/adr/0010): a random share of applications whose scores nobody sees before the decision. They
-- are stored in columns of their own, which only trainer and auditor may select: whatever else reads the table finds
-- null, as of people who have no scores.

-- A hash of the id alone: the same at every date, under every model and condition, whatever the features say, and the
-- same under a larger share. Its salt keeps it apart from the hashes that assign parts and draw samples.
create function scores.is_in_blind_slice(application_id text, blind_share double precision) returns boolean
language sql immutable parallel safe
as $$
select ('x' || left(md5('blind slice ' || application_id), 8))::bit(32)::bigint < blind_share * 4294967296
$$;
comment on function scores.is_in_blind_slice is
'Whether an application belongs to the random share of applications whose scores are hidden.';

alter table scores.batches
add column blind_share double precision not null default 0,
add constraint batches_blind_share_check check (blind_share >= 0 and blind_share < 1);
comment on column scores.batches.blind_share is 'Share of applications that hide their scores, in [0, 1).';

alter table scores.facet_scores
add column is_blind boolean not null default false,
add column hidden_technical_match double precision check (hidden_technical_match between 0 and 1),
add column hidden_quality_score double precision check (hidden_quality_score between 0 and 1),
add column hidden_quality_probability double precision check (hidden_quality_probability between 0 and 1),
add column hidden_onboard_score double precision check (hidden_onboard_score between 0 and 1),
add column hidden_onboard_probability double precision check (hidden_onboard_probability between 0 and 1),
add column hidden_attrition_score double precision check (hidden_attrition_score between 0 and 1),
add column hidden_attrition_probability double precision check (hidden_attrition_probability between 0 and 1),
add constraint facet_scores_shown_check check (
    not is_blind
    or num_nonnulls(
        technical_match, quality_score, quality_probability, onboard_score, onboard_probability, attrition_score,
        attrition_probability
    ) = 0
),
add constraint facet_scores_hidden_check check (
    is_blind
    or num_nonnulls(
        hidden_technical_match, hidden_quality_score, hidden_quality_probability, hidden_onboard_score,
        hidden_onboard_probability, hidden_attrition_score, hidden_attrition_probability
    ) = 0
);
comment on column scores.facet_scores.is_blind is
'Whether the application belongs to the blind slice of its batch; its scores are in the hidden columns then.';

drop index scores.facet_scores_ranking;
create index facet_scores_ranking on scores.facet_scores (requisition_id) include (
    batch_id, application_id, candidate_id, applied_at, is_listed, is_opted_out, is_blind, technical_match,
    quality_score, quality_probability, onboard_score, onboard_probability, attrition_score, attrition_probability
);

create view scores.all_facet_scores with (security_invoker = true) as
select
    f.batch_id,
    f.part,
    f.application_id,
    f.candidate_id,
    f.requisition_id,
    f.applied_at,
    f.is_listed,
    f.is_opted_out,
    f.is_blind,
    coalesce(f.technical_match, f.hidden_technical_match) as technical_match,
    coalesce(f.quality_score, f.hidden_quality_score) as quality_score,
    coalesce(f.quality_probability, f.hidden_quality_probability) as quality_probability,
    coalesce(f.onboard_score, f.hidden_onboard_score) as onboard_score,
    coalesce(f.onboard_probability, f.hidden_onboard_probability) as onboard_probability,
    coalesce(f.attrition_score, f.hidden_attrition_score) as attrition_score,
    coalesce(f.attrition_probability, f.hidden_attrition_probability) as attrition_probability
from scores.facet_scores as f;
comment on view scores.all_facet_scores is
'One row per batch and application with its scores, hidden or not: for training, gates and reports, not for people.';

create or replace view scores.application_scores with (security_invoker = true) as
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
    models.attrition_snapshot_hash,
    f.is_blind
from scores.facet_scores as f
cross join models
where f.batch_id = (select c.batch_id from ranking.current_batch as c);

-- The matched and missing terms tell the technical match, so that the whole row is hidden from people.
create policy outside_the_blind_slice on scores.match_evidence as restrictive for select to hr_ops, interviewer
using (
    not scores.is_in_blind_slice(
        application_id,
        (
            select b.blind_share
            from scores.batches as b
            where b.batch_id = match_evidence.batch_id
        )
    )
);

revoke select on scores.facet_scores from hr_ops;
grant select (
    batch_id, part, application_id, candidate_id, requisition_id, applied_at, is_listed, is_opted_out, is_blind,
    technical_match, quality_score, quality_probability, onboard_score, onboard_probability, attrition_score,
    attrition_probability
) on scores.facet_scores to hr_ops;
grant select on scores.all_facet_scores to facetrank_trainer, facetrank_auditor;
