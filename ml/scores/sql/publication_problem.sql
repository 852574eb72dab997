-- Why a batch cannot be published yet: no row if it can.
with batch as (
    select
        batch_id,
        as_of_date,
        parts,
        population
    from scores.batches
    where batch_id = %(batch_id)s
),

expected_steps as (
    select
        'match' as step,
        1 as stage
    from scores.batch_models
    where
        batch_id = %(batch_id)s
        and facet = 't'
        and is_present
    union all
    select
        'part ' || part as step,
        2 as stage
    from batch
    cross join generate_series(0, parts - 1) as part
    union all
    select
        'ranking' as step,
        3 as stage
    union all
    select
        'explanations' as step,
        4 as stage
),

steps as (
    select
        expected_steps.step,
        expected_steps.stage,
        done.written,
        done.finished_at
    from expected_steps
    left join scores.batch_steps as done on expected_steps.step = done.step and done.batch_id = %(batch_id)s
),

problems as (
    select
        stage,
        step || ' is missing' as problem
    from steps
    where finished_at is null
    union all
    select
        later.stage,
        later.step || ' is older than ' || earlier.step || ', run it again' as problem
    from steps as earlier
    inner join steps as later on earlier.stage < later.stage and earlier.finished_at > later.finished_at
    union all
    select
        5 as stage,
        counted.scored || ' of ' || counted.known || ' applications are scored' as problem
    from (
        select
            (select sum(written) from steps where stage = 2) as scored,
            (
                select count(*)
                from intermediate.application_lifecycle as lifecycle
                cross join batch
                where
                    lifecycle.as_of_date = batch.as_of_date
                    and (batch.population = 'all' or lifecycle.is_requisition_open)
            ) as known
    ) as counted
    where counted.scored <> counted.known
)

select problem
from problems
order by stage, problem
limit 1
