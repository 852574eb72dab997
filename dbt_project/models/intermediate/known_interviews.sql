with interviews as (
    select * from {{ ref("stg_landing__interviews") }}
),

newest as (
    select distinct on (interview_id)
        interview_id,
        application_id,
        held_at
    from interviews
    where recorded_at < {{ as_of() }}
    order by interview_id asc, recorded_at desc
)

select
    {{ as_of_date() }} as as_of_date,
    interview_id,
    application_id,
    held_at
from newest
where held_at < {{ as_of() }}
