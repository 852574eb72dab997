select
    decision_id,
    application_id,
    actor_id,
    action,
    {{ clean("reason_code") }} as reason_code,
    decided_at,
    rank_seen as seen_rank,
    {{ clean("model_version") }} as model_version,
    recorded_at
from {{ source("landing", "decisions") }}
