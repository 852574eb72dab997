-- Out-of-fold scores of one model version's validation, beside what really happened.
-- One row per application; the order does not matter to any count.
select
    requisition_id,
    coalesce(to_char(stage_entered_at at time zone 'UTC', 'YYYY "Q"Q'), 'no date') as quarter,
    score,
    label
from scores.validation_predictions
where
    ranker = %(ranker)s
    and model_version = %(model_version)s
