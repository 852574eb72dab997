select
    resume_id,
    candidate_id,
    received_at,
    {{ clean("file_name") }} as file_name,
    {{ clean("media_type") }} as media_type,
    coalesce(octet_length(content), octet_length(content_text)) as size_bytes,
    recorded_at
from {{ source("landing", "resumes") }}
