select
    candidate_id,
    created_at,
    recorded_at
from {{ source("landing", "candidates") }}
