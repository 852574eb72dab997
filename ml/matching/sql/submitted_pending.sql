-- One row per application of a quarter that is not matched yet, or was matched from other versions or texts.
select
    submitted.application_id,
    submitted.known_at,
    submitted.requisition_id,
    submitted.requisition_recorded_at,
    submitted.resume_id,
    submitted.resume_recorded_at,
    texts.content_hash
from submitted
left join resumes.texts as texts
    on
        submitted.resume_id = texts.resume_id
        and submitted.resume_recorded_at = texts.recorded_at
left join matching.submitted_matches as matched on submitted.application_id = matched.application_id
where
    submitted.quarter_start = %(quarter_start)s
    and (
        submitted.known_at, submitted.requisition_id, submitted.requisition_recorded_at, submitted.resume_id,
        submitted.resume_recorded_at, texts.content_hash, %(corpus_id)s
    ) is distinct from (
        matched.known_at, matched.requisition_id, matched.requisition_recorded_at, matched.resume_id,
        matched.resume_recorded_at, matched.resume_content_hash, matched.corpus_id
    )
order by submitted.application_id
