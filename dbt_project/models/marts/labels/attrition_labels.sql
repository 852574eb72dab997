{{ config(indexes=label_indexes()) }}

with lifecycle as (
    select * from {{ ref("application_lifecycle") }}
    where as_of_date = {{ as_of_date() }}
),

spells as (
    select
        *,
        started_on + {{ months(var("attrition_months")) }} as short_until,
        started_on + {{ months(var("attrition_months") + var("attrition_gap_months")) }} as long_from
    from {{ ref("application_spells") }}
),

joined as (
    select
        lifecycle.*,
        spells.started_on,
        spells.started_known_at,
        spells.tenure_ended_on,
        spells.tenure_end_reason,
        spells.tenure_end_known_at,
        {{ midnight("spells.long_from") }} + {{ days(var("recording_lag_days")) }} as matured_at,
        case
            when spells.started_on is null then null
            when spells.tenure_ended_on is null or spells.tenure_ended_on >= spells.long_from then 1
            when spells.tenure_ended_on < spells.short_until then 0
        end::smallint as outcome
    from lifecycle
    left join spells on lifecycle.application_id = spells.application_id
),

statuses as (
    select
        *,
        case
            when started_on is null and is_withdrawn_first then 'withdrawn'
            when started_on is null then 'not_reached'
            when matured_at > {{ as_of() }} then 'immature'
            when outcome is null then 'gap'
            else 'observed'
        end as label_status
    from joined
)

select
    as_of_date,
    application_id,
    candidate_id,
    requisition_id,
    job_family,
    {{ midnight("started_on") }} as stage_entered_at,
    matured_at,
    -- Who stayed is known by the window being over: whether the end was recorded later changes nothing.
    case
        when label_status = 'observed' and outcome = 1 then started_known_at
        when label_status = 'observed' then greatest(started_known_at, tenure_end_known_at)
    end as labelled_at,
    label_status,
    case when label_status = 'observed' then outcome end as label,
    is_rank_seen as rank_seen,
    started_on,
    started_known_at,
    tenure_ended_on as ended_on,
    tenure_end_known_at as end_known_at,
    tenure_end_reason as end_reason
from statuses
