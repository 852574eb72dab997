-- What the drift report found: a verdict per ranker and comparison, and the columns behind it.

create table governance.drift_results (
    as_of_date date not null,
    ranker text not null,
    comparison text not null check (comparison in ('newcomers', 'scored')),
    model_version text not null,
    snapshot_hash text not null,
    reference_rows integer not null,
    current_rows integer not null,
    verdict text not null check (verdict in ('drift', 'no drift', 'nothing to compare')),
    sentence text not null,
    -- Whether to retrain: people at the stage the ranker learns from have changed since it learnt.
    is_alert boolean not null,
    page text,
    primary key (as_of_date, ranker, comparison)
);

create table governance.drift_columns (
    as_of_date date not null,
    ranker text not null,
    comparison text not null,
    column_name text not null,
    distance double precision not null check (distance >= 0),
    p_value double precision not null check (p_value between 0 and 1),
    adjusted_p_value double precision not null check (adjusted_p_value between 0 and 1),
    has_drifted boolean not null,
    primary key (as_of_date, ranker, comparison, column_name),
    foreign key (as_of_date, ranker, comparison) references governance.drift_results on delete cascade
);

grant insert, delete on governance.drift_results, governance.drift_columns to facetrank_auditor;
