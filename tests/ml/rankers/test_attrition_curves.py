from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from ml.rankers import attrition_curves as curves_module
from ml.rankers.attrition_curves import (
    GAP,
    Counts,
    attrition_curves,
    count,
    labels_of,
    left_out_sentences,
    trend_sentences,
)
from ml.rankers.recipe import build_recipe
from tests.ml.rankers.factories import FEATURES, make_attrition, organisation
from tests.ml.rankers.test_tenures import made

RECIPE = build_recipe(FEATURES, organisation().rankers)


def counts(kept: float, lost: float, mistaken: float, caught: float) -> Counts:
    """The same in the cohort and in two replicates."""
    return Counts(*(np.full(3, float(each)) for each in (kept, lost, mistaken, caught)))


def test_precision_recall_and_f1_of_stayers_and_leavers() -> None:
    # 60 stayers, of whom 45 are predicted to stay; 40 leavers, of whom 15 are.
    found = counts(45, 15, 15, 25)
    assert found.precision[0] == 45 / 60
    assert found.recall[0] == 45 / 60
    assert found.f1[0] == 0.75
    # Everybody a stayer: precision .6, recall 1, so 2 x .6 / 1.6.
    assert found.no_skill_f1[0] == pytest.approx(0.75)
    # Of 40 predicted to leave 25 do: precision and recall .625; everybody a leaver: 2 x .4 / 1.4.
    assert found.leavers.f1[0] == 0.625
    assert found.leavers.no_skill_f1[0] == pytest.approx(0.8 / 1.4)
    assert counts(0, 10, 0, 10).precision[0] == 0, "of nobody"


@pytest.mark.parametrize("seed", range(5))
def test_counts_agree_with_scikit_learn_and_weights_repeat_rows(seed: int) -> None:
    random = np.random.default_rng(seed)
    labels = random.choice([0, 1, GAP], 200).astype(np.int8)
    stays, weights = random.random(200) < 0.5, random.integers(3, size=200)
    found = count(labels, stays, np.stack([np.ones(200), weights]))
    for k, times in enumerate((np.ones(200, int), weights)):
        truth, predicted = (np.repeat(each[labels != GAP], times[labels != GAP]) for each in (labels, stays))
        assert found.precision[k] == pytest.approx(precision_score(truth, predicted))
        assert found.recall[k] == pytest.approx(recall_score(truth, predicted))
        assert found.f1[k] == pytest.approx(f1_score(truth, predicted))
        assert found.leavers.f1[k] == pytest.approx(f1_score(1 - truth, ~predicted))
        assert found.no_skill_f1[k] == pytest.approx(f1_score(truth, np.ones(len(truth))))


def test_a_cohort_is_labelled_for_each_t_and_delta() -> None:
    # Started on 1 January; left in March, on 1 April (three months), in May, and never.
    ends = ("2024-03-31", "2024-04-01", "2024-05-15", None)
    tenures = made(*(("2024-01-01", "2024-01-01", end, end) for end in ends))
    assert labels_of(tenures, 3, 0).tolist() == [0, 1, 1, 1]
    assert labels_of(tenures, 3, 1).tolist() == [0, GAP, 1, 1]
    assert labels_of(tenures, 3, 3).tolist() == [0, GAP, GAP, 1]
    assert labels_of(tenures, 6, 0).tolist() == [0, 0, 0, 1]


def test_every_combination_is_of_one_mature_cohort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves_module, "FOLDS", 3)
    _, tenures = make_attrition(900)
    as_of = np.datetime64("2026-12-16", "us")
    found = attrition_curves(RECIPE, tenures, as_of=as_of, lag_days=14)
    starts = tenures["started_on"].to_numpy()
    # 15 months and 14 days before 16 December 2026 is 2 September 2025.
    assert found["mature"] == found["rows"] == (starts <= np.datetime64("2025-09-02")).sum()
    assert 0 < found["rows"] < 900
    assert len(found["sentences"]) == 2, "all have enough, so that none is said to be left out"
    keys = [(each["months"], each["gap_months"]) for each in found["combinations"]]
    assert keys == [(t, delta) for t in (3, 6, 9, 12) for delta in (0, 1, 2, 3)]
    for each in found["combinations"]:
        assert each["stayers"] + each["leavers"] <= found["rows"]
        assert each["f1"]["low"] <= each["f1"]["value"] <= each["f1"]["high"]
        assert each["f1_gain"]["value"] == pytest.approx(each["f1"]["value"] - each["no_skill_f1"])
        # There is a signal, so of those predicted to stay more do than of everybody.
        assert each["precision"]["value"] > each["stayers"] / (each["stayers"] + each["leavers"])
    # With no gap everybody has a label, and a larger delta labels fewer stayers of the same leavers.
    without, with_gap = found["combinations"][0], found["combinations"][3]
    assert without["stayers"] + without["leavers"] == found["rows"]
    assert with_gap["leavers"] == without["leavers"]
    assert with_gap["stayers"] < without["stayers"]


