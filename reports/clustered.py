"""Tell a difference between two groups of applications from chance, when applications come in requisitions.

Applications to one requisition share its title, place and salary, and attract alike people: a thousand applications
to ten requisitions are nearer to ten independent facts than to a thousand. The usual tests take every row for
independent and cry drift whenever other positions are open. Here each group's variance is measured between
requisitions (a Rao-Scott correction of the chi-square test with Satterthwaite's degrees of freedom; for two bins it is
Welch's t test on requisitions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Group:
    """One side of a comparison.

    Attributes
    ----------
    bins : ndarray of int, shape (n_rows,)
        The bin of each row, from 0.
    clusters : ndarray of int, shape (n_rows,)
        The requisition of each row, numbered from 0 without holes.
    """

    bins: NDArray[np.int64]
    clusters: NDArray[np.int64]


def difference_p_value(reference: Group, current: Group) -> float:
    """Probability of shares at least this different if both groups came from the same population.

    Parameters
    ----------
    reference, current : Group
        Binned alike. A requisition on both sides counts as two: that errs towards no difference.

    Returns
    -------
    float in [0, 1]
        1 when nothing differs or a side has a single cluster, which cannot tell chance from change.
    """
    from scipy.stats import f

    size = 1 + int(max(reference.bins.max(), current.bins.max()))
    sides = [_shares(group, size) for group in (reference, current)]
    (shares, covariance, clusters, rows), (other_shares, other_covariance, other_clusters, other_rows) = sides
    if min(clusters, other_clusters) < 2:
        return 1.0
    pooled = (shares * rows + other_shares * other_rows) / (rows + other_rows)
    used = pooled > 0
    weight = 1 / pooled[used]
    statistic = float(np.sum(weight * (shares - other_shares)[used] ** 2))
    if statistic == 0:
        return 1.0
    root = np.sqrt(np.outer(weight, weight))
    spread, other_spread = (root * matrix[np.ix_(used, used)] for matrix in (covariance, other_covariance))
    expected = np.trace(spread + other_spread)
    if expected == 0:
        return 0.0
    bins_freedom = expected**2 / np.sum((spread + other_spread) ** 2)
    welch = np.trace(spread) ** 2 / (clusters - 1) + np.trace(other_spread) ** 2 / (other_clusters - 1)
    return float(f.sf(statistic / expected, bins_freedom, expected**2 / welch))


def _shares(group: Group, size: int) -> tuple[NDArray[np.float64], NDArray[np.float64], int, int]:
    """Share of each bin, the covariance of these shares between clusters, number of clusters, number of rows."""
    rows, clusters = len(group.bins), 1 + int(group.clusters.max())
    counts = np.bincount(group.clusters * size + group.bins, minlength=clusters * size).reshape(clusters, size)
    shares = counts.sum(axis=0) / rows
    residuals = counts - counts.sum(axis=1, keepdims=True) * shares
    covariance = residuals.T @ residuals / rows**2 * clusters / max(clusters - 1, 1)
    return shares, covariance, clusters, rows
