"""Which rows train and which rows test: rolling origins over quarters, grouped folds where there are no dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Four quarters are every season once.
NEWEST_QUARTERS = 4
# One quarter may be an accident; from two on the result says something about quarters to come.
FEWEST_QUARTERS = 2
# Fewer of the rarer class than this in a test quarter, and its score order is noise.
FEWEST_RARER_TESTED = 10


@dataclass(frozen=True)
class LabelledRows:
    """What a split must know of each row, aligned with a training matrix.

    Attributes
    ----------
    labels : ndarray of shape (n_rows,)
        1 for positive, 0 for negative.
    candidates, requisitions : ndarray of shape (n_rows,)
        Who applied, and to what.
    entered_at, matured_at, labelled_at : ndarray of datetime64[us], shape (n_rows,), UTC
        When the stage was entered, its outcome window closed, and the outcome was known.
    """

    labels: NDArray[np.int8]
    candidates: NDArray[np.object_]
    requisitions: NDArray[np.object_]
    entered_at: NDArray[np.datetime64]
    matured_at: NDArray[np.datetime64]
    labelled_at: NDArray[np.datetime64]


@dataclass(frozen=True)
class Fold:
    """One split.

    Attributes
    ----------
    name : str
        Such as ``2026Q1``, or ``3``.
    train, test : ndarray of int
        Positions of its training and its test rows.
    origin : datetime64 or None
        Up to when the training rows were known; None for all that is known.
    """

    name: str
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    origin: np.datetime64 | None = None


def rolling_origins(
    rows: LabelledRows, *, minimum_labels: int, minimum_rarer: int, group_by: str = "candidate"
) -> list[Fold]:
    """Split at the start of each quarter: train on what was mature and known then, test on who entered during it.

    Training rows have ``matured_at <= origin`` and ``labelled_at < origin``, and none of the people (or
    requisitions) that the quarter tests. Origins with too few rows to train on are left out, as are quarters
    with fewer than ten of the rarer class to test on; the newest four are kept.

    Parameters
    ----------
    rows : LabelledRows
        Observed labels.
    minimum_labels, minimum_rarer : int
        Fewest training rows, in all and of the rarer class.
    group_by : {"candidate", "requisition"}
        What may not be on both sides.

    Returns
    -------
    list of Fold
        Oldest first, named like ``2026Q1``; empty where no quarter can be tested.
    """
    groups = np.unique(_groups(rows, group_by), return_inverse=True)[1]
    quarters = _quarters(rows.entered_at)
    folds = []
    for quarter in np.unique(quarters):
        origin = (quarter * 3).astype("datetime64[M]").astype("datetime64[us]")
        test = quarters == quarter
        train = (rows.matured_at <= origin) & (rows.labelled_at < origin) & ~_share_a_group(groups, test)
        enough = _is_enough(rows.labels[train], minimum_labels, minimum_rarer)
        if enough and _is_enough(rows.labels[test], 0, FEWEST_RARER_TESTED):
            folds.append(Fold(_quarter_name(int(quarter)), np.flatnonzero(train), np.flatnonzero(test), origin))
    return folds[-NEWEST_QUARTERS:]


def grouped_folds(rows: LabelledRows, *, n_folds: int, seed: int, group_by: str = "candidate") -> list[Fold]:
    """Split into folds of whole groups, with about as many groups of each positive count in every fold.

    Parameters
    ----------
    rows : LabelledRows
        Observed labels; their times do not matter.
    n_folds : int
        Number of folds, at least 2.
    seed : int
        Source of the shuffle; the same for any order of the rows.
    group_by : {"candidate", "requisition"}
        What may not be on both sides.

    Returns
    -------
    list of Fold
        Named ``1`` to ``n_folds``; every row is tested once.
    """
    names, codes = np.unique(_groups(rows, group_by), return_inverse=True)
    positives = np.bincount(codes, rows.labels)
    shuffled = np.random.default_rng(seed).permutation(len(names))
    dealt = shuffled[np.argsort(-positives[shuffled], kind="stable")]
    fold_of_group = np.empty(len(names), dtype=np.intp)
    fold_of_group[dealt] = np.arange(len(names)) % n_folds
    fold = fold_of_group[codes]
    return [Fold(str(k + 1), np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]


def _groups(rows: LabelledRows, group_by: str) -> NDArray[np.object_]:
    return rows.candidates if group_by == "candidate" else rows.requisitions


def _share_a_group(groups: NDArray[np.intp], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the rows whose group has a chosen row."""
    is_chosen = np.zeros(int(groups.max(initial=-1)) + 1, dtype=bool)
    is_chosen[groups[chosen]] = True
    return is_chosen[groups]


def _quarters(times: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Count quarters since 1970."""
    quarters: NDArray[np.int64] = times.astype("datetime64[M]").astype(np.int64) // 3
    return quarters


def _quarter_name(quarter: int) -> str:
    return f"{1970 + quarter // 4}Q{quarter % 4 + 1}"


def _is_enough(labels: NDArray[np.int8], fewest: int, fewest_rarer: int) -> bool:
    positives = int(labels.sum())
    return len(labels) >= fewest and min(positives, len(labels) - positives) >= fewest_rarer
