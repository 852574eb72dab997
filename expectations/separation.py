"""How well one column separates the two labels, out of sample: the measures behind the leak proof.

Every function takes columns as whole numbers, 0 for missing, and labels of 0 and 1. Work and memory grow with the
rows, whatever the number of levels.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import log, sqrt, tanh
from typing import TYPE_CHECKING

import numpy as np

from ml.rankers.metrics import wilson_interval

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

# Finer bins than these hide no leak and make noise look like order.
MOST_BINS = 32
FEWEST_RARER_PER_BIN = 5
# A level's share of positives counts as if so many more rows of the overall share had been seen.
SMOOTHING_ROWS = 5
# Two-sided 95%.
_Z = 1.959964


@dataclass(frozen=True)
class Estimate:
    """A number in [0, 1] with its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.value)} [{_short(self.low)}, {_short(self.high)}]"


@dataclass(frozen=True)
class Shares:
    """What share of the positives, and of the negatives, something is true of."""

    positives: Estimate
    negatives: Estimate


def level_codes(column: pa.ChunkedArray, *, kind: str, rarer: int) -> NDArray[np.intp]:
    """Give each row the number of its level, or of its quantile bin, from 1; 0 is missing.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of length n_rows
        Text for ``categorical``, else numbers or truth values.
    kind : {"numeric", "categorical", "boolean"}
        Of the feature contract.
    rarer : int
        Rows of the rarer label: bins are so few that each could hold five of them, at most 32.

    Returns
    -------
    ndarray of shape (n_rows,)
        A value on which an edge falls, such as a 0 that most rows have, is a bin of its own.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind == "categorical":
        encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        codes: NDArray[np.intp] = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.intp) + 1
        return codes
    values = column.cast(pa.float64()).to_numpy()
    is_known = ~np.isnan(values)
    if not is_known.any():
        return np.zeros(len(values), dtype=np.intp)
    bins = int(np.clip(rarer // FEWEST_RARER_PER_BIN, 2, MOST_BINS))
    edges = np.unique(np.quantile(values[is_known], np.arange(1, bins) / bins))
    places = np.searchsorted(edges, values, "left") + np.searchsorted(edges, values, "right")
    return np.where(is_known, places + 1, 0)


def cross_fitted_log_odds(
    codes: NDArray[np.intp], labels: NDArray[np.int8], fold: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Score each row by how its level did in the other folds.

    Parameters
    ----------
    codes : ndarray of shape (n_rows,)
        Levels from 0.
    labels : ndarray of shape (n_rows,)
        1 for positive, 0 for negative.
    fold : ndarray of shape (n_rows,)
        Fold of each row, from 0.

    Returns
    -------
    ndarray of shape (n_rows,)
        Log odds of the level's smoothed share of positives, less those of all rows of the other folds, so that scores
        of different folds compare; 0 for a level that the other folds do not know.
    """
    n_levels, n_folds = int(codes.max()) + 1, int(fold.max()) + 1
    cells = fold * n_levels + codes
    rows = np.bincount(cells, minlength=n_folds * n_levels).reshape(n_folds, n_levels)
    positives = np.bincount(cells, labels, minlength=n_folds * n_levels).reshape(n_folds, n_levels)
    other_rows, other_positives = rows.sum(axis=0) - rows, positives.sum(axis=0) - positives
    total = other_rows.sum(axis=1, keepdims=True)
    overall = np.clip(other_positives.sum(axis=1, keepdims=True) / total, 0.5 / total, 1 - 0.5 / total)
    share = (other_positives + SMOOTHING_ROWS * overall) / (other_rows + SMOOTHING_ROWS)
    # Rounded, since a level that did like all others scores 0 in every fold, whatever the last digits say.
    of_cells = np.round(np.log(share / (1 - share)) - np.log(overall / (1 - overall)), 9)
    scores: NDArray[np.float64] = of_cells.ravel()[cells]
    return scores


