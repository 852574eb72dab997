-- One row per resume of a quarter's corpus: received, and known, before the quarter started.
with resumes as (
    select distinct on (resume_id)
        resume_id,
        recorded_at,
        received_at,
        content_text
    from landing.resumes
    where recorded_at < {quarter_start}
    order by resume_id asc, recorded_at desc
)

select
    resume_id,
    recorded_at,
    encode(sha256(convert_to(content_text, 'UTF8')), 'hex') as content_hash
from resumes
where
    received_at < {quarter_start}
    and content_text is not null
order by resume_id
