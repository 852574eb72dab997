-- What every gate found, one row per run and subject; rows are only ever added.

create table governance.gate_results (
    gate_result_id bigint generated always as identity primary key,
    as_of_date date not null,
    layer text not null check (layer in ('landing', 'labels', 'features', 'snapshot', 'scores')),
    subject text not null,
    suite text not null,
    evaluated integer not null check (evaluated >= 0),
    failed integer not null check (failed >= 0),
    passed boolean not null,
    sentence text not null,
    details jsonb not null,
    run_at timestamptz not null,
    check (passed = (failed = 0 and evaluated > 0))
);
comment on table governance.gate_results is
'One row per run of a gate and subject: how many expectations, how many not met.';

create view governance.latest_gate_results with (security_invoker = true) as
select distinct on (as_of_date, layer, subject)
    as_of_date,
    layer,
    subject,
    suite,
    evaluated,
    failed,
    passed,
    sentence,
    details,
    run_at
from governance.gate_results
order by as_of_date desc, layer asc, subject asc, run_at desc, gate_result_id desc;
comment on view governance.latest_gate_results is 'One row per as-of date, layer and subject: its latest run.';

-- Each gate runs as the role whose work it guards.
grant usage on schema governance to facetrank_loader, facetrank_transformer;
grant select, insert on governance.gate_results to facetrank_loader, facetrank_transformer, facetrank_trainer;
grant select on governance.latest_gate_results to facetrank_loader, facetrank_transformer, facetrank_trainer;