def test_of_a_large_cohort_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves_module, "MOST_ROWS", 30)
    _, tenures = make_attrition(300)
    found = attrition_curves(RECIPE, tenures, as_of=np.datetime64("2026-12-16", "us"), lag_days=14)
    assert found["rows"] == 30 < found["mature"]
    assert found["combinations"] == []
    left_out, trend = found["sentences"]
    # Of thirty people, thirty cannot have left early and others stayed.
    assert left_out.startswith("Left out, as 30 leavers and as many stayers are needed: t = 3 (")
    assert all(f"t = {t} (" in left_out for t in (6, 9, 12))
    assert trend == "Too few stayed or left to say how precision and recall go with t and delta."


def test_nobody_mature_is_said() -> None:
    _, tenures = make_attrition(100)
    found = attrition_curves(RECIPE, tenures, as_of=np.datetime64("2024-02-01", "us"), lag_days=14)
    assert (found["rows"], found["combinations"]) == (0, [])
    assert found["sentences"] == [
        "Left out, as 30 leavers and as many stayers are needed: "
        "t = 3 (0 leavers), t = 6 (0 leavers), t = 9 (0 leavers), t = 12 (0 leavers).",
        "Too few stayed or left to say how precision and recall go with t and delta.",
    ]


def test_combinations_with_too_few_of_a_class_are_named_with_their_number() -> None:
    def labels(left: int, stayed: int) -> np.ndarray:
        return np.repeat([0, GAP, 1], [left, 7, stayed]).astype(np.int8)

    # Thirty of each are enough; who left within t months, the same for every delta, is said once.
    found = {(3, 0): labels(23, 90), (3, 1): labels(23, 80), (6, 0): labels(30, 30), (6, 1): labels(30, 29)}
    assert left_out_sentences(found) == [
        "Left out, as 30 leavers and as many stayers are needed: t = 3 (23 leavers), t = 6 with delta = 1 (29 stayers)."
    ]
    assert left_out_sentences({(6, 0): labels(30, 30)}) == []


def test_a_trend_that_the_share_of_stayers_makes_is_told_from_one_of_the_ranker() -> None:
    # Of 100 at t = 3, 80 stay: 64 right, 16 wrong, 10 of the leavers taken for stayers: F1 128/154, no skill 160/180.
    # At t = 12, 50 stay: 40 right, 10 wrong, 25 leavers taken for stayers: F1 80/115, no skill 100/150.
    early, late = counts(64, 16, 10, 10), counts(40, 10, 25, 25)
    same = {(3, 0): early, (3, 3): early, (12, 0): late, (12, 3): late}
    # 128/154 - 80/115 = .1355; no skill .8889 - .6667 = .2222; beyond that -.0867.
    assert trend_sentences(same) == [
        "From t = 12 to 3 months the F1 of the stayers changes by +0.136 (+0.136 to +0.136): better, as in the paper. "
        "Calling everybody a stayer changes it by +0.222; beyond that it changes by -0.087 (-0.087 to -0.087): "
        "reliably worse.",
        "From delta = 0 to 3 months the F1 of the stayers changes by +0.000 (+0.000 to +0.000): "
        "no reliable difference. Calling everybody a stayer changes it by +0.000; "
        "beyond that it changes by +0.000 (+0.000 to +0.000): no reliable difference.",
    ]
    swapped = {(t, delta): late if t == 3 else early for t, delta in same}
    first = trend_sentences(swapped)[0]
    assert "-0.136 (-0.136 to -0.136): worse, the other way round than in the paper." in first
    assert first.endswith("beyond that it changes by +0.087 (+0.087 to +0.087): reliably better.")


def test_a_trend_needs_every_combination_of_two_of_each() -> None:
    some = counts(10, 5, 5, 10)
    too_few = ["Too few stayed or left to say how precision and recall go with t and delta."]
    assert trend_sentences({}) == too_few
    assert trend_sentences({(3, 0): some, (3, 3): some}) == too_few
    assert trend_sentences({(3, 0): some, (3, 3): some, (6, 0): some}) == too_few
    assert trend_sentences({(3, 0): some, (3, 3): some, (6, 0): some, (6, 3): some}) != too_few
