-- What every model version was trained on and how it did, and its out-of-fold scores.
-- Writing is the trainer's; reading governance is a default privilege of auditor and reviewer.

create table governance.model_versions (
    as_of_date date not null,
    ranker text not null,
    model_version text not null,
    snapshot_hash text,
    contract_hash text,
    status text not null check (status in (
        'champion', 'superseded', 'challenger', 'rejected', 'no usable signal', 'no labels', 'too few labels'
    )),
    sentence text not null,
    metrics jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (as_of_date, ranker, model_version)
);

grant select, insert, update, delete on governance.model_versions to facetrank_trainer;

create table scores.validation_predictions (
    as_of_date date not null,
    ranker text not null,
    model_version text not null,
    application_id text not null,
    requisition_id text not null,
    job_family text,
    stage_entered_at timestamptz,
    fold text not null,
    score double precision not null check (score between 0 and 1),
    probability double precision not null check (probability between 0 and 1),
    label smallint not null check (label in (0, 1)),
    primary key (as_of_date, ranker, application_id)
);

grant select, insert, delete on scores.validation_predictions to facetrank_trainer;
grant select on scores.validation_predictions to facetrank_auditor;
