{{
    config(
        indexes=[
            {"columns": ["as_of_date", "application_id"], "unique": true},
            {"columns": ["as_of_date", "requisition_id"]},
            {"columns": ["as_of_date", "applied_at", "application_id"]},
            {"columns": ["as_of_date", "resume_id"]},
        ],
    )
}}

with applications as (
    select * from {{ ref("known_applications") }}
),

resumes as (
    select * from {{ ref("known_resumes") }}
),

-- The resume says it in the person's own words; what the source recorded of them fills in.
joined as (
    select
        applications.as_of_date,
        applications.application_id,
        applications.candidate_id,
        applications.requisition_id,
        applications.applied_at,
        applications.source,
        applications.source_detail,
        applications.location,
        resumes.resume_id,
        resumes.recorded_at as resume_recorded_at,
        coalesce(resumes.experience_years, applications.years_experience) as years_experience,
        coalesce(
            resumes.degree_level,
            {{ level("applications.highest_degree", degree_levels()) }}
        ) as degree_level,
        coalesce(resumes.field_of_study, applications.field_of_study) as field_of_study,
        coalesce(resumes.last_employer, applications.last_employer) as last_employer,
        -- Employer and title are of one job: a title is not taken from another record than its employer.
        case when resumes.last_employer is not null then resumes.last_title else applications.last_title end
            as last_title
    from applications
    left join resumes on applications.resume_id = resumes.resume_id
)

select
    as_of_date,
    application_id,
    candidate_id,
    requisition_id,
    resume_id,
    resume_recorded_at,
    applied_at,
    years_experience,
    {{ years_band("years_experience") }} as years_band,
    degree_level,
    {{ degree_name("degree_level") }} as degree,
    field_of_study,
    last_employer,
    last_title,
    source,
    source_detail,
    location
from joined
