-- What the descriptions of requisitions ask for, version by version (docs/adr/0024).

create table matching.read_descriptions (
    requisition_id text not null,
    recorded_at timestamptz not null,
    description_hash text not null,
    reader text not null,
    primary key (requisition_id, recorded_at)
);
comment on table matching.read_descriptions is
'One row per version of a requisition whose description was read, also where it asks for nothing that was recognised.';
comment on column matching.read_descriptions.description_hash is
'SHA-256 of the description; with reader it tells whether it has to be read again.';
comment on column matching.read_descriptions.reader is
'Version of the reader, and of the skills that it knew.';

create table matching.requirements (
    requisition_id text not null,
    recorded_at timestamptz not null,
    ordinal integer not null,
    kind text not null check (kind in ('skill', 'degree', 'experience')),
    alternatives text[] not null,
    minimum_years double precision check (minimum_years > 0),
    is_required boolean not null,
    quote text not null,
    span_start integer not null,
    span_end integer not null,
    reader text not null,
    primary key (requisition_id, recorded_at, ordinal),
    foreign key (requisition_id, recorded_at) references matching.read_descriptions on delete cascade,
    check ((kind = 'experience') = (cardinality(alternatives) = 0)),
    check (0 <= span_start and span_start < span_end)
);
comment on table matching.requirements is
'One row per requirement of a version of a requisition, numbered from 0 in the order of its description.';
comment on column matching.requirements.alternatives is
'Skills or levels of degrees, of which any one suffices; experience may stand for a degree. Empty for kind experience.';
comment on column matching.requirements.minimum_years is
'Years of the skill, of experience, or of the experience that stands for a degree; null if not said.';
comment on column matching.requirements.is_required is
'Required; otherwise preferred.';
comment on column matching.requirements.span_start is
'Where the quote begins in the description, in characters from 0; span_end is the character after its last.';

grant select, insert, delete on matching.read_descriptions, matching.requirements to facetrank_trainer;
grant select on matching.read_descriptions, matching.requirements to facetrank_transformer;
