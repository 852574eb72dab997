"""How well scores order people: areas under the curve, their intervals, precision, yields and reliability.

Every function takes labels of 0 and 1 and scores of which the higher rank first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

# The reject option of the paper, section 5: between the two a person decides.
LOW, HIGH = 0.45, 0.55
REPLICATES = 500
PRECISION_AT = (1, 5, 10)
LARGEST_REQUISITIONS = 8
SCORE_BINS = 10
# A curve has levelled off where at least so much of it lies beyond.
LEVEL_SHARE = 0.2
# Two-sided 95%.
_Z = 1.959964


class PairwiseAuc:
    """Share of (positive, negative) pairs of the same group that the scores order rightly; ties count one half.

    Built once, evaluated many times under different row weights, in O(rows): that is what a bootstrap needs.

    Parameters
    ----------
    labels : array-like of shape (n_rows,)
        1 for positive, 0 for negative.
    scores : array-like of shape (n_rows,)
        Higher ranks first; no NaN.
    groups : array-like of shape (n_rows,), optional
        Only pairs within a group count; by default all rows are one group, the pooled AUC.

    Attributes
    ----------
    pairs : int
        Pairs compared.
    mixed_groups : int
        Groups with both labels; the others say nothing.
    """

    def __init__(self, labels: ArrayLike, scores: ArrayLike, *, groups: ArrayLike | None = None) -> None:
        positive = np.asarray(labels).astype(bool)
        scores = np.asarray(scores, dtype=np.float64)
        codes = _codes(groups, len(positive))
        mixed = (np.bincount(codes, positive) > 0) & (np.bincount(codes, ~positive) > 0)
        self.mixed_groups = int(mixed.sum())
        rows = np.flatnonzero(mixed[codes])
        self._rows = rows[np.lexsort((scores[rows], codes[rows]))]
        self._positive = positive[self._rows]
        starts_group = _starts(codes[self._rows])
        starts_level = starts_group | _starts(scores[self._rows])
        self._level_starts = np.flatnonzero(starts_level)
        self._group_starts = np.flatnonzero(starts_group[starts_level])
        self._group = np.cumsum(starts_group[starts_level]) - 1
        self._first_rows = self._rows[starts_group]
        self._right_of_group, self._pairs_of_group = self._count(np.ones(len(positive)))
        self.pairs = int(self._pairs_of_group.sum())

    def value(self, weights: NDArray[np.float64] | None = None, *, whole_groups: bool = False) -> float:
        """Return the AUC in [0, 1], 0.5 for chance, NaN where no pair is left.

        Parameters
        ----------
        weights : ndarray of shape (n_rows,), optional
            How often each row was drawn; a pair counts by the product.
        whole_groups : bool, default=False
            Whether groups were drawn whole: a group drawn twice is then two groups of the same pairs,
            and a pair counts by the weight of its group.
        """
        right, pairs = self._right_of_group, self._pairs_of_group
        if weights is not None and whole_groups:
            right, pairs = right * weights[self._first_rows], pairs * weights[self._first_rows]
        elif weights is not None:
            right, pairs = self._count(weights)
        total = float(pairs.sum())
        return float(right.sum()) / total if total > 0 else float("nan")

    def _count(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return each group's rightly ordered pairs and all its pairs, weighted."""
        if not len(self._rows):
            return np.zeros(0), np.zeros(0)
        ordered = weights[self._rows]
        positives = np.add.reduceat(ordered * self._positive, self._level_starts)
        negatives = np.add.reduceat(ordered, self._level_starts) - positives
        below = np.cumsum(negatives) - negatives
        below -= below[self._group_starts][self._group]
        right = np.add.reduceat(positives * (below + negatives / 2), self._group_starts)
        pairs = np.add.reduceat(positives, self._group_starts) * np.add.reduceat(negatives, self._group_starts)
        return right, pairs


class AveragePrecision:
    """Precision at every positive, going down the scores, averaged; rows that tie are met together.

    Built once, evaluated many times, as :class:`PairwiseAuc`.

    Parameters
    ----------
    labels : array-like of shape (n_rows,)
        1 for positive, 0 for negative.
    scores : array-like of shape (n_rows,)
        Higher ranks first; no NaN.
    """

    def __init__(self, labels: ArrayLike, scores: ArrayLike) -> None:
        scores = np.asarray(scores, dtype=np.float64)
        self._rows = np.argsort(-scores, kind="stable")
        self._positive = np.asarray(labels)[self._rows].astype(bool)
        self._level_starts = np.flatnonzero(_starts(scores[self._rows]))

    def value(self, weights: NDArray[np.float64] | None = None) -> float:
        """Return the average precision in [0, 1], the share of positives for chance, NaN where no positive is left.

        Parameters
        ----------
        weights : ndarray of shape (n_rows,), optional
            How often each row was drawn.
        """
        drawn = np.ones(len(self._rows)) if weights is None else weights[self._rows]
        positives = np.add.reduceat(drawn * self._positive, self._level_starts)
        found, met = np.cumsum(positives), np.cumsum(np.add.reduceat(drawn, self._level_starts))
        precision = np.divide(found, met, out=np.zeros(len(met)), where=met > 0)
        return float(positives @ precision / found[-1]) if found[-1] > 0 else float("nan")


