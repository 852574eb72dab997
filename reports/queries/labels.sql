-- How many applications have which label status as of a date. One row per ranker and status.
with labels as (
    select
        'quality' as ranker,
        as_of_date,
        label_status,
        label
    from labels.quality_labels
    union all
    select
        'onboard' as ranker,
        as_of_date,
        label_status,
        label
    from labels.onboard_labels
    union all
    select
        'attrition' as ranker,
        as_of_date,
        label_status,
        label
    from labels.attrition_labels
)

select
    ranker,
    label_status,
    count(*) as applications,
    sum(label) as positives
from labels
where as_of_date = %(as_of_date)s
group by ranker, label_status
order by ranker asc, label_status = 'observed' desc, applications desc, label_status asc
