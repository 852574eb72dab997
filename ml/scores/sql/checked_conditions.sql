-- Fails where the thresholds or the weights of a condition cannot be used with the facets of a batch.
select
    batch_conditions.condition,
    batch_rules.thresholds,
    ranking.checked_weights(
        array[batch_conditions.t, batch_conditions.q, batch_conditions.o, batch_conditions.v], batch_rules.is_present
    ) as weights
from scores.batch_conditions
inner join scores.batch_rules on batch_conditions.batch_id = batch_rules.batch_id
where batch_conditions.batch_id = %(batch_id)s
