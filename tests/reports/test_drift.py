from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports.drift import adjust, compare

COLUMNS = ["years_experience", "salary", "source"]


def _applications(seed: int, *, requisitions: int = 40, rows: int = 20, years: float = 5.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    number = requisitions * rows
    return pd.DataFrame(
        {
            "requisition_id": np.repeat([f"r{seed}-{each}" for each in range(requisitions)], rows),
            "candidate_id": [f"c{seed}-{each}" for each in range(number)],
            "years_experience": rng.normal(years, 2, number),
            "salary": np.where(rng.random(number) < 0.2, np.nan, rng.lognormal(3, 0.5, number)),
            "source": rng.choice(["direct", "agency", "campus"], number),
        }
    )


def test_no_drift_between_two_draws_of_one_population() -> None:
    drift = compare(_applications(0), _applications(1), COLUMNS)
    assert drift.verdict == "no drift"
    # years_experience, salary, whether salary is missing, source
    assert drift.sentence == "None of 4 columns drifted."
    assert (drift.reference_rows, drift.current_rows) == (800, 800)


def test_a_moved_column_is_named_with_its_distance() -> None:
    drift = compare(_applications(0), _applications(1, years=8.0), COLUMNS)
    assert drift.verdict == "drift"
    farthest = drift.columns[0]
    assert farthest.column == "years_experience"
    # From 5 to 8 years, with a standard deviation of 2.
    assert farthest.distance == pytest.approx(1.5, abs=0.1)
    assert farthest.adjusted_p_value < 1e-6
    assert drift.sentence == f"1 of 4 columns drifted: years_experience ({farthest.distance:.2f})."
    assert [column.has_drifted for column in drift.columns] == [True, False, False, False]


def test_a_column_that_is_no_longer_filled_is_named() -> None:
    now = _applications(1)
    now["salary"] = np.nan
    drift = compare(_applications(0), now, COLUMNS)
    assert drift.verdict == "drift"
    assert [column.column for column in drift.columns if column.has_drifted] == ["salary is missing"]


def test_a_certain_but_tiny_difference_is_not_drift() -> None:
    # .08 of a standard deviation over 20,000 rows: hardly chance, but the distance is far below .1.
    before = _applications(0, requisitions=400, rows=50)
    drift = compare(before, _applications(1, requisitions=400, rows=50, years=5.16), COLUMNS)
    moved = next(column for column in drift.columns if column.column == "years_experience")
    assert moved.adjusted_p_value < 0.01
    assert drift.verdict == "no drift"


def test_other_open_positions_are_not_drift() -> None:
    # Five open requisitions with a seniority each against forty: far apart, but no more than chance makes them.
    def with_seniority(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
        names = frame["requisition_id"].unique()
        levels = np.random.default_rng(seed).choice(["junior", "senior", "lead"], len(names))
        return frame.assign(seniority=frame["requisition_id"].map(dict(zip(names, levels, strict=True))))

    before = with_seniority(_applications(0), 0)
    drift = compare(before, with_seniority(_applications(1, requisitions=5, rows=100), 1), ["seniority"])
    assert drift.columns[0].distance > 0.1
    assert drift.verdict == "no drift"


def test_evidently_shows_the_same_verdicts() -> None:
    drift = compare(_applications(0), _applications(1, years=8.0), COLUMNS)
    assert "Drift is detected for 25.0% of columns (1 out of 4)" in drift.html


def test_too_few_rows_are_said() -> None:
    drift = compare(_applications(0, requisitions=2), _applications(1, requisitions=1), COLUMNS)
    assert drift.verdict == "nothing to compare"
    assert drift.sentence == "40 rows of training and 20 of now: nothing is compared below 30 of each."
    assert drift.columns == ()


def test_columns_of_one_value_are_nothing_to_compare() -> None:
    constant = _applications(0).assign(source="direct")
    drift = compare(constant, constant, ["source"])
    assert drift.verdict == "nothing to compare"
    assert drift.sentence == "No column has more than one value."


def test_adjustment_by_hand() -> None:
    # Sorted .01 .02 .03 .5; times 4/rank: .04 .04 .04 .5 (each the least of itself and those above it).
    adjusted = adjust({"a": 0.03, "b": 0.01, "c": 0.5, "d": 0.02})
    assert adjusted == pytest.approx({"a": 0.04, "b": 0.04, "c": 0.5, "d": 0.04})
