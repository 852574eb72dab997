-- One row per application that a batch scores: its requisition, and the text of its resume by hash, or why it has none.
with applications as (
    select
        lifecycle.application_id,
        lifecycle.requisition_id
    from intermediate.application_lifecycle as lifecycle
    where
        lifecycle.as_of_date = {as_of_date}
        and ({is_everybody} or lifecycle.is_requisition_open)
),

submitted as (
    select distinct on (application_id)
        application_id,
        resume_id,
        years_experience,
        highest_degree
    from landing.applications
    where recorded_at < {as_of}
    order by application_id asc, recorded_at desc
),

resumes as (
    select distinct on (resume_id)
        resume_id,
        recorded_at
    from landing.resumes
    where recorded_at < {as_of}
    order by resume_id asc, recorded_at desc
)

select
    applications.application_id,
    applications.requisition_id,
    submitted.resume_id,
    resumes.recorded_at as resume_recorded_at,
    texts.content_hash,
    texts.unreadable_reason,
    submitted.years_experience::double precision as years_experience,
    submitted.highest_degree
from applications
left join submitted on applications.application_id = submitted.application_id
left join resumes on submitted.resume_id = resumes.resume_id
left join resumes.texts as texts
    on resumes.resume_id = texts.resume_id and resumes.recorded_at = texts.recorded_at
order by applications.requisition_id, applications.application_id
