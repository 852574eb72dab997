-- The technical match of one application of the published batch, and the text of the resume that it rests on.
select
    scores.is_blind,
    scores.is_opted_out,
    matches.technical_match,
    matches.unmatched_reason,
    matches.evidence,
    resumes.content_text
from ranking.current_batch as batches
inner join scores.batches as builds on batches.batch_id = builds.batch_id
inner join scores.facet_scores as scores on batches.batch_id = scores.batch_id
left join scores.match_evidence as matches
    on batches.batch_id = matches.batch_id and scores.application_id = matches.application_id
left join lateral (
    select applications.resume_id
    from landing.applications as applications
    where
        applications.application_id = scores.application_id
        and applications.recorded_at < builds.as_of_date::timestamp at time zone 'UTC'
    order by applications.recorded_at desc
    limit 1
) as submitted on true
left join lateral (
    select texts.content_text
    from resumes.texts as texts
    where
        texts.resume_id = submitted.resume_id
        and texts.recorded_at < builds.as_of_date::timestamp at time zone 'UTC'
    order by texts.recorded_at desc
    limit 1
) as resumes on true
where scores.application_id = %(application_id)s
