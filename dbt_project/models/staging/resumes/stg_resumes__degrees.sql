select
    resume_id,
    recorded_at,
    span_start,
    span_end,
    level,
    field_of_study
from {{ source("resumes", "degrees") }}
