-- Out-of-fold scores of a model version: what it says of people whom it had not seen.
select
    application_id,
    score
from scores.validation_predictions
where
    ranker = %(ranker)s
    and model_version = %(model_version)s
