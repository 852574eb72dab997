"""Whether a score goes with what happened later."""

from __future__ import annotations

import numpy as np
import pytest

from reports.validity import validity


def rows(scores, passed, stayed):
    columns = zip(scores, passed, stayed, strict=True)
    return [(f"c{each}", f"r{each % 30}", *values) for each, values in enumerate(columns)]


def test_auc_and_rank_correlation_by_hand() -> None:
    # 50 failed, scored .4; of 50 who passed 40 scored .6 and 10 scored .4: they beat all 50 or tie with all 50.
    scores, passed = [0.4] * 50 + [0.6] * 40 + [0.4] * 10, [0] * 50 + [1] * 50
    interviews, tenure = validity("quality", rows(scores, passed, [None] * 100), seed=0)
    assert (interviews["applications"], interviews["positives"], interviews["auc"]["pairs"]) == (100, 50, 2500)
    # (40 + 10 / 2) / 50
    assert interviews["auc"]["value"] == pytest.approx(0.9)
    assert interviews["rank_correlation"]["value"] == pytest.approx(0.8)
    assert interviews["rank_correlation"]["low"] == pytest.approx(2 * interviews["auc"]["low"] - 1)
    assert interviews["auc"]["low"] < 0.9 < interviews["auc"]["high"]
    assert interviews["sentence"].startswith(
        "The score goes with who passed the interviews held afterwards: AUC .900 ("
    )
    assert tenure == {
        "outcome": "tenure", "applications": 0, "positives": 0, "auc": None, "rank_correlation": None,
        "sentence": "Whether the score goes with who stayed once hired cannot be measured: "
        "nobody tested was hired and has a known tenure.",
    }  # fmt: skip


def test_too_few_pairs_are_not_measured() -> None:
    # 3 x 100 pairs.
    interviews, _ = validity("onboard", rows([0.5] * 103, [1] * 100 + [0] * 3, [None] * 103), seed=0)
    assert interviews["auc"] is None
    assert interviews["sentence"] == (
        "Whether the score goes with who passed the interviews held afterwards cannot be measured: "
        "100 of 103 did, which leaves too few pairs to compare."
    )


def test_a_score_that_says_nothing_or_the_contrary_is_told_so() -> None:
    random = np.random.default_rng(3)
    passed = random.integers(0, 2, 300)
    stayed = 1 - passed
    interviews, tenure = validity("quality", rows(0.3 + 0.4 * passed, passed, stayed), seed=0)
    assert interviews["sentence"].startswith("The score goes with who passed")
    assert tenure["sentence"].startswith("The score goes against who stayed once hired: AUC .000 (.000 to .000)")
    (noise, _) = validity("quality", rows(random.random(300), passed, stayed), seed=0)
    assert "does not reliably go with" in noise["sentence"]


def test_staying_is_no_outcome_of_the_ranker_that_is_trained_on_it() -> None:
    assert [each["outcome"] for each in validity("attrition", rows([0.5], [1], [1]), seed=0)] == ["interviews"]