def clustered_auc(scores: NDArray[np.float64], labels: NDArray[np.int8], clusters: NDArray[np.intp]) -> Estimate:
    """Give the share of (positive, negative) pairs that scores order rightly, ties one half.

    The variance is Obuchowski's for clustered data (Biometrics 53, 1997): DeLong's, with the placements of a cluster's
    rows added up first. The interval is symmetric on the scale of the log odds, where it cannot leave [0, 1]; scores
    that order every pair alike have no width.

    Parameters
    ----------
    scores : ndarray of shape (n_rows,)
        Higher ranks first.
    labels : ndarray of shape (n_rows,)
        1 for positive, 0 for negative; both occur.
    clusters : ndarray of shape (n_rows,)
        Rows with the same number, from 0, are not independent.
    """
    is_positive = labels.astype(bool)
    levels, level = np.unique(scores, return_inverse=True)
    positives = np.bincount(level, is_positive, minlength=len(levels))
    negatives = np.bincount(level, ~is_positive, minlength=len(levels))
    n_positives, n_negatives = positives.sum(), negatives.sum()
    won = (np.cumsum(negatives) - negatives / 2) / n_negatives
    lost = 1 - (np.cumsum(positives) - positives / 2) / n_positives
    value = float(positives @ won / n_positives)
    of_positives = np.bincount(clusters, np.where(is_positive, won[level] - value, 0)) / n_positives
    of_negatives = np.bincount(clusters, np.where(is_positive, 0, lost[level] - value)) / n_negatives
    variance = (
        _correction(clusters[is_positive]) * of_positives @ of_positives
        + _correction(clusters[~is_positive]) * of_negatives @ of_negatives
        + 2 * _correction(clusters) * of_positives @ of_negatives
    )
    return _on_log_odds(value, sqrt(max(float(variance), 0.0)))


def shares(is_true: NDArray[np.bool_], labels: NDArray[np.int8], clusters: NDArray[np.intp]) -> Shares:
    """Give the share of positives and of negatives that something is true of, with Wilson intervals.

    Parameters
    ----------
    is_true : ndarray of shape (n_rows,)
        What is counted.
    labels : ndarray of shape (n_rows,)
        1 for positive, 0 for negative; both occur.
    clusters : ndarray of shape (n_rows,)
        An interval is as wide as if each of these were one observation.
    """
    is_positive = labels.astype(bool)
    return Shares(_share(is_true, is_positive, clusters), _share(is_true, ~is_positive, clusters))


def named_share(
    scores: NDArray[np.float64], labels: NDArray[np.int8], clusters: NDArray[np.intp], *, nearly_none: float
) -> Shares | None:
    """Say what share of the rarer label has higher scores than practically everybody of the other.

    Parameters
    ----------
    scores, labels, clusters : ndarray of shape (n_rows,)
        As for :func:`clustered_auc`; higher scores mean the rarer label.
    nearly_none : float
        The upper bound of the other label's share must be below this.

    Returns
    -------
    Shares or None
        Of the rows above the lowest such score; None where there are too few of the other label to be so sure.
    """
    is_other = labels.astype(bool) != (labels.sum() <= len(labels) / 2)
    total = count_clusters(clusters[is_other])
    allowed = bisect_left(range(total + 1), nearly_none, key=lambda count: wilson_interval(count, total)[1]) - 1
    if allowed < 0:
        return None
    of_other = np.sort(scores[is_other])[::-1]
    limit = int(allowed / total * len(of_other))
    cut = of_other[limit] if limit < len(of_other) else -np.inf
    return shares(scores > cut, labels, clusters)


def count_clusters(clusters: NDArray[np.intp]) -> int:
    """Count different numbers, from 0."""
    return int(np.count_nonzero(np.bincount(clusters)))


def _share(is_true: NDArray[np.bool_], chosen: NDArray[np.bool_], clusters: NDArray[np.intp]) -> Estimate:
    value = float(is_true[chosen].mean())
    total = count_clusters(clusters[chosen])
    return Estimate(value, *wilson_interval(value * total, total))


def _correction(clusters: NDArray[np.intp]) -> float:
    count = count_clusters(clusters)
    return count / (count - 1) if count > 1 else 1.0


def _on_log_odds(value: float, error: float) -> Estimate:
    if error == 0 or value in (0.0, 1.0):
        return Estimate(value, value, value)
    centre, half = log(value / (1 - value)), _Z * error / (value * (1 - value))
    low, high = ((1 + tanh(bound / 2)) / 2 for bound in (centre - half, centre + half))
    return Estimate(value, low, high)


def _short(value: float) -> str:
    """Write .873 for 0.8734; what is less than 1 is never written as 1."""
    digits = "0.999" if 0.999 < value < 1 else f"{value:.3f}"
    return digits.removeprefix("0")
