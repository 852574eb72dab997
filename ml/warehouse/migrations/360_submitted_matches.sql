-- What resumes say of descriptions, application by application, for features: fixed when somebody applies, so that it
-- is no part of a batch and of no as-of date (docs/adr/0014).

create schema matching;

create table matching.submitted_matches (
    application_id text primary key,
    known_at timestamptz not null,
    requisition_id text,
    requisition_recorded_at timestamptz,
    resume_id text,
    resume_recorded_at timestamptz,
    corpus_id text not null references scores.match_corpora,
    technical_match double precision,
    matched_weight_share double precision,
    matched_words_share double precision,
    missing_words double precision,
    weightiest_words_share double precision,
    title_words_share double precision,
    resume_words double precision,
    resume_focus double precision,
    check (technical_match between 0 and 1),
    check (matched_weight_share between 0 and 1),
    check (matched_words_share between 0 and 1),
    check (missing_words >= 0),
    check (weightiest_words_share between 0 and 1),
    check (title_words_share between 0 and 1),
    check (resume_words > 0),
    check (resume_focus between 0 and 1)
);
comment on table matching.submitted_matches is
'One row per application: what its resume, as submitted, says of the description of that moment.';
comment on column matching.submitted_matches.known_at is
'When application, resume and requisition were all on record.';
comment on column matching.submitted_matches.resume_recorded_at is
'Which version of the resume was matched; with the other keys it tells whether the match has to be made again.';

grant usage on schema matching to facetrank_trainer, facetrank_transformer, facetrank_eraser;
grant select, insert, delete on matching.submitted_matches to facetrank_trainer;
grant select on matching.submitted_matches to facetrank_transformer;
grant select, delete on matching.submitted_matches to facetrank_eraser;

-- When somebody applied to what, and the title, whose words are looked for in the resume.
grant select (requisition_id, applied_at) on landing.applications to facetrank_trainer;
grant select (title) on landing.requisitions to facetrank_trainer;
