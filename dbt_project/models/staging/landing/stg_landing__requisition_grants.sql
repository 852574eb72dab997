select
    requisition_id,
    login,
    valid_from,
    valid_to,
    recorded_at
from {{ source("landing", "requisition_grants") }}
