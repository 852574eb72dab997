select
    offer_id,
    application_id,
    extended_at,
    {{ clean("title") }} as title,
    {{ per_year("base_salary", "salary_period") }} as base_salary_per_year,
    upper({{ clean("currency") }}) as currency,
    proposed_start_on,
    recorded_at
from {{ source("landing", "offers") }}
