-- The newest word on each ranker as of a date, and the version that scored the published batch.
-- One row per version that is either.
with versions as (
    select
        *,
        row_number() over (partition by ranker order by as_of_date desc, created_at desc, model_version desc) as age
    from governance.model_versions
    where as_of_date <= %(as_of_date)s
)

select
    versions.as_of_date,
    versions.ranker,
    versions.model_version,
    versions.snapshot_hash,
    versions.contract_hash,
    versions.status,
    versions.sentence,
    versions.metrics,
    versions.age = 1 as is_newest,
    batch_models.model_version is not null as is_scoring
from versions
left join scores.batch_models
    on
        versions.ranker = batch_models.ranker
        and versions.model_version = batch_models.model_version
        and batch_models.is_present
        and batch_models.batch_id = %(batch_id)s
where
    versions.age = 1
    or batch_models.model_version is not null
order by versions.age
