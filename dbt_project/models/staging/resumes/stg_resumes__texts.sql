select
    texts.resume_id,
    texts.recorded_at,
    texts.unreadable_reason,
    experience.experience_years
from {{ source("resumes", "texts") }} as texts
left join {{ source("resumes", "experience") }} as experience
    on texts.resume_id = experience.resume_id and texts.recorded_at = experience.recorded_at
