select
    interview_id,
    application_id,
    round as interview_round,
    interviewer_id,
    scheduled_at,
    held_at,
    {{ clean("outcome") }} as outcome,
    recorded_at
from {{ source("landing", "interviews") }}
