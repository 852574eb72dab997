-- Out-of-fold scores belong to the model version that gave them: a retraining as of the same date adds its own, and
-- those of the version before it, which may go on scoring, stay.

alter table scores.validation_predictions
drop constraint validation_predictions_pkey,
add primary key (ranker, model_version, application_id);
comment on table scores.validation_predictions is
'One row per registered model version and labelled application: what the version said of it without having seen it.';
