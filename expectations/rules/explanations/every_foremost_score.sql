-- must explain every score of the first of every requisition
select ranked.application_id || ' ' || models.facet
from (
    select distinct application_id
    from ranking.ranked_applications
    where batch_id = $batch_id and rank <= $foremost
) as ranked
cross join scores.batch_models as models
where
    models.batch_id = $batch_id
    and models.is_present
    and models.ranker is not null
    and not exists (
        select from batch
        where batch.application_id = ranked.application_id and batch.facet = models.facet
    )
