-- What the latest run of every gate said of a date. One row per layer, in the order in which data flows.
select
    layer,
    count(*) as subjects,
    sum(evaluated) as expectations,
    sum(failed) as unmet,
    bool_and(passed) as is_passed,
    max(run_at) as run_at,
    coalesce(array_agg(sentence order by subject) filter (where not passed), '{}') as problems
from governance.latest_gate_results
where as_of_date = %(as_of_date)s
group by layer
order by array_position(array['landing', 'labels', 'features', 'snapshot', 'scores'], layer)
