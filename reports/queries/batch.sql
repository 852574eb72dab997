-- The newest batch that was published as of a date. No row where there is none.
select
    batches.batch_id,
    batches.published_at,
    batches.is_stored,
    count(facet_scores.application_id) as applications,
    count(facet_scores.application_id) filter (where facet_scores.is_listed) as listed,
    count(distinct facet_scores.requisition_id) filter (where facet_scores.is_listed) as requisitions,
    count(facet_scores.technical_match) as matched,
    count(facet_scores.quality_score) as quality,
    count(facet_scores.onboard_score) as onboard,
    count(facet_scores.attrition_score) as attrition
from scores.batches
left join scores.facet_scores on batches.batch_id = facet_scores.batch_id
where
    batches.as_of_date = %(as_of_date)s
    and batches.published_at is not null
group by batches.batch_id
order by batches.batch_id desc
limit 1
