-- All that the published batch says of one application, as one row; no row if it is not scored. The blind slice has no
-- facets and no evidence here, whoever asks.
select
    batches.batch_id,
    batches.as_of_date,
    scores.requisition_id,
    scores.candidate_id,
    scores.is_listed,
    scores.is_opted_out,
    scores.is_blind,
    scores.technical_match as t,
    scores.quality_score as q,
    scores.onboard_score as o,
    scores.attrition_score as v,
    jsonb_build_object(
        'q', scores.quality_is_outside, 'o', scores.onboard_is_outside, 'v', scores.attrition_is_outside
    ) as is_outside,
    rules.thresholds,
    matches.unmatched_reason,
    matches.evidence,
    (
        select jsonb_object_agg(models.facet, jsonb_build_object(
            'is_present', models.is_present, 'model_version', models.model_version, 'sentence', models.sentence
        ))
        from scores.batch_models as models
        where models.batch_id = batches.batch_id
    ) as models,
    (
        select
            jsonb_agg(jsonb_build_object(
                'condition', ranked.condition,
                'rank', ranked.rank,
                'status', ranked.status,
                'level', ranked.level,
                'weighted_score', ranked.weighted_score
            ) order by ranked.condition)
        from ranking.ranked_applications as ranked
        where
            ranked.batch_id = batches.batch_id
            and ranked.requisition_id = scores.requisition_id
            and ranked.application_id = scores.application_id
    ) as ranks,
    (
        select
            jsonb_agg(jsonb_build_object(
                'facet', explained.facet,
                'score', explained.score,
                'base_value', explained.base_value,
                'raised', explained.raised,
                'lowered', explained.lowered,
                'rest', explained.rest,
                'sentence', explained.sentence
            ) order by array_position(array['q', 'o', 'v'], explained.facet))
        from scores.explanations as explained
        where
            explained.batch_id = batches.batch_id
            and explained.application_id = scores.application_id
    ) as explanations
from ranking.current_batch as batches
inner join scores.facet_scores as scores on batches.batch_id = scores.batch_id
inner join scores.batch_rules as rules on batches.batch_id = rules.batch_id
left join scores.match_evidence as matches
    on
        batches.batch_id = matches.batch_id
        and scores.application_id = matches.application_id
        and not scores.is_blind
where scores.application_id = %(application_id)s
