with events as (
    select * from {{ ref("known_events") }}
),

offers as (
    select * from {{ ref("known_offers") }}
),

spells as (
    select * from {{ ref("application_spells") }}
),

-- Sources record an offer as an event, as a row of its own, or as both.
extensions as (
    select
        application_id,
        occurred_at as extended_at,
        null::date as proposed_start_on
    from events
    where event_type = 'offer_extended'
    union all
    select
        application_id,
        extended_at,
        proposed_start_on
    from offers
),

offered as (
    select
        application_id,
        min(extended_at) as offered_at,
        max(extended_at) as last_offered_at,
        max(proposed_start_on) as proposed_start_on
    from extensions
    group by application_id
),

starts as (
    select
        application_id,
        'onboarded' as outcome,
        occurred_at,
        known_at
    from events
    where event_type = 'onboarded'
    union all
    select
        application_id,
        'onboarded' as outcome,
        {{ midnight("started_on") }} as occurred_at,
        started_known_at as known_at
    from spells
),

-- What a candidate or the employer did to an earlier offer is undone by a later one.
ends as (
    select
        events.application_id,
        replace(events.event_type, 'offer_', '') as outcome,
        events.occurred_at,
        events.known_at
    from events
    inner join offered on events.application_id = offered.application_id
    where
        events.event_type in (
            'offer_declined', 'no_show', 'withdrawn', 'offer_rescinded', 'background_check_failed'
        )
        and events.occurred_at >= offered.last_offered_at
),

outcomes as (
    select * from starts
    union all
    select * from ends
),

-- A start settles the matter; else what happened first does, and the rest is bookkeeping.
decisive as (
    select distinct on (application_id)
        application_id,
        outcome,
        occurred_at,
        known_at
    from outcomes
    order by application_id asc, outcome = 'onboarded' desc, occurred_at asc, known_at asc, outcome asc
)

select
    {{ as_of_date() }} as as_of_date,
    offered.application_id,
    offered.offered_at,
    offered.last_offered_at,
    offered.proposed_start_on,
    decisive.outcome as offer_outcome,
    decisive.occurred_at as offer_outcome_at,
    decisive.known_at as offer_outcome_known_at
from offered
left join decisive on offered.application_id = decisive.application_id
