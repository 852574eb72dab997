from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from ml.rankers import metrics
from ml.rankers.metrics import AveragePrecision, PairwiseAuc, PrecisionAt

SEEDS = range(10)


def sample(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, scores with many ties, and groups of several sizes, some of one label only."""
    random = np.random.default_rng(seed)
    return random.integers(2, size=n), random.integers(12, size=n) / 11, random.integers(25, size=n)


def brute_force(labels: np.ndarray, scores: np.ndarray, groups: np.ndarray, pair_weight: np.ndarray) -> float:
    right = pairs = 0.0
    for i in np.flatnonzero(labels == 1):
        for j in np.flatnonzero((labels == 0) & (groups == groups[i])):
            right += pair_weight[i, j] * ((scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j]))
            pairs += pair_weight[i, j]
    return right / pairs


@pytest.mark.parametrize("seed", SEEDS)
def test_auc_within_groups_equals_the_loop_over_pairs(seed: int) -> None:
    labels, scores, groups = sample(seed)
    auc = PairwiseAuc(labels, scores, groups=groups)
    assert auc.value() == pytest.approx(brute_force(labels, scores, groups, np.ones((120, 120))))
    assert auc.mixed_groups == sum(len(set(labels[groups == g])) == 2 for g in set(groups))
    assert auc.pairs == sum((labels[groups == g] == 1).sum() * (labels[groups == g] == 0).sum() for g in set(groups))


@pytest.mark.parametrize("seed", SEEDS)
def test_auc_of_one_group_is_the_pooled_auc(seed: int) -> None:
    labels, scores, _ = sample(seed)
    assert PairwiseAuc(labels, scores).value() == pytest.approx(roc_auc_score(labels, scores))


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_count_rows_as_often_as_they_were_drawn(seed: int) -> None:
    labels, scores, groups = sample(seed)
    weights = np.random.default_rng(seed + 50).integers(4, size=len(labels)).astype(float)
    value = PairwiseAuc(labels, scores, groups=groups).value(weights)
    assert value == pytest.approx(brute_force(labels, scores, groups, np.outer(weights, weights)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_group_drawn_whole_counts_its_pairs_once_per_draw(seed: int) -> None:
    labels, scores, groups = sample(seed)
    drawn = np.random.default_rng(seed).integers(4, size=25).astype(float)[groups]
    value = PairwiseAuc(labels, scores, groups=groups).value(drawn, whole_groups=True)
    assert value == pytest.approx(brute_force(labels, scores, groups, np.repeat(drawn[:, None], 120, axis=1)))


def test_auc_mirrors_and_is_undefined_without_pairs() -> None:
    labels, scores, groups = sample(0)
    auc = PairwiseAuc(labels, scores, groups=groups).value()
    assert PairwiseAuc(labels, -scores, groups=groups).value() == pytest.approx(1 - auc)
    assert np.isnan(PairwiseAuc(labels, scores, groups=np.arange(len(labels))).value())
    assert np.isnan(PairwiseAuc([1, 1], [0.1, 0.2]).value())


def test_auc_of_scores_that_tie_everywhere_is_a_half() -> None:
    labels, _, groups = sample(0)
    assert PairwiseAuc(labels, np.zeros(len(labels)), groups=groups).value() == 0.5


def test_clusters_are_drawn_whole() -> None:
    clusters = np.repeat(["a", "b", "c"], [1, 2, 3])
    weightings = list(metrics.cluster_weights(clusters, np.random.default_rng(0)))
    assert len(weightings) == metrics.REPLICATES
    for weights in weightings:
        assert len(set(weights[1:3])) == len(set(weights[3:])) == 1
        assert weights[0] + weights[1] + weights[3] == 3


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # Scores of N(d, 1) against N(0, 1) have the AUC Phi(d / sqrt 2); d = 0.7416 gives 0.7.
    hits = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        labels = np.arange(200) % 2
        scores = random.normal(size=200) + 0.7416 * labels
        auc = PairwiseAuc(labels, scores)
        replicates = [auc.value(w) for w in metrics.cluster_weights(np.arange(200), random)]
        low, high = metrics.interval(replicates)
        hits += low <= 0.7 <= high
    # Of 60 at 95%, 57 are expected; 51 or fewer have a chance of a half percent.
    assert hits > 51


def test_interval_leaves_out_undefined_replicates() -> None:
    assert metrics.interval([0.4, np.nan, 0.6]) == pytest.approx((0.405, 0.595))
    assert np.isnan(metrics.interval([np.nan])).all()
    assert metrics.known_interval([0.4, np.nan, 0.6]) == pytest.approx([0.405, 0.595])
    assert metrics.known_interval([np.nan]) is None


def test_wilson_interval_by_hand() -> None:
    # 8 of 10: centre (.8 + .19207) / 1.38415 = .71674, half width 1.95996 * sqrt(.016 + .0096) / 1.38415 = .22659.
    assert metrics.wilson_interval(8, 10) == pytest.approx((0.49016, 0.94332), abs=1e-4)
    assert metrics.wilson_interval(0, 10)[0] == 0.0
    assert metrics.wilson_interval(10, 10)[1] == pytest.approx(1.0)
    assert metrics.wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_average_precision_equals_scikit_learns_with_rows_as_often_as_drawn(seed: int) -> None:
    labels, scores, _ = sample(seed)
    weights = np.random.default_rng(seed + 50).integers(4, size=len(labels)).astype(float)
    found = AveragePrecision(labels, scores)
    assert found.value() == pytest.approx(average_precision_score(labels, scores))
    assert found.value(weights) == pytest.approx(average_precision_score(labels, scores, sample_weight=weights))


def test_average_precision_without_skill_is_the_share_of_positives() -> None:
    # All tie: three of four are positive. Without the three nobody is left to find.
    found = AveragePrecision([1, 0, 1, 1], np.zeros(4))
    assert found.value() == 0.75
    assert np.isnan(found.value(np.array([0.0, 5.0, 0.0, 0.0])))


def test_precision_at_k_by_hand() -> None:
    # Group a: order 1 0 1, group b: order 0 1; k = 1: (1 + 0) / 2, at random (2/3 + 1/2) / 2 = 7/12.
    labels, order, groups = [1, 0, 1, 1, 0], [0, 1, 2, 4, 3], np.array(["a", "a", "a", "b", "b"])
    first = PrecisionAt(labels, order, groups=groups, k=1)
    assert (first.k, first.groups, first.value(), first.random) == (1, 2, 0.5, pytest.approx(7 / 12))
    # Drawn whole, a once and b three times: (1 + 3 x 0) / 4.
    assert first.value(np.array([1.0, 1, 1, 3, 3]), whole_groups=True) == 0.25
    # Of k = 2 group a alone has more: 1 0, one half.
    second = PrecisionAt(labels, order, groups=groups, k=2)
    assert (second.groups, second.value()) == (1, 0.5)
    # k = 5: no group has more people than that.
    fifth = PrecisionAt(labels, order, groups=groups, k=5)
    assert fifth.groups == 0
    assert np.isnan([fifth.value(), fifth.random]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_precision_at_k_has_people_in_the_list_as_often_as_drawn(seed: int) -> None:
    labels, scores, groups = sample(seed)
    order = np.argsort(np.argsort(-scores, kind="stable"))
    weights = np.random.default_rng(seed + 50).integers(4, size=len(labels))
    # The same people, each repeated; repeats stand beside one another.
    repeated = np.repeat(np.arange(len(labels)), weights)
    places = np.argsort(np.argsort(order[repeated], kind="stable"))
    twice = PrecisionAt(labels[repeated], places, groups=groups[repeated], k=5)
    found = PrecisionAt(labels, order, groups=groups, k=5)
    assert found.value(weights.astype(float)) == pytest.approx(twice.value())
    assert twice.groups > 0


def test_reject_option_by_hand() -> None:
    # Above .55: .6 (1), .9 (1), .56 (0); from .45 to .55: .45 and .55; below: .1 (0), .44 (1).
    labels = [1, 1, 0, 1, 0, 0, 1]
    scores = [0.6, 0.9, 0.56, 0.45, 0.55, 0.1, 0.44]
    result = metrics.reject_option(labels, scores)
    counts = {name: (part["count"], part["of"]) for name, part in result.items()}
    assert counts == {
        "yield": (2, 3),
        "business_as_usual": (4, 7),
        "coverage": (3, 7),
        "manual": (2, 7),
        "negative_yield": (1, 2),
    }
    assert result["yield"]["value"] == pytest.approx(2 / 3)


def test_a_proportion_of_nothing_has_no_value() -> None:
    assert metrics.proportion(0, 0) == {"value": None, "low": 0.0, "high": 1.0, "count": 0, "of": 0}


def test_the_eight_largest_groups_come_apart() -> None:
    groups = np.repeat([f"r{i}" for i in range(10)], np.arange(1, 11))
    parts = metrics.reject_option_of_largest(np.ones(55), np.full(55, 0.9), groups=groups)
    assert [part["group"] for part in parts] == [f"r{i}" for i in range(9, 1, -1)]
    assert [part["yield"]["of"] for part in parts] == list(range(10, 2, -1))


def test_yield_per_bin_puts_every_share_of_votes_where_it_belongs() -> None:
    # 101 shares of 100 votes: ten in each tenth, and 100 of 100 in the last.
    shares = np.arange(101) / 100
    bins = metrics.yield_per_bin(shares >= 0.5, shares)
    assert [part["of"] for part in bins] == [10] * 9 + [11]
    assert [part["count"] for part in bins] == [0] * 5 + [10] * 4 + [11]
    assert bins[3]["from"] == 0.3


def test_calibration_by_hand() -> None:
    # Errors .2, .2, .4, .4: mean square (.04 + .04 + .16 + .16) / 4 = .1; always .5: .25.
    result = metrics.calibration([1, 0, 1, 0], [0.8, 0.2, 0.6, 0.4])
    assert result["brier"] == pytest.approx(0.1)
    assert result["brier_of_base_rate"] == pytest.approx(0.25)
    assert [part["probability"] for part in result["reliability"]] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert [part["value"] for part in result["reliability"]] == [0.0, 0.0, 1.0, 1.0]


def test_a_curve_levels_off_where_it_changes_no_more() -> None:
    # Standard error of .7: half the root of .7 x .3 x (1/26,250 + 1/26,250), which is .002; of .75 it is .0019.
    many = [26_250, 26_250]
    # Of ten: from the fourth on all lie within .001; six follow it, more than a fifth.
    assert metrics.levels_off([0.5, 0.6, 0.65, 0.7, 0.7005, 0.701, 0.7, 0.7, 0.7, 0.7], many) == 4
    # Only the last two are alike: one follows, and a fifth of ten would be two.
    assert metrics.levels_off([0.5, 0.6, 0.65, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.75], many) is None
    assert metrics.levels_off([0.5, 0.6, 0.65, 0.7, 0.71, 0.72, 0.73, 0.75, 0.75, 0.75], many) == 8
    # Each step is small, but together they climb.
    assert metrics.levels_off(np.linspace(0.5, 0.6, 100), many) is None
    assert metrics.levels_off([0.7], many) is None
    # What is always right has no standard error, and does not change.
    assert metrics.levels_off([1.0] * 10, many) == 1


def test_a_change_that_few_rows_cannot_tell_is_none() -> None:
    curve = [0.6, 0.66, 0.72, 0.7, 0.69, 0.71, 0.7, 0.72, 0.69, 0.7]
    # 240 and 60 rows: half the root of .7 x .3 x (1/240 + 1/60) is .033; from the third on all lie within .03.
    assert metrics.levels_off(curve, [240, 60]) == 3
    # A hundred times the rows have a tenth of the error, .0033; the last two alone differ by .01.
    assert metrics.levels_off(curve, [24_000, 6_000]) is None


def test_bounds_are_none_where_there_is_no_number() -> None:
    assert metrics.bounds(float("nan"), []) == {"value": None, "low": None, "high": None}
    assert metrics.bounds(0.5, [0.25, 0.75, float("nan")])["value"] == 0.5
