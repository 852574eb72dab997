-- The texts of some resumes as they were known before a date.
select distinct on (resume_id)
    resume_id,
    content_text
from landing.resumes
where
    recorded_at < %(known_before)s
    and resume_id = any(%(resume_ids)s)
order by resume_id asc, recorded_at desc
