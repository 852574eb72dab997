-- One row per file that was loaded, and every row that was refused, with its reason.

create table landing.load_log (
    load_id bigint generated always as identity,
    file_name text not null,
    content_hash text not null,
    table_name text not null,
    loaded integer not null,
    unchanged integer not null,
    rejected integer not null,
    loaded_at timestamptz not null,
    primary key (load_id)
);

create table landing.rejected_rows (
    table_name text not null,
    row_content jsonb not null,
    reason text not null,
    file_line text not null,
    rejected_at timestamptz not null
);

create table protected.rejected_rows (
    table_name text not null,
    row_content jsonb not null,
    reason text not null,
    file_line text not null,
    rejected_at timestamptz not null
);
