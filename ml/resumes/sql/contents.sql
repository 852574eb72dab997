-- Some versions of resumes as they landed, one row each, with what the same bytes gave before, if this reader has read
-- them. Files beyond the largest size come without their content.
with wanted as (
    select
        resume_id,
        recorded_at
    from unnest(%(resume_ids)s::text[], %(recorded_at)s::timestamptz[]) as wanted (resume_id, recorded_at)
),

landed as (
    select
        resumes.resume_id,
        resumes.recorded_at,
        resumes.received_at,
        resumes.file_name,
        resumes.media_type,
        resumes.content,
        resumes.content_text,
        coalesce(octet_length(resumes.content), octet_length(resumes.content_text), 0) as size_bytes,
        encode(sha256(coalesce(resumes.content, convert_to(resumes.content_text, 'UTF8'), '')), 'hex') as source_hash
    from wanted
    inner join landing.resumes as resumes
        on wanted.resume_id = resumes.resume_id and wanted.recorded_at = resumes.recorded_at
)

select
    landed.resume_id,
    landed.recorded_at,
    landed.received_at,
    landed.source_hash,
    landed.file_name,
    landed.media_type,
    landed.size_bytes,
    case when landed.size_bytes <= %(largest)s then landed.content end as content,
    case when landed.size_bytes <= %(largest)s then landed.content_text end as content_text,
    known.content_text as known_text,
    known.media_kind as known_kind,
    known.pages as known_pages
from landed
left join lateral (
    select
        texts.content_text,
        texts.media_kind,
        texts.pages
    from resumes.texts as texts
    where
        texts.source_hash = landed.source_hash
        and texts.reader = %(reader)s
        and texts.content_text is not null
    limit 1
) as known on true
order by landed.resume_id, landed.recorded_at
