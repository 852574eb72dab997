with events as (
    select * from {{ ref("known_events") }}
),

decisions as (
    select * from {{ ref("stg_landing__decisions") }}
),

-- Closing what was withdrawn, or what nobody looked at, with a failed screen is bookkeeping and no decision.
exits as (
    select
        application_id,
        min(occurred_at) as exited_at
    from events
    where event_type in ('withdrawn', 'closed_unreviewed')
    group by application_id
),

-- Whoever was screened twice is what the second look made of them.
last_decisions as (
    select distinct on (events.application_id)
        events.application_id,
        events.occurred_at as screened_at,
        events.known_at as screen_known_at,
        events.event_type = 'screen_passed' as is_screen_passed
    from events
    left join exits on events.application_id = exits.application_id
    where
        events.event_type in ('screen_passed', 'screen_failed')
        and (exits.exited_at is null or events.occurred_at <= exits.exited_at)
    order by events.application_id asc, events.occurred_at desc, events.known_at desc, events.event_id desc
),

known_decisions as (
    select distinct on (decision_id)
        application_id,
        decided_at,
        seen_rank
    from decisions
    where recorded_at < {{ as_of() }}
    order by decision_id asc, recorded_at desc
),

first_ranks_seen as (
    select
        application_id,
        min(decided_at) as rank_seen_at
    from known_decisions
    where seen_rank is not null
    group by application_id
)

select
    {{ as_of_date() }} as as_of_date,
    last_decisions.application_id,
    last_decisions.screened_at,
    last_decisions.screen_known_at,
    last_decisions.is_screen_passed,
    coalesce(first_ranks_seen.rank_seen_at <= last_decisions.screened_at, false) as is_rank_seen
from last_decisions
left join first_ranks_seen on last_decisions.application_id = first_ranks_seen.application_id
