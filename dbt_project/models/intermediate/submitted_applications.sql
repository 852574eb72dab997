with applications as (
    select * from {{ ref("stg_landing__applications") }}
),

known as (
    select application_id from {{ ref("known_applications") }}
),

-- What was submitted is the first version: a later correction was not known when the application was screened.
first_versions as (
    select distinct on (applications.application_id) applications.*
    from applications
    inner join known on applications.application_id = known.application_id
    where applications.recorded_at < {{ as_of() }}
    order by applications.application_id asc, applications.recorded_at asc
)

select
    {{ as_of_date() }} as as_of_date,
    application_id,
    candidate_id,
    requisition_id,
    applied_at,
    source,
    source_detail,
    resume_id,
    years_experience,
    highest_degree,
    field_of_study,
    last_employer,
    last_title,
    employers_count,
    mean_tenure_months,
    expected_salary_per_year,
    currency,
    notice_period_days,
    location,
    is_willing_to_relocate,
    attributes,
    recorded_at
from first_versions
