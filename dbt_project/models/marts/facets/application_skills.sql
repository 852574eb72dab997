{{
    config(
        indexes=[
            {"columns": ["as_of_date", "application_id", "skill"], "unique": true},
            {"columns": ["as_of_date", "skill"]},
        ],
    )
}}

with facets as (
    select * from {{ ref("application_facets") }}
    where as_of_date = {{ as_of_date() }}
),

skills as (
    select * from {{ ref("stg_resumes__skills") }}
)

select
    facets.as_of_date,
    facets.application_id,
    facets.candidate_id,
    facets.requisition_id,
    skills.skill,
    skills.years,
    {{ years_band("skills.years") }} as years_band,
    skills.found_by
from facets
inner join skills on facets.resume_id = skills.resume_id and facets.resume_recorded_at = skills.recorded_at
