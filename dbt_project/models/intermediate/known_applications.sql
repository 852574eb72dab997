with applications as (
    select * from {{ ref("stg_landing__applications") }}
),

newest as (
    select distinct on (application_id)
        application_id,
        candidate_id,
        requisition_id,
        source,
        source_detail,
        resume_id,
        years_experience,
        highest_degree,
        field_of_study,
        last_employer,
        last_title,
        location,
        applied_at
    from applications
    where recorded_at < {{ as_of() }}
    order by application_id asc, recorded_at desc
)

select
    {{ as_of_date() }} as as_of_date,
    application_id,
    candidate_id,
    requisition_id,
    source,
    source_detail,
    resume_id,
    years_experience,
    highest_degree,
    field_of_study,
    last_employer,
    last_title,
    location,
    applied_at
from newest
where applied_at < {{ as_of() }}
