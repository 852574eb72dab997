select
    spell_id,
    candidate_id,
    application_id,
    started_on,
    ended_on,
    end_reason,
    recorded_at
from {{ source("landing", "employment_spells") }}
