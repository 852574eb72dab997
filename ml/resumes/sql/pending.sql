-- A table of the versions of resumes that are still to be read, in the order of reading: never read, read by another
-- reader, with facts of another version, or unreadable under other limits.
create temporary table pending on commit drop as
select
    resumes.resume_id,
    resumes.recorded_at,
    coalesce(octet_length(resumes.content), octet_length(resumes.content_text), 0) as size_bytes
from landing.resumes as resumes
left join resumes.texts as texts
    on resumes.resume_id = texts.resume_id and resumes.recorded_at = texts.recorded_at
where
    (texts.reader, texts.facts_version) is distinct from ({reader}, {facts_version})
    or texts.limits <> {limits}
order by resumes.resume_id, resumes.recorded_at
