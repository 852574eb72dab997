"""Attrition with and without the people who were let go, worked by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from ml.rankers.involuntary import without_involuntary
from ml.rankers.judge import Judge, make_judge
from ml.rankers.metrics import PairwiseAuc, reject_option

VOTES = np.array([0.9, 0.6, 0.5, 0.4, 0.7, 0.2])
LABELS = [1, 1, 1, 0, 0, 0]


def rows_of(labels: list[int]) -> pa.Table:
    n = len(labels)
    return pa.table(
        {
            "application_id": [f"a{place}" for place in range(n)],
            "candidate_id": [f"c{place}" for place in range(n)],
            "requisition_id": [f"r{place}" for place in range(n)],
            "job_family": ["f"] * n,
            "label": pa.array(labels, pa.int16()),
        }
    )


def tenures(reasons: list[str | None]) -> pa.Table:
    """Of the tested, and of one who started before and one after them in the alphabet."""
    names = ["a", *(f"a{place}" for place in range(len(reasons))), "b"]
    return pa.table({"application_id": names, "end_reason": pa.array(["involuntary", *reasons, None], pa.string())})


def judge(labels: list[int]) -> Judge:
    return make_judge(rows_of(labels), ranker="attrition", seed=0)


def test_who_was_let_go_is_left_out() -> None:
    # The second stayed long and was let go then: a stayer. Of the leavers the one at .7 was let go.
    reasons = [None, "involuntary", None, "voluntary", "involuntary", "other"]
    found = without_involuntary(rows_of(LABELS), tenures(reasons), VOTES, judge=judge(LABELS))
    assert (found["leavers"], found["involuntary"], found["unknown"]) == (3, 1, 0)
    # Left: stayers .9, .6, .5, leavers .4, .2: all 6 pairs in order; with the one at .7, 7 of 9.
    assert (found["auc"]["value"], found["auc"]["pairs"]) == (1.0, 6)
    # Above .55: .9 and .6, both stayed; with the one at .7, 2 of 3.
    assert (found["accuracy"]["count"], found["accuracy"]["of"]) == (2, 2)
    assert found["sentence"] == "Of the 3 leavers tested, 1 left involuntarily."


def test_leavers_of_unknown_reason_stay_in() -> None:
    reasons = [None, None, None, None, "involuntary", "voluntary"]
    found = without_involuntary(rows_of(LABELS), tenures(reasons), VOTES, judge=judge(LABELS))
    assert (found["involuntary"], found["unknown"], found["auc"]["pairs"]) == (1, 1, 6)
    assert found["sentence"] == (
        "Of the 3 leavers tested, 1 left involuntarily. No reason is on record for 1 of them; these stay in."
    )


def test_without_reasons_there_is_a_sentence_and_no_number() -> None:
    found = without_involuntary(rows_of(LABELS), tenures([None] * 6), VOTES, judge=judge(LABELS))
    assert (found["auc"], found["accuracy"]) == (None, None)
    assert found["sentence"] == (
        "Of the 3 leavers tested, none has a reason on record, so it is not known how many left involuntarily, "
        "nor how the ranker does without them."
    )


def test_if_everybody_was_let_go_there_is_nobody_to_compare_with() -> None:
    reasons = [None, None, None, "involuntary", "involuntary", "involuntary"]
    found = without_involuntary(rows_of(LABELS), tenures(reasons), VOTES, judge=judge(LABELS))
    assert found["auc"] == {"value": None, "low": None, "high": None, "pairs": 0}
    assert (found["accuracy"]["count"], found["accuracy"]["of"]) == (2, 2)


@pytest.mark.parametrize("seed", range(5))
def test_nobody_let_go_changes_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    labels, votes = random.integers(2, size=60).tolist(), random.random(60)
    found = without_involuntary(rows_of(labels), tenures(["voluntary"] * 60), votes, judge=judge(labels))
    values, replicates = judge(labels).headline(votes)
    assert found["auc"]["value"] == values[0] == PairwiseAuc(labels, votes).value()
    assert found["auc"]["low"] == np.percentile(replicates, 2.5)
    assert found["accuracy"] == reject_option(labels, votes)["yield"]
