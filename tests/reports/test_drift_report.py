from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from ml.errors import FacetrankError
from ml.warehouse.roles import REVIEWER
from reports.drift_report import report_drift
from tests.reports.factories import (
    AS_OF,
    People,
    add_people,
    add_predictions,
    add_version,
    freeze,
    hide_scores,
    make_marts,
    publish,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

TRAINED = People.draw(0, 800, start=date(2025, 1, 1), days=480, prefix="old")


@pytest.fixture
def own_settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, var=tmp_path)


def _set_up(warehouse: Warehouse, settings: Settings, *, years: float) -> None:
    """A quality ranker trained on 800, 400 applicants since, of whom 200 are scored."""
    since = People.draw(1, 400, start=date(2026, 6, 1), days=120, prefix="new", years=years)
    make_marts(warehouse)
    add_people(warehouse, "quality", TRAINED, label_status="observed")
    add_people(warehouse, "quality", since, label_status="immature")
    snapshot = freeze(settings.organisation_folder("demo") / "snapshots", "quality", TRAINED)
    add_version(warehouse, "quality", "champion", "Scores.", snapshot_hash=snapshot.content_hash)
    add_predictions(warehouse, "quality", TRAINED.rows[400:])
    publish(warehouse, {"quality": ("1", snapshot.content_hash)}, People(since.rows[200:]))


def test_nothing_drifted(fresh_warehouse: Warehouse, demo_organisation: Organisation, own_settings: Settings) -> None:
    _set_up(fresh_warehouse, own_settings, years=5.0)
    newcomers, scored = report_drift(fresh_warehouse, demo_organisation, own_settings, AS_OF)
    assert (newcomers.comparison, scored.comparison) == ("newcomers", "scored")
    # 800 people over 480 days: those of the last 365 days are 365 / 480 of them.
    assert (newcomers.drift.reference_rows, newcomers.drift.current_rows) == (609, 400)
    assert (scored.drift.reference_rows, scored.drift.current_rows) == (800, 200)
    # source, years_experience, is_local and score; of newcomers no label is known yet.
    assert newcomers.drift.sentence == "None of 4 columns drifted."
    assert scored.drift.sentence == "None of 4 columns drifted."
    assert not newcomers.is_alert
    assert not scored.is_alert
    assert newcomers.overlap is None
    assert scored.overlap is not None
    assert (scored.overlap["trained"], scored.overlap["scored"]) == (800, 200)
    assert scored.overlap["low"] < 0.5 < scored.overlap["high"]


def test_hidden_scores_are_compared_as_all_others(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, own_settings: Settings
) -> None:
    _set_up(fresh_warehouse, own_settings, years=5.0)
    shown = report_drift(fresh_warehouse, demo_organisation, own_settings, AS_OF)
    assert 0 < hide_scores(fresh_warehouse, "quality", 0.5) < 200
    hidden = report_drift(fresh_warehouse, demo_organisation, own_settings, AS_OF)
    assert [result.drift.columns for result in hidden] == [result.drift.columns for result in shown]
    assert [result.drift.current_rows for result in hidden] == [400, 200]


def test_drift_is_stored_with_its_columns_and_its_page(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, own_settings: Settings
) -> None:
    _set_up(fresh_warehouse, own_settings, years=8.0)
    for _ in range(2):  # a second run replaces the first
        report_drift(fresh_warehouse, demo_organisation, own_settings, AS_OF)
    with fresh_warehouse.connect(REVIEWER) as connection:
        results = connection.execute(
            "select comparison, verdict, is_alert, page, overlap is not null from governance.drift_results order by comparison"
        ).fetchall()
        drifted = connection.execute(
            "select column_name from governance.drift_columns where has_drifted and comparison = 'newcomers' order by 1"
        ).fetchall()
    assert results == [
        ("newcomers", "drift", True, "evidently/quality-newcomers.html", False),
        ("scored", "drift", False, "evidently/quality-scored.html", True),
    ]
    assert ("years_experience",) in drifted
    page = own_settings.var / "demo" / "site" / AS_OF.isoformat() / "evidently" / "quality-newcomers.html"
    assert page.stat().st_size < 1_000_000
    assert 'src="../../evidently/evidently-' in page.read_text(encoding="utf-8")


def test_nothing_published_is_nothing_to_compare(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, own_settings: Settings
) -> None:
    assert report_drift(fresh_warehouse, demo_organisation, own_settings, AS_OF) == ()


def test_a_lost_snapshot_is_named(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, own_settings: Settings
) -> None:
    publish(fresh_warehouse, {"quality": ("3", "abcdef0123456789")}, People([]))
    folder = own_settings.var / "demo" / "snapshots"
    with pytest.raises(FacetrankError) as error:
        report_drift(fresh_warehouse, demo_organisation, own_settings, AS_OF)
    assert str(error.value) == (
        f"{folder}: no snapshot abcdef012345, which version 3 of quality was trained on: "
        "put it back, or retrain and score."
    )
