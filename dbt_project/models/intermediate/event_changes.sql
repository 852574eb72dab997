with events as (
    select * from {{ ref("stg_landing__application_events") }}
),

applications as (
    select * from {{ ref("submitted_applications") }}
),

versions as (
    select
        application_id,
        event_type,
        occurred_at,
        recorded_at,
        lead(recorded_at) over (partition by event_id order by recorded_at) as superseded_at
    from events
    where recorded_at < {{ as_of() }}
),

-- An event counts once it happened and both it and its application were on record.
dated as (
    select
        applications.candidate_id,
        applications.source,
        lower(applications.source_detail) as source_detail,
        lower(applications.last_employer) as last_employer,
        versions.event_type,
        greatest(versions.recorded_at, versions.occurred_at, applications.recorded_at, applications.applied_at)
            as begins_at,
        versions.superseded_at
    from versions
    inner join applications on versions.application_id = applications.application_id
    where versions.event_type in ('screen_passed', 'screen_failed', 'offer_extended', 'onboarded', 'withdrawn')
)

select
    {{ as_of_date() }} as as_of_date,
    candidate_id,
    source,
    source_detail,
    last_employer,
    event_type,
    begins_at as changed_at,
    1 as change
from dated
union all
select
    {{ as_of_date() }} as as_of_date,
    candidate_id,
    source,
    source_detail,
    last_employer,
    event_type,
    greatest(begins_at, superseded_at) as changed_at,
    -1 as change
from dated
where superseded_at is not null
