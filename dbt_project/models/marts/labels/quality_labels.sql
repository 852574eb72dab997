{{ config(indexes=label_indexes()) }}

with lifecycle as (
    select
        *,
        applied_at + {{ days(var("screening_window_days")) }} as matured_at
    from {{ ref("application_lifecycle") }}
    where as_of_date = {{ as_of_date() }}
),

statuses as (
    select
        *,
        case
            when matured_at > {{ as_of() }} then 'immature'
            when screened_at is not null then 'observed'
            when is_withdrawn_first then 'withdrawn'
            when closed_unreviewed_at is not null then 'excluded'
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
    applied_at as stage_entered_at,
    matured_at,
    case when label_status = 'observed' then screen_known_at end as labelled_at,
    label_status,
    case when label_status = 'observed' then is_screen_passed::int::smallint end as label,
    is_rank_seen as rank_seen
from statuses
