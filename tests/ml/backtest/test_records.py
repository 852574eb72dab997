"""What becomes of quarters that an earlier version replayed."""

from __future__ import annotations

from ml.warehouse.connection import Warehouse
from ml.warehouse.migrate import migrate
from ml.warehouse.roles import OWNER

_BEFORE = """
drop view scores.opted_out_people;
alter table governance.backtest_results drop column requisitions;
delete from public.schema_migrations where name = '801_opted_out_people';
insert into governance.backtest_results
    (as_of_date, quarter_start, stage, status, sentence, snapshots, estimates)
values
    ('2026-10-01', '2026-01-01', 'onboard', 'replayed', 'A gain.', '{}', '{"people": 9}'),
    ('2026-10-01', '2025-10-01', 'onboard', 'too few labels', 'Too few.', '{}', '{}');
"""


def test_quarters_replayed_with_people_who_had_opted_out_are_kept_and_outdated(fresh_warehouse: Warehouse) -> None:
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute(_BEFORE)
    assert migrate(fresh_warehouse) == ("801_opted_out_people",)
    with fresh_warehouse.connect(OWNER) as connection:
        query = (
            "select status, sentence, estimates, requisitions from governance.backtest_results order by quarter_start"
        )
        untouched, outdated = connection.execute(query).fetchall()
    assert untouched == ("too few labels", "Too few.", {}, {})
    assert outdated == (
        "outdated",
        "onboard: 2026Q1: replayed by an earlier version, which ranked people who had opted out; "
        "run backtest for it again.",
        {"people": 9},
        {},
    )
