select
    resume_id,
    recorded_at,
    skill,
    years,
    found_by
from {{ source("resumes", "skills") }}
