-- How many of the applications that a batch scored lie outside of what the ranker was trained on, by what became of the
-- outcome it learns from. One row per ranker and label status; no ranker whose version does not measure it.
with labels as (
    select
        'quality' as ranker,
        application_id,
        label_status
    from labels.quality_labels
    where as_of_date = %(as_of_date)s
    union all
    select
        'onboard' as ranker,
        application_id,
        label_status
    from labels.onboard_labels
    where as_of_date = %(as_of_date)s
    union all
    select
        'attrition' as ranker,
        application_id,
        label_status
    from labels.attrition_labels
    where as_of_date = %(as_of_date)s
),

scored as (
    select
        flags.ranker,
        all_facet_scores.application_id,
        flags.is_outside
    from scores.all_facet_scores
    cross join lateral (
        values
        ('quality', all_facet_scores.quality_is_outside),
        ('onboard', all_facet_scores.onboard_is_outside),
        ('attrition', all_facet_scores.attrition_is_outside)
    ) as flags (ranker, is_outside)
    where
        all_facet_scores.batch_id = %(batch_id)s
        and flags.is_outside is not null
)

select
    scored.ranker,
    labels.label_status,
    count(*) as applications,
    count(*) filter (where scored.is_outside) as outside
from scored
inner join labels on scored.ranker = labels.ranker and scored.application_id = labels.application_id
group by scored.ranker, labels.label_status
order by scored.ranker asc, labels.label_status = 'observed' desc, applications desc, labels.label_status asc
