with events as (
    select * from {{ ref("stg_landing__application_events") }}
),

versions as (
    select
        event_id,
        application_id,
        event_type,
        occurred_at,
        recorded_at,
        lead(recorded_at) over history is null as is_newest,
        -- A version that corrects something else (a reason, an actor) does not make the fact itself any newer.
        (lag(event_type) over history is distinct from event_type)
        or (lag(occurred_at) over history is distinct from occurred_at)
        or (lag(application_id) over history is distinct from application_id) as is_change
    from events
    where recorded_at < {{ as_of() }}
    window history as (partition by event_id order by recorded_at)
),

dated as (
    select
        *,
        max(recorded_at) filter (where is_change) over (partition by event_id order by recorded_at) as known_at
    from versions
)

select
    {{ as_of_date() }} as as_of_date,
    event_id,
    application_id,
    event_type,
    occurred_at,
    known_at
from dated
where is_newest and occurred_at < {{ as_of() }}
