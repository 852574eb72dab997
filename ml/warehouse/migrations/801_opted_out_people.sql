-- Who has opted out of being ranked: one rule for scoring and for the replay of past quarters.
-- And what a replayed quarter adds up to in each requisition, so that several quarters can be drawn from together.

create view scores.opted_out_people with (security_invoker = true) as
select
    candidate_id,
    min(greatest(requested_at, recorded_at)) as opted_out_at
from landing.opt_outs
group by candidate_id;
comment on view scores.opted_out_people is
'One row per person who opted out of being ranked, whatever the scope, and since when that is known.';

grant select on scores.opted_out_people to facetrank_trainer;

alter table governance.backtest_results add column requisitions jsonb not null default '{}';
comment on column governance.backtest_results.requisitions is
'Counts by requisition, of which the estimates are made; empty unless replayed.';

alter table governance.backtest_results drop constraint backtest_results_status_check;
alter table governance.backtest_results add constraint backtest_results_status_check
check (status in ('replayed', 'nothing to compare', 'no labels', 'too few labels', 'outdated'));

-- Earlier replays ranked people who had opted out, and cannot be drawn from together with later ones.
update governance.backtest_results
set
    status = 'outdated',
    sentence = stage || ': ' || to_char(quarter_start, 'YYYY"Q"Q')
    || ': replayed by an earlier version, which ranked people who had opted out; run backtest for it again.'
where status = 'replayed';
