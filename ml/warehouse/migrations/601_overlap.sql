-- How far the people scored are from those trained on, as one number.

alter table governance.drift_results add column overlap jsonb;

comment on column governance.drift_results.overlap is
'How well a model tells the rows of now from the training, an AUC with its interval: .5 for populations that are '
'alike, 1 for those that have nothing in common. Of everybody scored only; null where there are too few.';
