-- Past quarters replayed: what another order would have been worth. Aggregates only.
-- Writing is the trainer's; reading governance is a default privilege of auditor and reviewer.

create table governance.backtest_results (
    as_of_date date not null,
    quarter_start date not null,
    stage text not null check (stage in ('quality', 'onboard', 'attrition', 'interviews')),
    status text not null check (status in ('replayed', 'nothing to compare', 'no labels', 'too few labels')),
    sentence text not null,
    -- Content hash of the training snapshot of each ranker that ordered people.
    snapshots jsonb not null,
    estimates jsonb not null,
    replayed_at timestamptz not null default clock_timestamp(),
    primary key (as_of_date, quarter_start, stage)
);
comment on table governance.backtest_results is
'One row per stage of a replayed quarter, with the outcomes observed by the as-of date.';

grant select, insert, delete on governance.backtest_results to facetrank_trainer;
