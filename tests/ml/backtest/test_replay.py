"""A quarter from its marts to its estimates, on a real warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ml.backtest.quarters import Quarter
from ml.backtest.replay import FittedRecipe, fit_recipe, replay_stages
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import TRANSFORMER
from tests.ml.rankers.factories import FEATURES, make_snapshot, make_table, organisation
from tests.ml.rankers.warehouse import build_marts
from tests.ml.scores.world import insert

AS_OF = date(2025, 10, 1)
QUARTER = Quarter(2025, 1)
# What interviews need of the lifecycle.
_LIFECYCLE = """
create table intermediate.application_lifecycle (
    as_of_date date, application_id text, requisition_id text, interviewed_at timestamptz, offered_at timestamptz,
    rejected_at timestamptz, withdrawn_at timestamptz
)
"""


@pytest.fixture
def fitted(tmp_path: Path) -> FittedRecipe:
    """Fitted on another draw of the same kind of people."""
    return fit_recipe(make_snapshot(tmp_path, make_table(800, seed=5, signal=2.5)), FEATURES, organisation())


def in_quarter(table: pa.Table) -> pa.Table:
    entered = table["stage_entered_at"].to_numpy()
    start, end = np.datetime64("2025-01-01"), np.datetime64("2025-04-01")
    return table.filter(pa.array((entered >= start) & (entered < end)))


def test_the_people_of_the_quarter_are_put_in_order(fresh_warehouse: Warehouse, fitted: FittedRecipe) -> None:
    table = make_table(1800, signal=2.5)
    build_marts(fresh_warehouse, table, as_of_date=AS_OF)
    # The same people as of another date do not count twice.
    build_marts(fresh_warehouse, table, as_of_date=date(2025, 7, 1))
    (replay,) = replay_stages(fresh_warehouse, QUARTER, {"quality": fitted}, as_of_date=AS_OF, seed=0)
    people = in_quarter(table)
    estimates = replay.estimates
    assert estimates["opted_out"] == 0
    assert (replay.stage, replay.status) == ("quality", "replayed")
    assert replay.snapshots == {"quality": fitted.snapshot.data_hash}
    assert estimates["people"] == estimates["observed"] == people.num_rows
    assert estimates["good"] == estimates["at_k"]["of"] == sum(people["label"].to_pylist())
    votes, _ = fitted.score(people)
    assert estimates["above"]["of"] == (votes > 0.55).sum()
    assert estimates["at_k"]["gain"]["low"] > 0
    assert replay.sentence.startswith(f"quality: 2025Q1: of {estimates['good']} taken, the model's order has ")
    assert replay.sentence.endswith(
        f"; {people.num_rows} of {people.num_rows} outcomes are observed; opted out and in no order: 0."
    )


def test_people_are_in_no_order_who_had_opted_out_when_they_would_first_have_been_ranked(
    fresh_warehouse: Warehouse, fitted: FittedRecipe
) -> None:
    table = make_table(1800, signal=2.5)
    build_marts(fresh_warehouse, table, as_of_date=AS_OF)
    people = in_quarter(table)
    names = people["candidate_id"].to_pylist()
    chosen = [place for place, name in enumerate(names) if names.count(name) == 1][:5]
    midnights = [
        people["stage_entered_at"][place].as_py().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        for place in chosen
    ]
    second, year = timedelta(seconds=1), timedelta(days=365)
    # Long before; on the day itself; only on the next; asked before, but not recorded; recorded, but for later.
    known = [(-year, -year), (-second, -second), (timedelta(0), timedelta(0)), (-year, second), (second, -second)]
    for place, midnight, (requested, recorded) in zip(chosen, midnights, known, strict=True):
        insert(
            fresh_warehouse, "landing.opt_outs", candidate_id=names[place],
            requested_at=midnight + requested, recorded_at=midnight + recorded,
        )  # fmt: skip
    (replay,) = replay_stages(fresh_warehouse, QUARTER, {"quality": fitted}, as_of_date=AS_OF, seed=0)
    assert replay.estimates["opted_out"] == 2
    assert replay.estimates["people"] == people.num_rows - 2
    # As if they had never come.
    left = people.filter(pa.array([place not in chosen[:2] for place in range(people.num_rows)]))
    assert replay.estimates["good"] == sum(left["label"].to_pylist())
    assert "observed; opted out and in no order: 2." in replay.sentence


def test_replaying_again_gives_the_same(fresh_warehouse: Warehouse, fitted: FittedRecipe) -> None:
    build_marts(fresh_warehouse, make_table(900, signal=2.5), as_of_date=AS_OF)
    first, second = (
        replay_stages(fresh_warehouse, QUARTER, {"quality": fitted}, as_of_date=AS_OF, seed=0) for _ in range(2)
    )
    assert first == second


def test_a_quarter_without_observed_outcomes_is_nothing_to_compare(
    fresh_warehouse: Warehouse, fitted: FittedRecipe
) -> None:
    # Sorted by date: the newest 1200 of 1800 rows begin before the quarter, so the whole of it is immature.
    build_marts(fresh_warehouse, make_table(1800, signal=2.5), as_of_date=AS_OF, immature=1200)
    (replay,) = replay_stages(fresh_warehouse, QUARTER, {"quality": fitted}, as_of_date=AS_OF, seed=0)
    assert (replay.status, replay.estimates) == ("nothing to compare", {})
    people = in_quarter(make_table(1800, signal=2.5)).num_rows
    assert replay.sentence == f"quality: 2025Q1: not both outcomes are observed among {people} people."


def test_no_ranker_gives_nothing(fresh_warehouse: Warehouse) -> None:
    assert replay_stages(fresh_warehouse, QUARTER, {}, as_of_date=AS_OF, seed=0) == []


def test_interviews_lead_to_a_hire_or_not(fresh_warehouse: Warehouse, fitted: FittedRecipe) -> None:
    """Seven people, interviewed in February but for the last."""
    table = make_table(7, n_requisitions=1)
    # Of the offers, 1 started, 2 declined, 3 are open. The labels of the others do not count, they had no offer.
    table = table.set_column(table.column_names.index("label"), "label", pa.array([1, 0, 1, 1, 1, 1, 1], pa.int16()))
    build_marts(fresh_warehouse, table, as_of_date=AS_OF, ranker="quality")
    with fresh_warehouse.connect(TRANSFORMER) as connection:
        connection.execute("create table labels.onboard_labels (like labels.quality_labels)")
        connection.execute("insert into labels.onboard_labels select * from labels.quality_labels")
        connection.execute(
            "update labels.onboard_labels set label = null, label_status = 'immature' where application_id > 'a00001'"
        )
        connection.execute(_LIFECYCLE)
        lifecycle = [
            ("a00000", "2025-02-03", "2025-02-10", None, None),
            ("a00001", "2025-02-04", "2025-02-10", None, None),
            ("a00002", "2025-02-05", "2025-02-10", None, None),
            ("a00003", "2025-02-06", None, "2025-02-10", None),
            ("a00004", "2025-02-07", None, None, "2025-02-10"),
            ("a00005", "2025-02-08", None, None, None),
            ("a00006", "2025-04-01", "2025-04-10", None, None),
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into intermediate.application_lifecycle values (%s, %s, 'r000', %s, %s, %s, %s)",
                [(AS_OF, *row) for row in lifecycle],
            )
    asked = datetime(2025, 2, 7, tzinfo=UTC)
    insert(fresh_warehouse, "landing.opt_outs", candidate_id="c00005", requested_at=asked, recorded_at=asked)
    rankers = {"quality": fitted, "onboard": fitted}
    replays = replay_stages(fresh_warehouse, QUARTER, rankers, as_of_date=AS_OF, seed=0)
    interviews = replays[-1]
    assert interviews.stage == "interviews"
    # Hired: the first. Not hired: the second declined, the fourth was rejected, the fifth withdrew. Open: the third; so
    # is the sixth, who had opted out the day before.
    counts = {name: interviews.estimates[name] for name in ("people", "opted_out", "observed", "good", "requisitions")}
    assert counts == {"people": 5, "opted_out": 1, "observed": 4, "good": 1, "requisitions": 1}
    # The one who was hired was interviewed first.
    assert interviews.estimates["people_per_good"]["real"] == 1
    assert "above" not in interviews.estimates
