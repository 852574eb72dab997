from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.rows import dict_row

from ml.organisation import Labels
from ml.warehouse.roles import AUDITOR
from reports.backtest import BacktestStage, stages_of
from reports.queries import query
from tests.reports.factories import AS_OF, add_backtest, replayed

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse


def row(stage: str, quarter: str, replay: dict[str, Any] | None) -> dict[str, Any]:
    kept = replay or {"status": "too few labels", "estimates": {}, "requisitions": {}}
    return {"stage": stage, "quarter": quarter, "sentence": "So it is.", **kept}


def stages(*rows: dict[str, Any]) -> tuple[BacktestStage, ...]:
    return stages_of(rows, Labels(), seed=0)


def test_quarters_are_estimated_as_one() -> None:
    first, second = replayed(0, opted_out=2), replayed(1, opted_out=3)
    (stage,) = stages(row("onboard", "2025 Q1", first), row("onboard", "2025 Q2", second))
    total = stage.total
    assert total is not None
    parts = [first["estimates"], second["estimates"]]
    for name in ("opted_out", "people", "observed"):
        assert total[name] == sum(part[name] for part in parts)
    # Both have the same 25 requisitions.
    assert total["requisitions"] == 25
    for measure in ("at_k", "people_per_good"):
        taken = total[measure]["of"]
        assert taken == sum(part[measure]["of"] for part in parts)
        for name in ("value", "worst", "best"):
            people = sum(part[measure]["gain"][name] * part[measure]["of"] for part in parts)
            assert total[measure]["gain"][name] == pytest.approx(people / taken)
    for measure in ("at_k", "people_per_good", "above"):
        gain = total[measure]["gain"]
        assert gain["low"] < gain["value"] < gain["high"]
    assert stage.has_line


def test_one_quarter_is_all_there_is() -> None:
    replay = replayed(0, is_line=False)
    (stage,) = stages(row("interviews", "2025 Q1", replay))
    assert stage.total == replay["estimates"]
    assert not stage.has_line


def test_stages_come_in_the_order_in_which_people_pass_them() -> None:
    rows = [row(stage, "2025 Q1", replayed(0)) for stage in ("attrition", "interviews", "onboard", "quality")]
    assert [stage.stage for stage in stages(*rows)] == ["quality", "interviews", "onboard", "attrition"]
    assert stages() == ()


def test_what_was_left_out_is_apart() -> None:
    (stage,) = stages(row("onboard", "2025 Q1", None), row("onboard", "2025 Q2", replayed(0)))
    assert [each["quarter"] for each in stage.left_out] == ["2025 Q1"]
    assert [each["quarter"] for each in stage.quarters] == ["2025 Q2"]


def test_nothing_replayed_has_no_total() -> None:
    (stage,) = stages(row("onboard", "2025 Q1", None))
    assert (stage.total, stage.has_line) == (None, False)


def test_a_quarter_counts_with_the_outcomes_observed_last_before_the_date(fresh_warehouse: Warehouse) -> None:
    for as_of_date in (date(2026, 4, 1), date(2026, 7, 1), date(2026, 12, 1)):
        sentence = f"As of {as_of_date}."
        add_backtest(fresh_warehouse, "onboard", date(2026, 1, 1), sentence=sentence, as_of_date=as_of_date)
    with fresh_warehouse.connect(AUDITOR) as connection, connection.cursor(row_factory=dict_row) as cursor:
        (found,) = cursor.execute(query("backtest"), {"as_of_date": AS_OF}).fetchall()
    assert (found["quarter"], found["sentence"]) == ("2026 Q1", "As of 2026-07-01.")
