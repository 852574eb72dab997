-- Who was asked about a model version before it may score, and what they answered; and the check of its scores by
-- protected group that comes before. Reading governance is a default privilege of auditor and reviewer.

create table governance.approvals (
    approval_id bigint generated always as identity primary key,
    ranker text not null,
    model_version text not null,
    question text not null,
    asked_at timestamptz not null,
    answer text check (answer in ('approved', 'rejected', 'lapsed')),
    answered_by text,
    reason text,
    answered_at timestamptz,
    check ((answer is null) = (answered_at is null)),
    check ((answer is null) = (answered_by is null)),
    check ((answer is null) = (reason is null))
);
comment on table governance.approvals is
'One row per question whether a model version may become champion; without an answer until a person gives one.';
create unique index on governance.approvals (ranker, model_version) where answer is null;

grant select, insert, update on governance.approvals to facetrank_trainer;

create table governance.impact_checks (
    as_of_date date not null,
    ranker text not null,
    model_version text not null,
    verdict text not null check (verdict in ('passed', 'failed', 'not checked')),
    sentence text not null,
    groups jsonb not null,
    checked_at timestamptz not null default clock_timestamp(),
    primary key (ranker, model_version)
);
comment on table governance.impact_checks is
'One row per model version: whether its scores put a protected group at a disadvantage, aggregates only.';

grant insert, delete on governance.impact_checks to facetrank_auditor;
