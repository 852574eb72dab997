-- must hide the scores of the blind slice, and of nobody else
select scored.application_id
from scores.facet_scores as scored
inner join scores.batches on scored.batch_id = batches.batch_id
cross join lateral (
    select
        num_nonnulls(
            scored.technical_match, scored.quality_score, scored.quality_probability, scored.onboard_score,
            scored.onboard_probability, scored.attrition_score, scored.attrition_probability
        ) as shown,
        num_nonnulls(
            scored.hidden_technical_match, scored.hidden_quality_score, scored.hidden_quality_probability,
            scored.hidden_onboard_score, scored.hidden_onboard_probability, scored.hidden_attrition_score,
            scored.hidden_attrition_probability
        ) as hidden,
        scores.is_in_blind_slice(scored.application_id, batches.blind_share) as is_in_blind_slice
) as counted
where
    scored.batch_id = $batch_id
    and (
        scored.is_blind <> counted.is_in_blind_slice
        or case when counted.is_in_blind_slice then counted.shown else counted.hidden end > 0
    )
