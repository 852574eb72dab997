select
    event_id,
    application_id,
    event_type,
    occurred_at,
    {{ clean("stage_name") }} as stage_name,
    actor_type,
    actor_id,
    {{ clean("reason_code") }} as reason_code,
    recorded_at
from {{ source("landing", "application_events") }}
