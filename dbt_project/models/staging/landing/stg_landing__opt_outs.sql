select
    candidate_id,
    requested_at,
    {{ clean("scope") }} as opt_out_scope,
    recorded_at
from {{ source("landing", "opt_outs") }}
