{{ config(indexes=[{"columns": ["as_of_date", "requisition_id", "stage"], "unique": true}]) }}

with lifecycle as (
    select * from {{ ref("application_lifecycle") }}
    where as_of_date = {{ as_of_date() }}
),

reached as (
    select
        requisition_id,
        job_family,
        applied_at,
        unnest(array['screened', 'interviewed', 'offered', 'accepted', 'onboarded']) as stage,
        unnest(array[screened_at, interviewed_at, offered_at, offer_accepted_at, onboarded_at]) as reached_at
    from lifecycle
),

durations as (
    select
        requisition_id,
        job_family,
        stage,
        extract(epoch from reached_at - applied_at) / 86400 as days
    from reached
    where reached_at is not null
)

select
    {{ as_of_date() }} as as_of_date,
    requisition_id,
    job_family,
    stage,
    count(*) as applications,
    percentile_cont(0.5) within group (order by days)::double precision as median_days,
    percentile_cont(0.9) within group (order by days)::double precision as p90_days
from durations
group by requisition_id, job_family, stage
