-- must have contributions that sum to the score
select batch.application_id || ' ' || batch.facet
from batch
inner join scores.facet_scores as scored
    on batch.application_id = scored.application_id and scored.batch_id = $batch_id
cross join lateral (
    select coalesce(sum((part.value ->> 'contribution')::double precision), 0) as named
    from jsonb_array_elements(batch.raised || batch.lowered) as part (value)
) as parts
where
    (abs(batch.base_value + parts.named + batch.rest - case batch.facet
        when 'q' then scored.quality_score
        when 'o' then scored.onboard_score
        when 'v' then scored.attrition_score
    end) <= 1e-6) is not true
