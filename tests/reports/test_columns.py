from __future__ import annotations

import numpy as np
import pandas as pd

from reports.columns import bins, clusters, comparable


def test_rare_levels_are_taken_together_and_missing_is_a_level() -> None:
    reference = pd.DataFrame({"source": ["direct"] * 60 + ["agency"] * 30 + ["social"] * 2 + [None] * 8})
    current = pd.DataFrame({"source": ["direct"] * 90 + ["campus"] * 7 + ["social"] * 3})
    then, now = comparable(reference, current, ["source"])
    # social has 5 rows in all, campus 7: both below 10.
    assert then["source"].value_counts().to_dict() == {"direct": 60, "agency": 30, "(missing)": 8, "(other)": 2}
    assert now["source"].value_counts().to_dict() == {"direct": 90, "(other)": 10}


def test_at_most_fifteen_levels_are_named() -> None:
    levels = pd.DataFrame({"title": np.repeat([f"title {number}" for number in range(20)], 30)})
    then, _ = comparable(levels, levels, ["title"])
    assert then["title"].nunique() == 16
    assert (then["title"] == "(other)").sum() == 5 * 30


def test_missing_numbers_are_a_column_of_their_own() -> None:
    reference = pd.DataFrame({"salary": [1.0, None] * 50})
    current = pd.DataFrame({"salary": [2.0] * 40})
    then, now = comparable(reference, current, ["salary"])
    assert list(then.columns) == ["salary is missing", "salary"]
    assert then["salary is missing"].value_counts().to_dict() == {"no": 50, "yes": 50}
    assert set(now["salary is missing"]) == {"no"}


def test_a_number_that_one_side_hardly_knows_is_compared_by_its_absence_only() -> None:
    reference = pd.DataFrame({"salary": [1.0, 2.0] * 20})
    current = pd.DataFrame({"salary": [1.0] * 29 + [None] * 40})
    then, now = comparable(reference, current, ["salary"])
    assert list(then.columns) == list(now.columns) == ["salary is missing"]


def test_that_outcomes_are_missing_says_nothing() -> None:
    reference = pd.DataFrame({"label": [0.0, 1.0] * 20})
    current = pd.DataFrame({"label": [1.0] * 30 + [None] * 70})
    then, now = comparable(reference, current, [], sparse=["label"])
    assert list(then.columns) == ["label"]
    assert now["label"].count() == 30


def test_columns_of_one_value_are_left_out() -> None:
    frame = pd.DataFrame({"seniority": [None] * 40, "openings": [1.0] * 40, "salary": [1.0, 2.0] * 20})
    then, _ = comparable(frame, frame, ["seniority", "openings", "salary"])
    assert list(then.columns) == ["salary"]


def test_booleans_are_levels() -> None:
    frame = pd.DataFrame({"is_local": pd.array([True, False] * 20 + [None], dtype="boolean")})
    then, _ = comparable(frame, frame, ["is_local"])
    assert then["is_local"].value_counts().to_dict() == {"True": 20, "False": 20, "(missing)": 1}


def test_numbers_fall_into_tenths_of_both_sides_together() -> None:
    reference, current = pd.Series(np.arange(0.0, 100)), pd.Series([0.0, 99.0, np.nan])
    then, now = bins(reference, current)
    assert set(then) == set(range(10))
    assert list(now) == [0, 9, -1]


def test_levels_are_numbered_alike_on_both_sides() -> None:
    then, now = bins(pd.Series(["a", "b"], dtype="str"), pd.Series(["b", "c"], dtype="str"))
    assert list(then) == [0, 1]
    assert list(now) == [1, 2]


def test_clusters_are_requisitions_then_candidates_then_rows() -> None:
    several = pd.DataFrame({"requisition_id": ["r1", "r1", "r2"], "candidate_id": ["a", "b", "b"]})
    single = several.assign(requisition_id="r1")
    lonely = single.assign(candidate_id="a")
    names = ("requisition_id", "candidate_id")
    assert [list(side) for side in clusters(several, several, names)] == [[0, 0, 1], [0, 0, 1]]
    assert [list(side) for side in clusters(several, single, names)] == [[0, 1, 1], [0, 1, 1]]
    assert [list(side) for side in clusters(several, lonely, names)] == [[0, 1, 2], [0, 1, 2]]
