-- must have votes that are whole shares of the trees of its model
select votes.application_id
from batch
cross join lateral (
    values
    (batch.application_id, 'quality', batch.quality_score),
    (batch.application_id, 'onboard', batch.onboard_score),
    (batch.application_id, 'attrition', batch.attrition_score)
) as votes (application_id, ranker, score)
inner join scores.batch_models as models on votes.ranker = models.ranker and models.batch_id = $batch_id
inner join (
    select distinct
        ranker,
        model_version,
        jsonb_array_length(metrics -> 'oob_accuracy') as trees
    from governance.model_versions
) as versions on models.ranker = versions.ranker and models.model_version = versions.model_version
where abs(votes.score * versions.trees - round(votes.score * versions.trees)) > 1e-6
