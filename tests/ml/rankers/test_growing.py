from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from ml.rankers import growing as module
from ml.rankers.forest import VotingForestClassifier
from ml.rankers.growing import (
    BY_SAMPLE,
    Growth,
    copies_of_linear_score,
    grow,
    plan_growth,
    positive_shares,
    with_copies,
)

SEEDS = range(5)
GROWTH = Growth(n_draws=50, min_samples_leaf=3, max_features=None, monotonic=None, copies=0)


def planned(n_draws: int, *, n_columns: int = 12, has_linear_score: bool = False, has_weights: bool = False) -> Growth:
    return plan_growth(
        n_columns,
        n_draws,
        min_samples_leaf=40,
        max_features=BY_SAMPLE,
        has_linear_score=has_linear_score,
        has_weights=has_weights,
    )


@pytest.mark.parametrize(("n_draws", "leaf"), [(1, 1), (14, 1), (60, 4), (240, 16), (599, 39), (600, 40), (5000, 40)])
def test_small_samples_take_smaller_leaves(n_draws: int, leaf: int) -> None:
    # A thirtieth of the sample: 28 // 30 is none, so 1; 120 // 30 = 4; 480 // 30 = 16; 1198 // 30 = 39; at most 40.
    assert planned(n_draws).min_samples_leaf == leaf


def test_trees_on_many_rows_try_a_third_of_the_columns() -> None:
    # Twelve columns: the square root is 3, rounded down.
    assert planned(1_999).max_features == 3
    assert planned(2_000).max_features == pytest.approx(1 / 3)
    assert planned(2_000, has_weights=True).max_features == 3


def test_only_trees_on_few_rows_see_copies_and_only_of_a_linear_score() -> None:
    assert planned(1_999).copies == 0
    assert planned(2_000, has_linear_score=True).copies == 0
    few = planned(1_999, has_linear_score=True)
    # (11 / (12 + c)) ** 3 <= 1 / 3, so 12 + c >= 11 * 3 ** (1 / 3) = 15.9: c is 4.
    assert few.copies == 4
    assert few.monotonic == (0,) * 11 + (1,) * 5
    assert planned(1_999).monotonic is None


def test_a_number_of_columns_that_somebody_set_is_kept() -> None:
    growth = plan_growth(12, 100, min_samples_leaf=40, max_features=5, has_linear_score=True, has_weights=False)
    assert (growth.max_features, growth.copies) == (5, 0)


@pytest.mark.parametrize("n_columns", [2, 7, 46, 156, 900])
def test_the_linear_score_is_tried_at_two_splits_in_three(n_columns: int) -> None:
    n_tried = int(n_columns**0.5)
    copies = copies_of_linear_score(n_columns, n_tried)

    def tried(copies: int) -> float:
        return 1 - (1 - (1 + copies) / (n_columns + copies)) ** n_tried

    assert tried(copies) >= 2 / 3 - 1e-9
    assert copies == 0 or tried(copies - 1) < 2 / 3


def test_the_trees_see_the_copies_after_the_columns() -> None:
    X = np.array([[1, 2], [3, 4]], np.float32)
    np.testing.assert_array_equal(with_copies(X, 2), [[1, 2, 2, 2], [3, 4, 4, 4]])
    assert with_copies(X, 0) is X


def test_without_a_linear_score_all_samples_are_half_of_each_class() -> None:
    np.testing.assert_array_equal(positive_shares(None, np.array([0, 1, 1]), None, 4), 0.5)


def test_the_shares_follow_the_quantiles_of_the_linear_score() -> None:
    # -1 to 1 evenly in both classes: thresholds from -.9 to .9, so shares from 1 / (1 + e ** .9) = .289 to .711.
    z = np.repeat(np.linspace(-1, 1, 2001), 2)
    shares = positive_shares(z, np.tile([0, 1], 2001), None, 1000)
    assert shares.min() == pytest.approx(1 / (1 + np.exp(0.9)), abs=0.002)
    assert shares.max() == pytest.approx(1 / (1 + np.exp(-0.9)), abs=0.002)
    # Any first trees are a ladder too: evenly spaced, to the width of one step.
    for first in (10, 30, 100):
        thresholds = np.sort(np.log(1 / shares[:first] - 1))
        assert np.diff(thresholds).max() < 2.7 * 1.8 / first
        assert abs(thresholds.mean()) < 0.1


def test_both_classes_weigh_the_same_in_the_quantiles() -> None:
    # Nine negatives at 0 and one positive at 2: half of the weight is at each, so the median is one of the two, and
    # half of the trees ask there and half at the other.
    z, positive = np.array([0.0] * 9 + [2.0]), np.array([0] * 9 + [1])
    thresholds = np.log(1 / positive_shares(z, positive, None, 200) - 1)
    values, counts = np.unique(thresholds.round(9), return_counts=True)
    assert values[1] - values[0] == pytest.approx(2)
    assert abs(counts[0] - 100) <= 2
    # The nine weigh as one does if they weigh a ninth each, whatever the sum.
    np.testing.assert_array_equal(
        positive_shares(z, positive, np.array([3.0] * 9 + [70.0]), 200), positive_shares(z, positive, None, 200)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_swapped_labels_mirror_the_shares(seed: int) -> None:
    random = np.random.default_rng(seed)
    positive, z = random.integers(0, 2, 200), random.normal(size=200)
    weight = random.exponential(size=200)
    mirrored = positive_shares(-z, 1 - positive, weight, 50)
    np.testing.assert_allclose(mirrored, 1 - positive_shares(z, positive, weight, 50))


@pytest.mark.parametrize(
    ("n_draws", "positive_share", "positives"), [(50, 0.5, 50), (50, 0.23, 23), (1, 0.9, 1), (3, 0.01, 1), (3, 0.99, 5)]
)
def test_a_sample_has_the_share_of_positives_asked_for(n_draws: int, positive_share: float, positives: int) -> None:
    # Of 2 * n_draws rows; of 6 rows .01 would be none and .99 all: at least one of each class.
    X, positive = np.zeros((40, 1), np.float32), np.arange(40) % 2
    growth = replace(GROWTH, n_draws=n_draws)
    grown = grow(X, positive, None, growth=growth, positive_share=positive_share, seed=0)
    tree = grown.tree
    assert grown.drawn.tolist() == [2 * n_draws - positives, positives]
    assert tree.tree_.weighted_n_node_samples[0] == 2 * n_draws
    assert tree.tree_.value[0, 0, 1] == pytest.approx(positives / (2 * n_draws))


def test_a_ladder_orders_whom_trees_of_one_threshold_agree_on(monkeypatch: pytest.MonkeyPatch) -> None:
    # Half of the people have odds beyond 7 to 1, either way: trees that ask for even odds agree on them.
    def auc(seed: int) -> float:
        random = np.random.default_rng(seed)
        X = random.normal(scale=3, size=(4_000, 4)).astype(np.float32)
        y, outcome = (random.random((2, 4_000)) < expit(X[:, 0])).astype(int)
        forest = VotingForestClassifier(40, linear_score=True, max_features=1 / 3, random_state=seed, n_jobs=2)
        return float(roc_auc_score(outcome, forest.fit(X, y).votes(X)))

    with_ladder = [auc(seed) for seed in SEEDS]
    monkeypatch.setattr(module, "LADDER", (0.5, 0.5))
    without = [auc(seed) for seed in SEEDS]
    assert min(np.subtract(with_ladder, without)) > 0
