-- The newest batch that was published as of a date. No row where there is none.
select
    batches.batch_id,
    batches.published_at,
    batches.is_stored,
    batches.blind_share,
    count(all_facet_scores.application_id) as applications,
    count(all_facet_scores.application_id) filter (where all_facet_scores.is_listed) as listed,
    count(all_facet_scores.application_id) filter (
        where all_facet_scores.is_listed and all_facet_scores.is_blind
    ) as blind,
    count(distinct all_facet_scores.requisition_id) filter (where all_facet_scores.is_listed) as requisitions,
    count(all_facet_scores.technical_match) as matched,
    count(all_facet_scores.quality_score) as quality,
    count(all_facet_scores.onboard_score) as onboard,
    count(all_facet_scores.attrition_score) as attrition
from scores.batches
left join scores.all_facet_scores on batches.batch_id = all_facet_scores.batch_id
where
    batches.as_of_date = %(as_of_date)s
    and batches.published_at is not null
group by batches.batch_id
order by batches.batch_id desc
limit 1
