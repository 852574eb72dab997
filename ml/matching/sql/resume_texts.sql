-- The redacted texts of some versions of resumes.
select
    resume_id,
    recorded_at,
    content_text
from resumes.texts
where (resume_id, recorded_at) in (
    select
        wanted.resume_id,
        wanted.recorded_at
    from unnest(%(resume_ids)s::text[], %(recorded_at)s::timestamptz[]) as wanted (resume_id, recorded_at)
)
