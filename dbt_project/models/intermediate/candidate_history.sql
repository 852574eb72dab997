with applications as (
    select * from {{ ref("submitted_applications") }}
),

event_changes as (
    select * from {{ ref("event_changes") }}
),

returning_candidates as (
    select candidate_id
    from applications
    group by candidate_id
    having count(*) > 1
),

-- One line of time per candidate, on which applications ask what facts were there before them.
facts as (
    select
        candidate_id,
        null::text as application_id,
        greatest(recorded_at, applied_at) as moment,
        applied_at as previous_applied_at,
        'application' as kind,
        1 as change
    from applications
    union all
    select
        candidate_id,
        null::text as application_id,
        changed_at as moment,
        null::timestamptz as previous_applied_at,
        event_type as kind,
        change
    from event_changes
),

questions as (
    select
        candidate_id,
        application_id,
        applied_at as moment,
        null::timestamptz as previous_applied_at,
        'question' as kind,
        0 as change
    from applications
),

timeline as (
    select facts.* from facts
    inner join returning_candidates on facts.candidate_id = returning_candidates.candidate_id
    union all
    select questions.* from questions
    inner join returning_candidates on questions.candidate_id = returning_candidates.candidate_id
),

-- A question comes before the facts of its own moment: only what was known earlier counts.
counted as (
    select
        application_id,
        moment,
        kind,
        sum(change) filter (where kind = 'application') over history as previous_applications,
        sum(change) filter (where kind = 'screen_passed') over history as previous_screen_passes,
        sum(change) filter (where kind = 'screen_failed') over history as previous_screen_failures,
        sum(change) filter (where kind = 'offer_extended') over history as previous_offers,
        sum(change) filter (where kind = 'onboarded') over history as previous_onboardings,
        sum(change) filter (where kind = 'withdrawn') over history as previous_withdrawals,
        max(previous_applied_at) over history as previous_applied_at
    from timeline
    window history as (partition by candidate_id order by moment, kind <> 'question' rows unbounded preceding)
)

select
    {{ as_of_date() }} as as_of_date,
    application_id,
    coalesce(previous_applications, 0) as previous_applications,
    coalesce(previous_screen_passes, 0) as previous_screen_passes,
    coalesce(previous_screen_failures, 0) as previous_screen_failures,
    coalesce(previous_offers, 0) as previous_offers,
    coalesce(previous_onboardings, 0) as previous_onboardings,
    coalesce(previous_withdrawals, 0) as previous_withdrawals,
    {{ days_between("previous_applied_at", "moment") }} as days_since_previous_application
from counted
where kind = 'question'
