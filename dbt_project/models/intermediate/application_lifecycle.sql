{{
    config(
        materialized="incremental",
        incremental_strategy="as_of_partition",
        on_schema_change="sync_all_columns",
        unlogged=false,
        indexes=[
            {"columns": ["as_of_date", "application_id"], "unique": true},
            {"columns": ["as_of_date", "requisition_id"]},
        ],
    )
}}

with applications as (
    select * from {{ ref("known_applications") }}
),

requisitions as (
    select * from {{ ref("requisition_versions") }}
    where is_newest
),

events as (
    select * from {{ ref("known_events") }}
),

interviews as (
    select * from {{ ref("known_interviews") }}
),

screenings as (
    select * from {{ ref("screening_decisions") }}
),

offers as (
    select * from {{ ref("offer_outcomes") }}
),

spells as (
    select * from {{ ref("application_spells") }}
),

moments as (
    select
        application_id,
        min(occurred_at) filter (where event_type in ('interview_passed', 'interview_failed')) as interview_decided_at,
        min(occurred_at) filter (where event_type = 'interview_failed') as interview_failed_at,
        min(occurred_at) filter (where event_type = 'offer_accepted') as offer_accepted_at,
        min(occurred_at) filter (where event_type = 'offer_declined') as offer_declined_at,
        min(occurred_at) filter (where event_type = 'onboarded') as onboarded_at,
        min(occurred_at) filter (where event_type = 'withdrawn') as withdrawn_at,
        min(occurred_at) filter (where event_type = 'closed_unreviewed') as closed_unreviewed_at,
        max(occurred_at) filter (where {{ ends_application("event_type") }}) as last_end_at,
        max(occurred_at) filter (where not {{ ends_application("event_type") }}) as last_step_at
    from events
    group by application_id
),

held_interviews as (
    select
        application_id,
        min(held_at) as held_at
    from interviews
    group by application_id
),

joined as (
    select
        applications.*,
        requisitions.job_family,
        screenings.screened_at,
        screenings.screen_known_at,
        screenings.is_screen_passed,
        coalesce(screenings.is_rank_seen, false) as is_rank_seen,
        least(held_interviews.held_at, moments.interview_decided_at) as interviewed_at,
        least(
            case when not screenings.is_screen_passed then screenings.screened_at end, moments.interview_failed_at
        ) as rejected_at,
        offers.offered_at,
        offers.last_offered_at,
        offers.proposed_start_on,
        moments.offer_accepted_at,
        moments.offer_declined_at,
        offers.offer_outcome,
        offers.offer_outcome_at,
        offers.offer_outcome_known_at,
        moments.withdrawn_at,
        moments.closed_unreviewed_at,
        least(moments.onboarded_at, {{ midnight("spells.started_on") }}) as onboarded_at,
        coalesce(moments.last_step_at > moments.last_end_at, moments.last_end_at is null) as is_in_progress,
        {{ is_open("requisitions") }} as is_requisition_open
    from applications
    left join requisitions on applications.requisition_id = requisitions.requisition_id
    left join moments on applications.application_id = moments.application_id
    left join held_interviews on applications.application_id = held_interviews.application_id
    left join screenings on applications.application_id = screenings.application_id
    left join offers on applications.application_id = offers.application_id
    left join spells on applications.application_id = spells.application_id
)

select
    as_of_date,
    application_id,
    candidate_id,
    requisition_id,
    job_family,
    source,
    applied_at,
    screened_at,
    screen_known_at,
    is_screen_passed,
    is_rank_seen,
    interviewed_at,
    rejected_at,
    offered_at,
    last_offered_at,
    proposed_start_on,
    offer_accepted_at,
    offer_declined_at,
    offer_outcome,
    offer_outcome_at,
    offer_outcome_known_at,
    withdrawn_at,
    closed_unreviewed_at,
    onboarded_at,
    case
        when onboarded_at is not null then 'onboarded'
        when offer_accepted_at is not null then 'accepted'
        when offered_at is not null then 'offered'
        when interviewed_at is not null then 'interviewed'
        when is_screen_passed then 'screen_passed'
        else 'applied'
    end as furthest_stage,
    coalesce(withdrawn_at < coalesce(least(rejected_at, closed_unreviewed_at), 'infinity'), false)
        as is_withdrawn_first,
    is_requisition_open,
    is_requisition_open and is_in_progress and onboarded_at is null as is_active
from joined
