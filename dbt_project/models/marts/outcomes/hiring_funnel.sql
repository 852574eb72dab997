{{ config(indexes=[{"columns": ["as_of_date", "requisition_id"], "unique": true}]) }}

with requisitions as (
    select * from {{ ref("requisition_versions") }}
    where is_newest
),

lifecycle as (
    select * from {{ ref("application_lifecycle") }}
    where as_of_date = {{ as_of_date() }}
),

counts as (
    select
        requisition_id,
        count(*) as applications,
        count(screened_at) as screened,
        count(*) filter (where is_screen_passed) as screen_passed,
        count(interviewed_at) as interviewed,
        count(offered_at) as offered,
        count(offer_accepted_at) as accepted,
        count(*) filter (where offer_outcome = 'declined') as declined,
        count(onboarded_at) as onboarded,
        count(withdrawn_at) as withdrawn,
        count(closed_unreviewed_at) as closed_unreviewed,
        count(*) filter (where is_active) as active
    from lifecycle
    group by requisition_id
)

select
    requisitions.as_of_date,
    requisitions.requisition_id,
    requisitions.title,
    requisitions.job_family,
    requisitions.department,
    requisitions.location,
    requisitions.openings,
    requisitions.opened_at,
    requisitions.closed_at,
    {{ is_open("requisitions") }} as is_open,
    coalesce(counts.applications, 0) as applications,
    coalesce(counts.screened, 0) as screened,
    coalesce(counts.screen_passed, 0) as screen_passed,
    coalesce(counts.interviewed, 0) as interviewed,
    coalesce(counts.offered, 0) as offered,
    coalesce(counts.accepted, 0) as accepted,
    coalesce(counts.declined, 0) as declined,
    coalesce(counts.onboarded, 0) as onboarded,
    coalesce(counts.withdrawn, 0) as withdrawn,
    coalesce(counts.closed_unreviewed, 0) as closed_unreviewed,
    coalesce(counts.active, 0) as active
from requisitions
left join counts on requisitions.requisition_id = counts.requisition_id
