"""The measures behind the leak proof: right values, intervals that hold, and no label that knows itself."""

from __future__ import annotations

import numpy as np
import pytest

from expectations.separation import (
    Estimate,
    clustered_auc,
    cross_fitted_log_odds,
    level_codes,
    named_share,
    shares,
)
from ml.rankers.metrics import PairwiseAuc
from tests.expectations.columns import column, honest


def test_an_estimate_never_says_one_of_what_is_less() -> None:
    assert str(Estimate(0.99962, 0.9994, 1.0)) == ".999 [.999, 1.000]"
    assert str(Estimate(0.73449, 0.0004, 0.7)) == ".734 [.000, .700]"


def test_an_auc_by_hand() -> None:
    scores, labels = np.array([3.0, 2.0, 2.0, 1.0]), np.array([1, 1, 0, 0], dtype=np.int8)
    # Pairs: 3 > 2, 3 > 1, 2 = 2 (a half), 2 > 1: 3.5 of 4. Placements of the positives 1 and .75, of the negatives .75
    # and 1, each with a variance of 1/32: the error is the root of 1/32/2 + 1/32/2 = .1768, and 1.616 times 1.96 of it
    # lies around the log odds of .875, 1.946, on a scale where it is divided by .875 * .125.
    auc = clustered_auc(scores, labels, np.arange(4))
    half = 1.959964 * np.sqrt(1 / 32) / (0.875 * 0.125)
    assert auc.value == 0.875
    assert (auc.low, auc.high) == pytest.approx(tuple(1 / (1 + np.exp(-np.log(7) - sign * half)) for sign in (-1, 1)))


@pytest.mark.parametrize("seed", range(5))
def test_an_auc_is_the_share_of_pairs_in_order(seed: int) -> None:
    random = np.random.default_rng(seed)
    labels = (random.random(200) < 0.3).astype(np.int8)
    scores = np.round(random.normal(size=200) + labels, 1)
    auc = clustered_auc(scores, labels, np.arange(200))
    assert auc.value == pytest.approx(PairwiseAuc(labels, scores).value())
    turned = clustered_auc(-scores, labels, np.arange(200))
    assert (turned.value, turned.low, turned.high) == pytest.approx((1 - auc.value, 1 - auc.high, 1 - auc.low))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(400):
        random = np.random.default_rng(seed)
        labels = np.repeat([1, 0], [30, 170]).astype(np.int8)
        auc = clustered_auc(honest(labels, 0.8, random), labels, np.arange(200))
        held += auc.low <= 0.8 <= auc.high
    # Of 400 intervals at 95%, 380 are expected and 4.4 is the standard deviation.
    assert held >= 367


def test_rows_that_repeat_their_cluster_add_no_certainty() -> None:
    random = np.random.default_rng(0)
    labels = (random.random(300) < 0.3).astype(np.int8)
    scores = random.normal(size=300) + labels
    once = clustered_auc(scores, labels, np.arange(300))
    thrice = clustered_auc(np.tile(scores, 3), np.tile(labels, 3), np.tile(np.arange(300), 3))
    assert (thrice.value, thrice.low, thrice.high) == pytest.approx((once.value, once.low, once.high))


def test_bins_keep_apart_what_most_rows_have() -> None:
    # Nine in ten have 0; a bin of its own, with less below it and more above. Missing is 0.
    numbers = column([0.0] * 90 + [-1.0] * 5 + [2.0] * 5 + [None] * 10)
    codes = level_codes(numbers, kind="numeric", rarer=100)
    most, below, above, missing = (set(codes[part].tolist()) for part in np.split(np.arange(110), [90, 95, 100]))
    assert missing == {0}
    assert [len(part) for part in (below, most, above)] == [1, 1, 1]
    assert max(below) < max(most) < max(above)
    true, false, missing = level_codes(column([True, False, None]), kind="boolean", rarer=10).tolist()
    assert true > false > missing == 0
    assert level_codes(column(["b", "a", None, "b"]), kind="categorical", rarer=10).tolist() == [1, 2, 0, 1]
    assert level_codes(column([None, None]).cast("float64"), kind="numeric", rarer=10).tolist() == [0, 0]


def test_bins_are_as_many_as_the_rarer_label_can_fill() -> None:
    numbers = column(np.random.default_rng(0).normal(size=5000))
    for rarer, bins in ((5, 2), (50, 10), (5000, 32)):
        assert len(np.unique(level_codes(numbers, kind="numeric", rarer=rarer))) == bins


def test_no_label_is_in_the_scores_of_its_fold() -> None:
    random = np.random.default_rng(0)
    codes, fold = random.integers(5, size=100), np.arange(100) % 5
    labels = (random.random(100) < 0.5).astype(np.int8)
    changed = labels.copy()
    changed[fold == 2] = 1 - changed[fold == 2]
    before, after = (cross_fitted_log_odds(codes, values, fold) for values in (labels, changed))
    assert np.array_equal(before[fold == 2], after[fold == 2])
    assert not np.array_equal(before[fold != 2], after[fold != 2])


def test_what_differs_in_every_row_says_nothing() -> None:
    labels = (np.arange(500) % 3 == 0).astype(np.int8)
    assert np.array_equal(cross_fitted_log_odds(np.arange(500), labels, np.arange(500) % 5), np.zeros(500))
    # Nor does what is the same in every row, though folds differ in their labels.
    uneven = (np.arange(500) < 150).astype(np.int8)
    assert np.array_equal(cross_fitted_log_odds(np.ones(500, int), uneven, np.arange(500) // 100), np.zeros(500))


def test_shares_count_clusters_and_not_rows() -> None:
    # Two of four positives and none of four negatives; in rows twice as many.
    is_true, labels = np.array([1, 1, 0, 0, 0, 0, 0, 0], dtype=bool), np.repeat([1, 0], 4).astype(np.int8)
    once = shares(is_true, labels, np.arange(8))
    twice = shares(np.tile(is_true, 2), np.tile(labels, 2), np.tile(np.arange(8), 2))
    # Wilson: the upper bound of 0 of 4 is 3.8416 / (4 + 3.8416).
    assert (once.positives.value, once.negatives.high) == pytest.approx((0.5, 0.4899), abs=1e-4)
    assert once == twice


def test_the_rarer_label_is_named_above_all_but_a_few_of_the_other() -> None:
    labels = np.repeat([1, 0], [100, 1000]).astype(np.int8)
    # 70 positives score 2, with 5 negatives among them; the others score 1 or 0.
    scores = np.concatenate([np.full(70, 2.0), np.zeros(30), np.full(5, 2.0), np.ones(995)])
    named = named_share(scores, labels, np.arange(1100), nearly_none=0.02)
    assert named is not None
    assert (named.positives.value, named.negatives.value) == (0.7, 0.005)
    # Of 100 others none may be above to be sure of less than 3.7%: never less than 2%.
    assert named_share(scores[:200], labels[:200], np.arange(200), nearly_none=0.02) is None
