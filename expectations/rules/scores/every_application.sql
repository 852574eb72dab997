-- must list every application of its population
select lifecycle.application_id
from intermediate.application_lifecycle as lifecycle
inner join scores.batches on lifecycle.as_of_date = batches.as_of_date
where
    batches.batch_id = $batch_id
    and (batches.population = 'all' or lifecycle.is_active)
    and not exists (
        select from batch
        where batch.application_id = lifecycle.application_id and batch.is_listed
    )
