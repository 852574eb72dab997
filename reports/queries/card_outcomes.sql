-- Out-of-fold scores of a model version beside what happened later: interviews decided after the person had reached the
-- ranker's stage (passed if none was failed), and whether who was hired stayed. One row per application.
with tested as (
    select
        application_id,
        requisition_id,
        stage_entered_at,
        score
    from scores.validation_predictions
    where
        ranker = %(ranker)s
        and model_version = %(model_version)s
),

interviews as (
    select
        tested.application_id,
        cast(bool_and(known_events.event_type = 'interview_passed') as integer) as is_passed
    from tested
    inner join intermediate.known_events as known_events on tested.application_id = known_events.application_id
    where
        known_events.as_of_date = %(as_of_date)s
        and known_events.event_type in ('interview_passed', 'interview_failed')
        and known_events.occurred_at > tested.stage_entered_at
    group by tested.application_id
)

select
    stage_labels.candidate_id,
    tested.requisition_id,
    tested.score,
    interviews.is_passed,
    stays.label as is_stayed
from tested
inner join {labels} as stage_labels
    on
        tested.application_id = stage_labels.application_id
        and stage_labels.as_of_date = %(as_of_date)s
left join interviews on tested.application_id = interviews.application_id
left join labels.attrition_labels as stays
    on
        tested.application_id = stays.application_id
        and stays.as_of_date = %(as_of_date)s
        and stays.label_status = 'observed'
order by tested.application_id
