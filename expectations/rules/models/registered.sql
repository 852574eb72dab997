-- must name only model versions that are registered with the same snapshot and contract
select coalesce(ranker, facet) || ' version ' || model_version
from batch
where
    is_present
    and num_nulls(ranker, model_version, snapshot_hash, contract_hash) = 0
    and not exists (
        select from governance.model_versions as versions
        where
            versions.ranker = batch.ranker
            and versions.model_version = batch.model_version
            and versions.snapshot_hash = batch.snapshot_hash
            and versions.contract_hash = batch.contract_hash
    )
