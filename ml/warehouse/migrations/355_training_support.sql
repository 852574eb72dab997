-- Selective labels (docs/adr/0016): whether an application lies outside of what each ranker was trained on, as only the
-- screened, offered and hired have outcomes. It changes no score and no rank. Hidden where the score is hidden.

alter table scores.facet_scores
add column quality_is_outside boolean,
add column onboard_is_outside boolean,
add column attrition_is_outside boolean,
add column hidden_quality_is_outside boolean,
add column hidden_onboard_is_outside boolean,
add column hidden_attrition_is_outside boolean,
add constraint facet_scores_outside_check check (
    (quality_is_outside is null or quality_score is not null)
    and (onboard_is_outside is null or onboard_score is not null)
    and (attrition_is_outside is null or attrition_score is not null)
),
add constraint facet_scores_hidden_outside_check check (
    (hidden_quality_is_outside is null or hidden_quality_score is not null)
    and (hidden_onboard_is_outside is null or hidden_onboard_score is not null)
    and (hidden_attrition_is_outside is null or hidden_attrition_score is not null)
);
comment on column scores.facet_scores.quality_is_outside is
'Whether the application is unlike the people screened that the quality ranker was trained on;
null without a score.';
comment on column scores.facet_scores.onboard_is_outside is
'Whether the application is unlike the people with an offer that the onboard ranker was trained on;
null without a score.';
comment on column scores.facet_scores.attrition_is_outside is
'Whether the application is unlike the people who started work that the attrition ranker was trained on;
null without a score.';

create or replace view scores.all_facet_scores with (security_invoker = true) as
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
    coalesce(f.attrition_probability, f.hidden_attrition_probability) as attrition_probability,
    coalesce(f.quality_is_outside, f.hidden_quality_is_outside) as quality_is_outside,
    coalesce(f.onboard_is_outside, f.hidden_onboard_is_outside) as onboard_is_outside,
    coalesce(f.attrition_is_outside, f.hidden_attrition_is_outside) as attrition_is_outside
from scores.facet_scores as f;

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
    f.is_blind,
    f.quality_is_outside,
    f.onboard_is_outside,
    f.attrition_is_outside
from scores.facet_scores as f
cross join models
where f.batch_id = (select c.batch_id from ranking.current_batch as c);

grant select (quality_is_outside, onboard_is_outside, attrition_is_outside) on scores.facet_scores to hr_ops;
