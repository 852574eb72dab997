-- Ranked applications to be explained, with their scores and the features that these came from.
with chosen as (
    select distinct
        requisition_id,
        application_id
    from ranking.ranked_applications
    where
        batch_id = {batch_id}
        and status = 'ranked'
        and {condition}
)

select
    chosen.application_id,
    chosen.requisition_id,
    scores.quality_score,
    scores.onboard_score,
    scores.attrition_score
    {features}
from chosen
inner join scores.facet_scores as scores
    on
        chosen.requisition_id = scores.requisition_id
        and chosen.application_id = scores.application_id
        and scores.batch_id = {batch_id}
inner join features.application_features as features
    on chosen.application_id = features.application_id and features.as_of_date = {as_of_date}
