-- The rankers behind the newest batch that was published as of a date and is still stored.
-- One row per ranker that scores; none where nothing was published.
with batch as (
    select batch_id
    from scores.batches
    where
        as_of_date = %(as_of_date)s
        and published_at is not null
        and is_stored
    order by batch_id desc
    limit 1
)

select
    batch_models.batch_id,
    batch_models.ranker,
    batch_models.model_version,
    batch_models.snapshot_hash
from scores.batch_models
inner join batch on batch_models.batch_id = batch.batch_id
where
    batch_models.is_present
    and batch_models.snapshot_hash is not null
order by array_position(array['quality', 'onboard', 'attrition'], batch_models.ranker)
