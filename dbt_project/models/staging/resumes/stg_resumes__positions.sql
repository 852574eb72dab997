select
    resume_id,
    recorded_at,
    span_start,
    span_end,
    employer,
    title,
    started_on,
    ended_on,
    is_current
from {{ source("resumes", "positions") }}
