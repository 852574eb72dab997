-- What a model card is made of: the facts of a training, the trainer's, and what the auditor measured of the version
-- since. The trainer may not read the second: it holds rates by protected groups.
-- Reading governance is a default privilege of auditor and reviewer.

create table governance.model_card_facts (
    ranker text not null,
    model_version text not null,
    facts jsonb not null,
    primary key (ranker, model_version)
);
comment on table governance.model_card_facts is
'One row per registered model version: what was known of it when it was registered.';

grant insert on governance.model_card_facts to facetrank_trainer;

create table governance.model_card_audits (
    as_of_date date not null,
    ranker text not null,
    model_version text not null,
    audit jsonb not null,
    primary key (as_of_date, ranker, model_version)
);
comment on table governance.model_card_audits is
'One row per model version and as-of date of a report: rates by protected group and validity, aggregates only.';

grant insert, delete on governance.model_card_audits to facetrank_auditor;
