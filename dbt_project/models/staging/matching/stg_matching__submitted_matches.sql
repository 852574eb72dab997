select
    application_id,
    known_at,
    technical_match,
    matched_words_share,
    missing_words,
    weightiest_words_share,
    title_words_share,
    resume_words,
    resume_focus
from {{ source("matching", "submitted_matches") }}
