-- Batches of scores: one batch is one as-of date scored once, built in parts, published at once.

create table scores.batches (
    batch_id bigint generated always as identity primary key,
    as_of_date date not null,
    status text not null default 'building',
    parts smallint not null,
    population text not null,
    started_at timestamptz not null default clock_timestamp(),
    published_at timestamptz,
    is_stored boolean not null default true,
    check (status in ('building', 'published', 'superseded')),
    check (parts between 1 and 1000),
    check (population in ('active', 'all')),
    check ((status = 'building') = (published_at is null))
);
create unique index batches_one_published_per_date on scores.batches (as_of_date) where status = 'published';

comment on table scores.batches is 'One row per scored batch; at most one per as-of date is published.';
comment on column scores.batches.is_stored is 'False once the rows of scores and ranking were dropped by retention.';

create table scores.batch_steps (
    batch_id bigint not null references scores.batches,
    step text not null,
    written bigint not null,
    finished_at timestamptz not null default clock_timestamp(),
    primary key (batch_id, step)
);
comment on table scores.batch_steps is 'One row per finished step of a batch: match, each part, ranking.';

create table scores.batch_models (
    batch_id bigint not null references scores.batches,
    facet text not null,
    ranker text,
    is_present boolean not null,
    model_version text,
    snapshot_hash text,
    contract_hash text,
    status text not null,
    sentence text not null,
    primary key (batch_id, facet),
    check (facet in ('t', 'q', 'o', 'v'))
);
comment on table scores.batch_models is
'One row per batch and facet: what scored it, or why the organisation lacks it.';

create table scores.batch_conditions (
    batch_id bigint not null references scores.batches,
    condition text not null,
    t double precision not null,
    q double precision not null,
    o double precision not null,
    v double precision not null,
    primary key (batch_id, condition)
);
create table scores.batch_thresholds (
    batch_id bigint not null references scores.batches,
    facet text not null,
    threshold double precision not null,
    primary key (batch_id, facet),
    check (facet in ('t', 'q', 'o')),
    check (threshold between 0 and 1)
);
comment on table scores.batch_conditions is 'Weights of every business condition as they were when the batch opened.';
comment on table scores.batch_thresholds is 'Thresholds as they were when the batch opened.';

-- Term statistics of the technical match: a corpus never changes, its id is a hash of what is in it.
create table scores.match_corpora (
    corpus_id text primary key,
    quarter_start date not null,
    tokeniser text not null,
    documents bigint not null,
    average_length double precision
);
create table scores.match_statistics (
    corpus_id text not null references scores.match_corpora,
    term text not null,
    documents bigint not null,
    primary key (corpus_id, term)
);
comment on table scores.match_corpora is 'One row per corpus of resumes received before a quarter.';
comment on table scores.match_statistics is 'One row per corpus and term: how many of its resumes have the term.';

create table scores.match_evidence (
    batch_id bigint not null,
    application_id text not null,
    requisition_id text not null,
    technical_match double precision,
    unmatched_reason text,
    evidence jsonb,
    primary key (batch_id, application_id),
    check (technical_match between 0 and 1),
    check ((technical_match is null) = (unmatched_reason is not null))
) partition by list (batch_id);
comment on table scores.match_evidence is
'One row per batch and application: t with its matched and missing terms, or why there is none.';

create table scores.facet_scores (
    batch_id bigint not null,
    part smallint not null,
    application_id text not null,
    candidate_id text not null,
    requisition_id text not null,
    applied_at timestamptz not null,
    is_listed boolean not null,
    is_opted_out boolean not null,
    technical_match double precision,
    quality_score double precision,
    quality_probability double precision,
    onboard_score double precision,
    onboard_probability double precision,
    attrition_score double precision,
    attrition_probability double precision,
    primary key (batch_id, part, application_id),
    check (technical_match between 0 and 1),
    check (quality_score between 0 and 1 and quality_probability between 0 and 1),
    check (onboard_score between 0 and 1 and onboard_probability between 0 and 1),
    check (attrition_score between 0 and 1 and attrition_probability between 0 and 1)
) partition by range (batch_id, part);
comment on table scores.facet_scores is
'One row per batch and application: four facets in [0, 1], null where a person has none; higher is better.';
comment on column scores.facet_scores.is_listed is 'Whether rankings list the application (active, or all by choice).';

-- Everything that a re-ranking of one requisition reads, so that it is one index-only scan per part.
create index facet_scores_ranking on scores.facet_scores (requisition_id) include (
    batch_id, application_id, candidate_id, applied_at, is_listed, is_opted_out, technical_match, quality_score,
    quality_probability, onboard_score, onboard_probability, attrition_score, attrition_probability
);

create table ranking.ranked_applications (
    batch_id bigint not null,
    condition text not null,
    requisition_id text not null,
    rank integer,
    application_id text not null,
    candidate_id text not null,
    applied_at timestamptz not null,
    status text not null,
    level smallint,
    weighted_score double precision,
    weighted_probability double precision,
    joint_score double precision,
    t double precision,
    q double precision,
    o double precision,
    v double precision,
    primary key (requisition_id, condition, application_id, batch_id),
    check (status in ('ranked', 'needs a person', 'opted out')),
    check ((status = 'ranked') = (rank is not null))
) partition by list (batch_id);
comment on table ranking.ranked_applications is 'One row per batch, business condition and listed application.';

-- Who may read what in a batch: grants and assignments valid at its as-of date.
create table ranking.requisition_readers (
    batch_id bigint not null references scores.batches,
    login text not null,
    requisition_id text not null,
    primary key (batch_id, login, requisition_id)
);
create table ranking.application_readers (
    batch_id bigint not null references scores.batches,
    login text not null,
    application_id text not null,
    primary key (batch_id, login, application_id)
);
comment on table ranking.requisition_readers is 'One row per batch, login and requisition that it may read.';
comment on table ranking.application_readers is 'One row per batch, login and application assigned to it.';
