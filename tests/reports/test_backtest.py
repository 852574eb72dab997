from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.rows import dict_row

from ml.organisation import Labels
from ml.warehouse.roles import AUDITOR
from reports.backtest import stages_of
from reports.queries import query
from tests.reports.factories import AS_OF, add_backtest

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

FIRST = {
    "people": 10, "observed": 8,
    "at_k": {"model": 3, "real": 2, "by_lot": 1.5, "of": 4, "gain": {"value": 0.25, "worst": -0.25, "best": 0.5}},
    "people_per_good": {"model": 9, "real": 12, "by_lot": 10.0, "of": 4, "gain": {"value": -0.75}},
    "above": {"good": 3, "of": 4, "usual_good": 4, "usual_of": 8, "gain": {"value": 0.25}},
}  # fmt: skip
SECOND = {
    "people": 5, "observed": 4,
    "at_k": {"model": 1, "real": 1, "by_lot": 0.5, "of": 1, "gain": {"value": 0.0, "worst": 0.0, "best": 1.0}},
    "people_per_good": {"model": 1, "real": 1, "by_lot": 2.5, "of": 1, "gain": {"value": 0.0}},
    "above": {"good": 1, "of": 2, "usual_good": 1, "usual_of": 4, "gain": {"value": 0.25}},
}  # fmt: skip


def row(stage: str, quarter: str, estimates: dict[str, Any] | None) -> dict[str, Any]:
    status = "replayed" if estimates else "too few labels"
    return {"stage": stage, "quarter": quarter, "status": status, "sentence": "So it is.", "estimates": estimates or {}}


def test_quarters_add_up() -> None:
    (stage,) = stages_of([row("onboard", "2025 Q1", FIRST), row("onboard", "2025 Q2", SECOND)], Labels())
    total = stage.total
    assert (total["people"], total["observed"]) == (15, 12)
    assert (total["at_k"]["model"], total["at_k"]["real"], total["at_k"]["of"]) == (4, 3, 5)
    # 4 of 5 less 3 of 5; at worst 4 * -.25 + 0 = -1 of 5; at best 4 * .5 + 1 = 3 of 5.
    assert total["at_k"]["gain"] == {
        "value": pytest.approx(0.2), "worst": pytest.approx(-0.2), "best": pytest.approx(0.6)
    }  # fmt: skip
    # 10 people less 13, for 5 good outcomes.
    assert total["people_per_good"]["gain"]["value"] == pytest.approx(-0.6)
    # 4 of 6 above the line, 5 of 12 as usual.
    assert total["above"]["gain"]["value"] == pytest.approx(4 / 6 - 5 / 12)


def test_stages_come_in_the_order_in_which_people_pass_them() -> None:
    rows = [row(stage, "2025 Q1", FIRST) for stage in ("attrition", "interviews", "onboard", "quality")]
    assert [stage.stage for stage in stages_of(rows, Labels())] == ["quality", "interviews", "onboard", "attrition"]
    assert stages_of([], Labels()) == ()


def test_what_was_left_out_is_apart() -> None:
    (stage,) = stages_of([row("onboard", "2025 Q1", None), row("onboard", "2025 Q2", FIRST)], Labels())
    assert [each["quarter"] for each in stage.left_out] == ["2025 Q1"]
    assert [each["quarter"] for each in stage.quarters] == ["2025 Q2"]


def test_a_quarter_counts_with_the_outcomes_observed_last_before_the_date(fresh_warehouse: Warehouse) -> None:
    for as_of_date in (date(2026, 4, 1), date(2026, 7, 1), date(2026, 12, 1)):
        sentence = f"As of {as_of_date}."
        add_backtest(fresh_warehouse, "onboard", date(2026, 1, 1), sentence=sentence, as_of_date=as_of_date)
    with fresh_warehouse.connect(AUDITOR) as connection, connection.cursor(row_factory=dict_row) as cursor:
        (found,) = cursor.execute(query("backtest"), {"as_of_date": AS_OF}).fetchall()
    assert (found["quarter"], found["sentence"]) == ("2026 Q1", "As of 2026-07-01.")
