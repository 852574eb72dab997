-- Out-of-fold scores of a model version beside what the people say of themselves, as known at the as-of date.
-- One row per application. Only the auditor can read it, and only aggregates leave (design section 5).
with tested as (
    select
        predictions.application_id,
        predictions.requisition_id,
        predictions.score,
        predictions.label,
        stage_labels.candidate_id,
        extract(year from coalesce(predictions.stage_entered_at at time zone 'UTC', predictions.as_of_date)) as year
    from scores.validation_predictions as predictions
    inner join {labels} as stage_labels
        on
            predictions.application_id = stage_labels.application_id
            and stage_labels.as_of_date = %(as_of_date)s
    where
        predictions.ranker = %(ranker)s
        and predictions.model_version = %(model_version)s
),

newest as (
    select distinct on (candidate_id, attribute)
        candidate_id,
        attribute,
        value
    from protected.protected_attributes
    where recorded_at < cast(%(as_of_date)s as timestamp) at time zone 'UTC'
    order by candidate_id asc, attribute asc, collected_at desc, recorded_at desc
)

select
    tested.application_id,
    tested.candidate_id,
    tested.requisition_id,
    tested.score,
    tested.label,
    cast(tested.year as integer) as year,
    coalesce(
        jsonb_object_agg(newest.attribute, newest.value) filter (where newest.attribute is not null), '{{}}'
    ) as attributes
from tested
left join newest on tested.candidate_id = newest.candidate_id
group by
    tested.application_id,
    tested.candidate_id,
    tested.requisition_id,
    tested.score,
    tested.label,
    tested.year
order by tested.application_id
