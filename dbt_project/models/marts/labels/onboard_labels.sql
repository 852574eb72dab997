{{ config(indexes=label_indexes()) }}

with lifecycle as (
    select
        *,
        -- A later or a postponed offer holds the window open.
        case
            when offered_at is not null
                then greatest(
                    last_offered_at + {{ days(var("offer_window_days")) }},
                    {{ midnight("proposed_start_on") }} + {{ days(var("start_window_days")) }}
                )
        end as matured_at
    from {{ ref("application_lifecycle") }}
    where as_of_date = {{ as_of_date() }}
),

statuses as (
    select
        *,
        case
            when offered_at is null and is_withdrawn_first then 'withdrawn'
            when offered_at is null then 'not_reached'
            when matured_at > {{ as_of() }} then 'immature'
            when offer_outcome in ('rescinded', 'background_check_failed') then 'excluded'
            when offer_outcome in ('onboarded', 'declined', 'no_show', 'withdrawn') then 'observed'
            else 'expired'
        end as label_status
    from lifecycle
)

select
    as_of_date,
    application_id,
    candidate_id,
    requisition_id,
    job_family,
    offered_at as stage_entered_at,
    matured_at,
    case when label_status = 'observed' then offer_outcome_known_at end as labelled_at,
    label_status,
    case when label_status = 'observed' then (offer_outcome = 'onboarded')::int::smallint end as label,
    is_rank_seen as rank_seen
from statuses
