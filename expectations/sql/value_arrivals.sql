-- One row: the applications that a ranker learns from, those first recorded after their outcome, and, per column,
-- how many of the others had a first value before the outcome and after it, and how many of the late ones have one.
with labelled as (
    select
        application_id,
        labelled_at
    from labels.{label_table}
    where as_of_date = cast({as_of_date} as date) and label_status = 'observed'
),

firsts as (
    select
        labelled.application_id,
        labelled.labelled_at,
        min(applications.recorded_at) as submitted_at
        {firsts}
    from labelled
    inner join landing.applications as applications on labelled.application_id = applications.application_id
    where applications.recorded_at < cast({as_of_date} as timestamp) at time zone 'UTC'
    group by labelled.application_id, labelled.labelled_at
)

select
    count(*) as applications,
    count(*) filter (where submitted_at >= labelled_at) as late
    {counts}
from firsts
