with texts as (
    select * from {{ ref("stg_resumes__texts") }}
),

degrees as (
    select * from {{ ref("stg_resumes__degrees") }}
),

positions as (
    select * from {{ ref("stg_resumes__positions") }}
),

newest as (
    select distinct on (resume_id)
        resume_id,
        recorded_at,
        experience_years
    from texts
    where recorded_at < {{ as_of() }}
    order by resume_id asc, recorded_at desc
),

highest_degrees as (
    select distinct on (degrees.resume_id)
        degrees.resume_id,
        {{ level("degrees.level", degree_levels()) }} as degree_level,
        degrees.field_of_study
    from degrees
    inner join newest on degrees.resume_id = newest.resume_id and degrees.recorded_at = newest.recorded_at
    order by
        degrees.resume_id asc,
        degree_level desc nulls last,
        degrees.field_of_study is null asc,
        degrees.span_start asc
),

-- A job without dates says nothing of when it was: it comes after those with dates, in the order of the resume.
last_positions as (
    select distinct on (positions.resume_id)
        positions.resume_id,
        positions.employer,
        positions.title
    from positions
    inner join newest on positions.resume_id = newest.resume_id and positions.recorded_at = newest.recorded_at
    where positions.employer is not null
    order by
        positions.resume_id asc,
        positions.is_current desc,
        positions.ended_on desc nulls last,
        positions.started_on desc nulls last,
        positions.span_start asc
)

select
    {{ as_of_date() }} as as_of_date,
    newest.resume_id,
    newest.recorded_at,
    newest.experience_years,
    highest_degrees.degree_level,
    highest_degrees.field_of_study,
    last_positions.employer as last_employer,
    last_positions.title as last_title
from newest
left join highest_degrees on newest.resume_id = highest_degrees.resume_id
left join last_positions on newest.resume_id = last_positions.resume_id
