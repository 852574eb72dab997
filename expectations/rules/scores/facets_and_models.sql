-- must have scores of the rankers that have a model, and of no other
select scored.ranker || ' has ' || scored.scores || ' scores and ' || models.status as finding
from (
    select
        unnest(array['quality', 'onboard', 'attrition']) as ranker,
        unnest(array[count(quality_score), count(onboard_score), count(attrition_score)]) as scores
    from batch
) as scored
inner join scores.batch_models as models on scored.ranker = models.ranker and models.batch_id = $batch_id
where (scored.scores > 0) <> models.is_present
