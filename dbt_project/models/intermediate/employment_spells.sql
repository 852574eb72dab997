with spells as (
    select * from {{ ref("stg_landing__employment_spells") }}
),

versions as (
    select
        *,
        lead(recorded_at) over history is null as is_newest,
        (lag(started_on) over history is distinct from started_on) as is_start_change,
        (lag(ended_on) over history is distinct from ended_on)
        or (lag(end_reason) over history is distinct from end_reason) as is_end_change
    from spells
    where recorded_at < {{ as_of() }}
    window history as (partition by spell_id order by recorded_at)
),

dated as (
    select
        *,
        max(recorded_at) filter (where is_start_change) over history as started_known_at,
        max(recorded_at) filter (where is_end_change) over history as ended_known_at
    from versions
    window history as (partition by spell_id order by recorded_at)
),

known as (
    select
        *,
        coalesce(
            lag(end_reason) over career = 'transfer'
            and started_on <= lag(ended_on) over career + {{ var("transfer_gap_days") }},
            false
        ) as is_continuation
    from dated
    where is_newest and started_on < {{ as_of_date() }}
    window career as (partition by candidate_id order by started_on, spell_id)
),

numbered as (
    select
        *,
        count(*) filter (where not is_continuation)
            over (partition by candidate_id order by started_on, spell_id) as tenure_number
    from known
),

-- A tenure ends as its last spell ends; a transfer out of sight is no exit.
tenures as (
    select distinct on (candidate_id, tenure_number)
        candidate_id,
        tenure_number,
        case when (end_reason is distinct from 'transfer') then ended_on end as ended_on,
        end_reason,
        ended_known_at
    from numbered
    order by candidate_id asc, tenure_number asc, started_on desc, spell_id desc
)

select
    {{ as_of_date() }} as as_of_date,
    numbered.spell_id,
    numbered.candidate_id,
    numbered.application_id,
    numbered.started_on,
    numbered.is_continuation,
    numbered.started_known_at,
    tenures.ended_on as tenure_ended_on,
    case when tenures.ended_on is not null then tenures.end_reason end as tenure_end_reason,
    case when tenures.ended_on is not null then tenures.ended_known_at end as tenure_end_known_at
from numbered
inner join tenures
    on numbered.candidate_id = tenures.candidate_id and numbered.tenure_number = tenures.tenure_number