class PrecisionAt:
    """Share of positives among each group's first k people, averaged over groups with more than k.

    Built once, evaluated many times, as :class:`PairwiseAuc`.

    Parameters
    ----------
    labels : array-like of shape (n_rows,)
        1 for positive, 0 for negative.
    order : array-like of shape (n_rows,)
        Position of each row in the overall order, 0 first; no ties.
    groups : array-like of shape (n_rows,)
        Requisition of each row.
    k : int
        How many are the first.

    Attributes
    ----------
    groups : int
        Groups with more than k people; the others say nothing.
    random : float
        Expectation of a random order in the same groups, NaN without groups.
    """

    def __init__(self, labels: ArrayLike, order: ArrayLike, *, groups: ArrayLike, k: int) -> None:
        codes, labels = _codes(groups, 0), np.asarray(labels, dtype=np.float64)
        self.k = k
        self._rows = np.lexsort((np.asarray(order), codes))
        self._positive = labels[self._rows]
        self._group_starts = np.flatnonzero(_starts(codes[self._rows]))
        self._sizes = np.bincount(codes)
        self._precision, self._counts = self._count(np.ones(len(codes)))
        self.groups = int(self._counts.sum())
        self.random = _weighted_mean(np.bincount(codes, labels) / self._sizes, self._counts)

    def value(self, weights: NDArray[np.float64] | None = None, *, whole_groups: bool = False) -> float:
        """Return the mean precision in [0, 1], NaN where no group has more than k people.

        Parameters
        ----------
        weights : ndarray of shape (n_rows,), optional
            How often each row was drawn; whoever was drawn twice stands in the list twice.
        whole_groups : bool, default=False
            Whether groups were drawn whole: a group drawn twice is then two lists.
        """
        if weights is None:
            return _weighted_mean(self._precision, self._counts)
        if whole_groups:
            return _weighted_mean(self._precision, self._counts * weights[self._rows[self._group_starts]])
        return _weighted_mean(*self._count(weights))

    def _count(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return each group's precision, and 1 where it has more than k people, else 0."""
        drawn = weights[self._rows]
        before = np.cumsum(drawn) - drawn
        before -= np.repeat(before[self._group_starts], self._sizes)
        first = np.clip(self.k - before, 0, drawn)
        precision = np.add.reduceat(first * self._positive, self._group_starts) / self.k
        return precision, (np.add.reduceat(drawn, self._group_starts) > self.k).astype(np.float64)


def cluster_weights(clusters: ArrayLike, random: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Yield ``REPLICATES`` bootstrap weightings that draw whole clusters with replacement.

    Rows of one requisition share a recruiter and a moment: they are not independent, so they are drawn together.
    """
    codes = _codes(clusters, 0)
    n_clusters = int(codes.max()) + 1
    for _ in range(REPLICATES):
        drawn = np.bincount(random.integers(n_clusters, size=n_clusters), minlength=n_clusters)
        yield drawn[codes].astype(np.float64)


def interval(replicates: ArrayLike) -> tuple[float, float]:
    """Return the 95% percentile interval of bootstrap replicates; NaN replicates do not count."""
    values = np.asarray(replicates, dtype=np.float64)
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def bounds(value: float, replicates: ArrayLike) -> dict[str, float | None]:
    """Describe an estimate by ``value`` and its interval, ``low`` and ``high``; None for what is NaN.

    JSON has no number for the AUC of no pairs.
    """
    numbers = zip(("value", "low", "high"), (value, *interval(replicates)), strict=True)
    return {name: number if np.isfinite(number) else None for name, number in numbers}


def known_interval(replicates: ArrayLike) -> list[float] | None:
    """Return the same interval as JSON has it; None where no replicate has a number."""
    low, high = interval(replicates)
    return [low, high] if np.isfinite(low) else None


def wilson_interval(successes: float, total: int) -> tuple[float, float]:
    """Return the 95% Wilson interval of a proportion; the whole of [0, 1] for a total of 0."""
    if total == 0:
        return 0.0, 1.0
    share, spread = successes / total, _Z * _Z / total
    centre = (share + spread / 2) / (1 + spread)
    half = _Z * np.sqrt(share * (1 - share) / total + spread / total / 4) / (1 + spread)
    # Of none or of all, one bound is the share itself, which rounding may miss by a hair.
    return float(min(share, max(0.0, centre - half))), float(max(share, min(1.0, centre + half)))


def proportion(successes: int, total: int) -> dict[str, Any]:
    """Describe a proportion: its value (None of nothing), Wilson interval and counts."""
    low, high = wilson_interval(successes, total)
    value = successes / total if total else None
    return {"value": value, "low": low, "high": high, "count": int(successes), "of": int(total)}


def reject_option(labels: ArrayLike, scores: ArrayLike) -> dict[str, Any]:
    """Return what happened to those predicted positive, left to a person, and predicted negative.

    Returns
    -------
    dict
        ``yield``: positives / scored above .55; ``business_as_usual``: positives / everybody;
        ``coverage``: scored above .55 / everybody; ``manual``: scored from .45 to .55 / everybody;
        ``negative_yield``: negatives / scored below .45. Each a proportion with its Wilson interval.
    """
    positive, scores = np.asarray(labels).astype(bool), np.asarray(scores, dtype=np.float64)
    above, below = scores > HIGH, scores < LOW
    manual = ~above & ~below
    return {
        "yield": proportion(int(positive[above].sum()), int(above.sum())),
        "business_as_usual": proportion(int(positive.sum()), len(positive)),
        "coverage": proportion(int(above.sum()), len(positive)),
        "manual": proportion(int(manual.sum()), len(positive)),
        "negative_yield": proportion(int((~positive[below]).sum()), int(below.sum())),
    }


def reject_option_of_largest(labels: ArrayLike, scores: ArrayLike, *, groups: ArrayLike) -> list[dict[str, Any]]:
    """Return :func:`reject_option` for each of the eight groups with most rows, largest first, ties by name."""
    labels, scores, groups = np.asarray(labels), np.asarray(scores), np.asarray(groups)
    names, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    largest = np.argsort(-sizes, kind="stable")[:LARGEST_REQUISITIONS]
    return [{"group": str(names[g]), **reject_option(labels[codes == g], scores[codes == g])} for g in largest]


def yield_per_bin(labels: ArrayLike, scores: ArrayLike) -> list[dict[str, Any]]:
    """Return the share of positives in each tenth of [0, 1], the last closed above: the paper's figure 4."""
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=np.float64)
    # Rounding first: 29 votes of 100 times 10 is 2.9, but 0.3 of another sum may fall just short of 3.
    bins = np.minimum(np.floor(np.round(scores * SCORE_BINS, 9)), SCORE_BINS - 1).astype(int)
    totals = np.bincount(bins, minlength=SCORE_BINS)
    positives = np.bincount(bins, labels, minlength=SCORE_BINS).astype(int)
    return [
        {"from": b / SCORE_BINS, "to": (b + 1) / SCORE_BINS, **proportion(int(positives[b]), int(totals[b]))}
        for b in range(SCORE_BINS)
    ]


def calibration(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """Return how far probabilities are from what happened.

    Returns
    -------
    dict
        ``brier``: mean squared error, 0 is best; ``brier_of_base_rate``: of saying the base rate to everybody;
        ``reliability``: for tenths of the rows by probability, the mean probability and the share of positives.
    """
    labels, probabilities = np.asarray(labels, dtype=np.float64), np.asarray(probabilities, dtype=np.float64)
    base_rate = labels.mean()
    parts = [part for part in np.array_split(np.argsort(probabilities, kind="stable"), SCORE_BINS) if len(part)]
    return {
        "brier": float(np.mean((probabilities - labels) ** 2)),
        "brier_of_base_rate": float(base_rate * (1 - base_rate)),
        "reliability": [
            {"probability": float(probabilities[part].mean()), **proportion(int(labels[part].sum()), len(part))}
            for part in parts
        ],
    }


def levels_off(curve: ArrayLike, rows_by_class: ArrayLike) -> int | None:
    """Give the number of trees from which on an accuracy changes by no more than its standard error; None if nowhere.

    With so many rows, the accuracy of fewer trees cannot be told from that of all (the one-standard-error rule of
    Breiman et al., *Classification and Regression Trees*, 1984). A change that can be told on a hundred thousand rows
    cannot on a hundred, where a single row moves the curve by more: no fixed tolerance serves both.

    Parameters
    ----------
    curve : array-like of shape (n_trees,), in [0, 1]
        Mean of both classes' out-of-bag accuracy with the first 1, 2, ..., N trees. Each class is taken to have the
        mean's last value.
    rows_by_class : array-like of shape (2,)
        How many rows of each class it was measured on.
    """
    backwards = np.asarray(curve, dtype=np.float64)[::-1]
    standard_error = np.sqrt(backwards[0] * (1 - backwards[0]) * (1 / np.asarray(rows_by_class)).sum()) / 2
    spread = np.maximum.accumulate(backwards) - np.minimum.accumulate(backwards)
    n_level = int((spread <= standard_error).sum())
    return len(backwards) - n_level + 1 if n_level - 1 >= LEVEL_SHARE * len(backwards) else None


def _codes(groups: ArrayLike | None, n_rows: int) -> NDArray[np.intp]:
    if groups is None:
        return np.zeros(n_rows, dtype=np.intp)
    codes: NDArray[np.intp] = np.unique(np.asarray(groups), return_inverse=True)[1]
    return codes


def _starts(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark where an ordered array's value differs from the one before; its first element always starts."""
    starts = np.ones(len(ordered), dtype=bool)
    starts[1:] = ordered[1:] != ordered[:-1]
    return starts


def _weighted_mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0 else float("nan")
