from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, ttest_ind

from reports.clustered import Group, difference_p_value


def _group(rng: np.random.Generator, requisitions: int, rows: int, *, alike: float, shift: float = 0.0) -> Group:
    """Applications in requisitions; ``alike`` is how much those of one requisition have in common (0: nothing)."""
    bins, clusters = [], []
    for cluster in range(requisitions):
        leaning = rng.normal(shift, alike)
        bins.append((rng.normal(leaning, 1, rows) > 0).astype(int))
        clusters.append(np.full(rows, cluster))
    return Group(np.concatenate(bins), np.concatenate(clusters))


@pytest.mark.parametrize(("requisitions", "rows"), [((100, 30), (20, 40)), ((100, 30), (40, 3))])
def test_false_alarms_stay_at_their_rate_when_requisitions_differ(
    requisitions: tuple[int, int], rows: tuple[int, int]
) -> None:
    # 200 draws from one population: 5% of the p-values should be below .05; binomial 99.9% bound is 21.
    p_values = [
        difference_p_value(
            _group(rng, requisitions[0], rows[0], alike=1.0), _group(rng, requisitions[1], rows[1], alike=1.0)
        )
        for rng in map(np.random.default_rng, range(200))
    ]
    assert sum(value < 0.05 for value in p_values) <= 21
    assert 0.4 < np.mean(p_values) < 0.6


def test_a_change_in_every_requisition_is_seen() -> None:
    rng = np.random.default_rng(0)
    before, after = _group(rng, 60, 30, alike=0.5), _group(rng, 60, 30, alike=0.5, shift=1.0)
    assert difference_p_value(before, after) < 1e-6


def test_rows_of_their_own_make_it_the_chi_square_test() -> None:
    # 60 of 100 against 45 of 100: pooled share .525, statistic .15^2 / (.525 x .475 x .02) = 4.51 on 1 degree.
    sides = [Group(np.repeat([1, 0], [ones, 100 - ones]), np.arange(100)) for ones in (60, 45)]
    expected = chi2.sf(4.51, 1)  # .0337
    assert difference_p_value(*sides) == pytest.approx(expected, abs=0.002)


def test_two_bins_make_it_welchs_test() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.integers(0, 2, 40), rng.integers(0, 2, 25)
    welch = ttest_ind(first, second, equal_var=False).pvalue
    ours = difference_p_value(Group(first, np.arange(40)), Group(second, np.arange(25)))
    assert ours == pytest.approx(welch)


def test_a_single_cluster_cannot_tell() -> None:
    many = Group(np.zeros(50, dtype=int), np.arange(50))
    one = Group(np.ones(50, dtype=int), np.zeros(50, dtype=int))
    assert difference_p_value(many, one) == 1.0


def test_equal_and_disjoint_groups() -> None:
    zeros, ones = Group(np.zeros(50, dtype=int), np.arange(50)), Group(np.ones(50, dtype=int), np.arange(50))
    assert difference_p_value(zeros, zeros) == 1.0
    assert difference_p_value(zeros, ones) == 0.0
