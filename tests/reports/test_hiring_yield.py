from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from ml.warehouse.roles import AUDITOR
from reports.hiring_yield import YieldReport, yield_report
from tests.reports.factories import add_predictions

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

# score and outcome of ten offers: five above .55 (four of them onboard), three of .45 to .55, two below .45.
OFFERS = [
    ("r1", 1, 0.95, 1),
    ("r1", 1, 0.80, 1),
    ("r1", 1, 0.56, 0),
    ("r1", 1, 0.55, 1),
    ("r1", 1, 0.45, 0),
    ("r2", 4, 0.70, 1),
    ("r2", 4, 0.60, 1),
    ("r2", 4, 0.50, 0),
    ("r2", 4, 0.44, 1),
    ("r3", 4, 0.00, 0),
]


def _rows(offers: list[tuple[str, int, float, int]]) -> list[dict[str, Any]]:
    return [
        {
            "application_id": f"a{number}",
            "requisition_id": requisition,
            "stage_entered_at": datetime(2026, month, 1, tzinfo=UTC),
            "score": score,
            "label": label,
        }
        for number, (requisition, month, score, label) in enumerate(offers)
    ]


def _report(warehouse: Warehouse, version: str = "1") -> YieldReport:
    with warehouse.connect(AUDITOR) as connection:
        report = yield_report(connection, "onboard", version)
    assert report is not None
    return report


@pytest.fixture
def report(fresh_warehouse: Warehouse) -> YieldReport:
    add_predictions(fresh_warehouse, "onboard", _rows(OFFERS))
    return _report(fresh_warehouse)


def test_overall_yield_by_hand(report: YieldReport) -> None:
    overall = report.overall
    assert overall["yield"]["value"] == 4 / 5
    assert overall["business_as_usual"]["value"] == 6 / 10
    assert overall["coverage"]["value"] == 5 / 10
    # .55, .50 and .45: both borders are a person's.
    assert overall["manual"]["value"] == 3 / 10
    # Wilson of 4 in 5, z = 1.96: middle (.8 + 1.9207 / 5) / (1 + 3.8415 / 5) = .6696,
    # half 1.96 x sqrt(.8 x .2 / 5 + 3.8415 / 100) / 1.7683 = .2941.
    assert (overall["yield"]["low"], overall["yield"]["high"]) == pytest.approx((0.3755, 0.9637), abs=2e-4)


def test_quarters_in_order_with_their_own_business_as_usual(report: YieldReport) -> None:
    assert [name for name, _ in report.quarters] == ["2026 Q1", "2026 Q2"]
    first, second = (shares for _, shares in report.quarters)
    assert (first["yield"]["count"], first["yield"]["of"]) == (2, 3)
    assert first["business_as_usual"]["value"] == 3 / 5
    assert (second["yield"]["count"], second["yield"]["of"]) == (2, 2)
    assert second["business_as_usual"]["value"] == 3 / 5


def test_score_bins_by_hand(report: YieldReport) -> None:
    counted = {round(each["from"], 1): (each["count"], each["of"]) for each in report.score_bins if each["of"]}
    # .45 and .44 lie in .4 to .5; .50, .55 and .56 in .5 to .6.
    assert counted == {0.0: (0, 1), 0.4: (1, 2), 0.5: (1, 3), 0.6: (1, 1), 0.7: (1, 1), 0.8: (1, 1), 0.9: (1, 1)}


def test_largest_requisitions_come_first(report: YieldReport) -> None:
    assert [(name, shares["business_as_usual"]["of"]) for name, shares in report.largest] == [
        ("r1", 5),
        ("r2", 4),
        ("r3", 1),
    ]
    assert report.requisitions == 3


def test_only_eight_requisitions_are_shown_apart(fresh_warehouse: Warehouse) -> None:
    add_predictions(fresh_warehouse, "onboard", _rows([(f"r{each:02}", 1, 0.6, 1) for each in range(12)]))
    report = _report(fresh_warehouse)
    assert [name for name, _ in report.largest] == [f"r{each:02}" for each in range(8)]
    assert report.requisitions == 12


def test_nobody_above_the_line_has_no_yield(fresh_warehouse: Warehouse) -> None:
    add_predictions(fresh_warehouse, "onboard", _rows([("r1", 1, 0.5, 1), ("r1", 1, 0.2, 0)]))
    overall = _report(fresh_warehouse).overall
    assert overall["yield"]["value"] is None
    assert overall["business_as_usual"]["value"] == 0.5


def test_another_version_is_another_report(fresh_warehouse: Warehouse) -> None:
    add_predictions(fresh_warehouse, "onboard", _rows(OFFERS))
    with fresh_warehouse.connect(AUDITOR) as connection:
        assert yield_report(connection, "onboard", "2") is None
        assert yield_report(connection, "quality", "1") is None
