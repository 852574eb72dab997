-- As of which dates the rankers were retrained, whatever became of it: a drift alert asks once in 28 days.
-- Reading governance is a default privilege of auditor and reviewer.

create table governance.retrainings (
    as_of_date date not null,
    started_at timestamptz not null,
    primary key (as_of_date)
);
comment on table governance.retrainings is
'One row per as-of date that a retraining was started for; of a repeated one its latest start.';

grant select, insert, update on governance.retrainings to facetrank_trainer;
