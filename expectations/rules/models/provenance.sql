-- must name the version of everything that scores, and the snapshot and contract of every ranker
select facet
from batch
where
    is_present
    and (model_version is null or (ranker is not null and num_nulls(snapshot_hash, contract_hash) > 0))
