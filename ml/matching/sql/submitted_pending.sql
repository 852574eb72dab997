-- One row per application of a quarter that is not matched yet, or was matched from other versions.
select
    submitted.application_id,
    submitted.known_at,
    submitted.requisition_id,
    submitted.requisition_recorded_at,
    submitted.resume_id,
    submitted.resume_recorded_at,
    encode(sha256(convert_to(resumes.content_text, 'UTF8')), 'hex') as content_hash
from submitted
left join landing.resumes as resumes
    on
        submitted.resume_id = resumes.resume_id
        and submitted.resume_recorded_at = resumes.recorded_at
left join matching.submitted_matches as matched on submitted.application_id = matched.application_id
where
    submitted.quarter_start = %(quarter_start)s
    and (
        submitted.known_at, submitted.requisition_id, submitted.requisition_recorded_at, submitted.resume_id,
        submitted.resume_recorded_at, %(corpus_id)s
    ) is distinct from (
        matched.known_at, matched.requisition_id, matched.requisition_recorded_at, matched.resume_id,
        matched.resume_recorded_at, matched.corpus_id
    )
order by submitted.application_id
