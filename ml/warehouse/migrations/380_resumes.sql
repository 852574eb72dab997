-- What resumes say: their text without what tells who somebody is, and the facts read from it (design section 7,
-- docs/adr/0023). From here on nobody but the transformer reads the content of landing.resumes.

create schema resumes;

create table resumes.texts (
    resume_id text not null,
    recorded_at timestamptz not null,
    received_at timestamptz not null,
    source_hash text not null,
    reader text not null,
    media_kind text,
    is_misnamed boolean not null,
    pages integer,
    content_text text,
    content_hash text,
    unreadable_reason text,
    limits text,
    facts_version text not null,
    primary key (resume_id, recorded_at),
    check (num_nonnulls(content_text, unreadable_reason) = 1),
    check (num_nonnulls(content_text, content_hash, media_kind) in (0, 3)),
    check (num_nonnulls(unreadable_reason, limits) in (0, 2))
);
create index texts_source_hash on resumes.texts (source_hash);
comment on table resumes.texts is
'One row per version of a resume in landing.resumes that was read: its redacted text, or why it has none.';
comment on column resumes.texts.source_hash is
'SHA-256 of the file, or of the text, as it landed: what has the same is read once.';
comment on column resumes.texts.reader is
'Version of reading and redaction; another one has the resume read again.';
comment on column resumes.texts.media_kind is
'What the file is, told from its content; null where it is unreadable.';
comment on column resumes.texts.is_misnamed is
'Whether file name or media type are those of another kind.';
comment on column resumes.texts.content_hash is
'SHA-256 of content_text.';
comment on column resumes.texts.limits is
'The limits under which it was unreadable; with others it is read again.';
comment on column resumes.texts.facts_version is
'Version of the reading of facts; another one has the facts read again, from the stored text.';

create table resumes.skills (
    resume_id text not null,
    recorded_at timestamptz not null,
    skill text not null,
    years double precision,
    found_by text not null,
    span_start integer not null,
    span_end integer not null,
    foreign key (resume_id, recorded_at) references resumes.texts on delete cascade,
    check (years >= 0),
    check (span_start < span_end)
);
comment on table resumes.skills is
'One row per skill that a resume names; spans are character positions in content_text, from 0, the end excluded.';

create table resumes.degrees (
    resume_id text not null,
    recorded_at timestamptz not null,
    level text not null,
    field_of_study text,
    institution text,
    span_start integer not null,
    span_end integer not null,
    foreign key (resume_id, recorded_at) references resumes.texts on delete cascade,
    check (span_start < span_end)
);
comment on table resumes.degrees is
'One row per degree that a resume names; never its year, which tells the age.';

create table resumes.positions (
    resume_id text not null,
    recorded_at timestamptz not null,
    employer text,
    title text,
    started_on date,
    ended_on date,
    is_current boolean not null,
    span_start integer not null,
    span_end integer not null,
    foreign key (resume_id, recorded_at) references resumes.texts on delete cascade,
    check (span_start < span_end)
);
comment on table resumes.positions is
'One row per employment that a resume lists.';

create table resumes.certifications (
    resume_id text not null,
    recorded_at timestamptz not null,
    name text not null,
    span_start integer not null,
    span_end integer not null,
    foreign key (resume_id, recorded_at) references resumes.texts on delete cascade,
    check (span_start < span_end)
);
comment on table resumes.certifications is
'One row per certification that a resume names.';

create table resumes.experience (
    resume_id text not null,
    recorded_at timestamptz not null,
    experience_years double precision,
    primary key (resume_id, recorded_at),
    foreign key (resume_id, recorded_at) references resumes.texts on delete cascade,
    check (experience_years >= 0)
);
comment on table resumes.experience is
'One row per readable version of a resume: years of work, overlaps counted once; null where it has no dates.';

create index skills_resume on resumes.skills (resume_id, recorded_at);
create index degrees_resume on resumes.degrees (resume_id, recorded_at);
create index positions_resume on resumes.positions (resume_id, recorded_at);
create index certifications_resume on resumes.certifications (resume_id, recorded_at);

grant usage on schema resumes to facetrank_transformer, facetrank_trainer, facetrank_eraser;
grant select, insert, delete on all tables in schema resumes to facetrank_transformer;
grant select on all tables in schema resumes to facetrank_trainer;
-- Facts go with the text they are from.
grant select, delete on resumes.texts to facetrank_eraser;

revoke select (content_text) on landing.resumes from facetrank_trainer;

-- A resume that is read anew may have another text in the same version.
alter table matching.submitted_matches add column resume_content_hash text;
comment on column matching.submitted_matches.resume_content_hash is
'Which text of that version was matched; null where it had none.';
