-- One row per wanted version of a resume: its text and the facts read from it, each with its span.
with wanted as (
    select
        resume_id,
        recorded_at
    from unnest(%(resume_ids)s::text[], %(recorded_at)s::timestamptz[]) as wanted (resume_id, recorded_at)
)

select
    texts.resume_id,
    texts.recorded_at,
    (texts.received_at at time zone 'UTC')::date as received_on,
    texts.content_text,
    experience.experience_years,
    (
        select json_agg(json_build_array(skills.skill, skills.years, skills.span_start, skills.span_end))
        from resumes.skills as skills
        where skills.resume_id = texts.resume_id and skills.recorded_at = texts.recorded_at
    ) as skills,
    (
        select json_agg(json_build_array(degrees.level, degrees.span_start, degrees.span_end))
        from resumes.degrees as degrees
        where degrees.resume_id = texts.resume_id and degrees.recorded_at = texts.recorded_at
    ) as degrees
from wanted
inner join resumes.texts as texts using (resume_id, recorded_at)
left join resumes.experience as experience using (resume_id, recorded_at)
where texts.content_text is not null
