-- university and current_salary stay in landing: neither may become a feature (design section 5, docs/adr/0033).
select
    application_id,
    candidate_id,
    requisition_id,
    applied_at,
    source,
    {{ clean("source_detail") }} as source_detail,
    resume_id,
    years_experience::double precision as years_experience,
    {{ clean("highest_degree") }} as highest_degree,
    {{ clean("field_of_study") }} as field_of_study,
    {{ clean("last_employer") }} as last_employer,
    {{ clean("last_title") }} as last_title,
    employers_count,
    mean_tenure_months::double precision as mean_tenure_months,
    {{ per_year("expected_salary", "salary_period") }} as expected_salary_per_year,
    upper({{ clean("currency") }}) as currency,
    notice_period_days,
    {{ clean("location") }} as location,
    is_willing_to_relocate,
    attributes,
    recorded_at
from {{ source("landing", "applications") }}
