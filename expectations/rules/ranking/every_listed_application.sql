-- must have every listed application under every business condition
select scored.application_id || ' under ' || conditions.condition
from scores.facet_scores as scored
inner join scores.batch_conditions as conditions on scored.batch_id = conditions.batch_id
where
    scored.batch_id = $batch_id
    and scored.is_listed
    and not exists (
        select from batch
        where batch.condition = conditions.condition and batch.application_id = scored.application_id
    )
