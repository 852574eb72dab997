-- The versions that have a model card as of a date: of each ranker the champion, the one that scored the published
-- batch, and the newest. One row per version, with what its card is made of.
with versions as (
    select
        *,
        row_number() over (partition by ranker order by as_of_date desc, created_at desc, model_version desc) as age
    from governance.model_versions
    where
        as_of_date <= %(as_of_date)s
        and model_version <> 'none'
),

batch as (
    select max(batch_id) as batch_id
    from scores.batches
    where
        as_of_date = %(as_of_date)s
        and published_at is not null
),

audits as (
    select distinct on (ranker, model_version)
        ranker,
        model_version,
        audit
    from governance.model_card_audits
    where as_of_date <= %(as_of_date)s
    order by ranker asc, model_version asc, as_of_date desc
),

decisions as (
    select
        promotions.ranker,
        promotions.model_version,
        jsonb_agg(
            jsonb_build_object(
                'action', promotions.action,
                'decided_by', promotions.decided_by,
                'decided_at', to_char(promotions.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'reason', approvals.reason
            )
            order by promotions.promotion_id
        ) as decisions
    from governance.promotions
    left join governance.approvals
        on
            promotions.ranker = approvals.ranker
            and promotions.model_version = approvals.model_version
            and promotions.decided_at = approvals.answered_at
    group by promotions.ranker, promotions.model_version
)

select
    facts.facts,
    checks.sentence as impact,
    versions.status,
    versions.sentence,
    audits.audit,
    coalesce(decisions.decisions, '[]') as decisions
from versions
cross join batch
inner join governance.model_card_facts as facts
    on
        versions.ranker = facts.ranker
        and versions.model_version = facts.model_version
left join governance.impact_checks as checks
    on
        versions.ranker = checks.ranker
        and versions.model_version = checks.model_version
left join scores.batch_models
    on
        versions.ranker = batch_models.ranker
        and versions.model_version = batch_models.model_version
        and batch.batch_id = batch_models.batch_id
        and batch_models.is_present
left join audits
    on
        versions.ranker = audits.ranker
        and versions.model_version = audits.model_version
left join decisions
    on
        versions.ranker = decisions.ranker
        and versions.model_version = decisions.model_version
where
    versions.age = 1
    or versions.status = 'champion'
    or batch_models.model_version is not null
order by array_position(array['quality', 'onboard', 'attrition'], versions.ranker), versions.age
