-- Which as-of dates have labels and features, by which dbt run, and whether their gates let them pass.

create table governance.builds (
    as_of_date date not null,
    invocation_id text not null,
    has_passed_labels boolean not null default false,
    has_passed_features boolean not null default false,
    primary key (as_of_date)
);
comment on table governance.builds is
'One row per as-of date that was built; a new build of the same date has to pass the gates again.';

grant select, insert, update on governance.builds to facetrank_trainer;
