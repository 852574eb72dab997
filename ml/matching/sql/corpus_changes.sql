-- What one corpus has that an earlier one has not (change 1) and the other way round (-1), one row per version of a
-- resume. A corpus is the resumes received, and known, before its quarter started, each in its newest version.
with touched as (
    select distinct resume_id
    from resumes.texts
    where
        (recorded_at >= {earlier_start} and recorded_at < {quarter_start})
        or (received_at >= {earlier_start} and received_at < {quarter_start})
),

newest as (
    select distinct on (corpora.change, resumes.resume_id)
        corpora.change,
        corpora.quarter_start,
        resumes.resume_id,
        resumes.recorded_at,
        resumes.received_at,
        resumes.content_hash
    from (values ({quarter_start}, 1), ({earlier_start}, -1)) as corpora (quarter_start, change)
    cross join touched
    inner join resumes.texts as resumes
        on touched.resume_id = resumes.resume_id and resumes.recorded_at < corpora.quarter_start
    order by corpora.change asc, resumes.resume_id asc, resumes.recorded_at desc
)

select
    newest.resume_id,
    newest.recorded_at,
    newest.change,
    newest.content_hash
from newest
where
    newest.received_at < newest.quarter_start
    and newest.content_hash is not null
order by newest.resume_id, newest.recorded_at
