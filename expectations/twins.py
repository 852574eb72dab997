"""Near-duplicates across training and validation: rows that a ranker has seen before under another name.

Few coarse features make many honest rows alike, and what is alike has the same chance, not the same outcome. So what is
measured is not how many rows have a twin among those trained on, but how well the twin's label tells their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from expectations.separation import Estimate, clustered_auc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ml.rankers.folds import Fold

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


@dataclass(frozen=True)
class Twins:
    """Tested rows that have a twin among the rows their fold trained on.

    Attributes
    ----------
    rows, tested : int
        With a twin, and in all.
    auc : Estimate or None
        Of the twins' mean label; None where the rows with a twin do not have ten of both labels.
    """

    rows: int
    tested: int
    auc: Estimate | None

    @property
    def share(self) -> float:
        """Share of the tested rows that have a twin."""
        return self.rows / self.tested if self.tested else 0.0


class RowHash:
    """A number per row that two rows share if all their columns are alike; columns are added one by one."""

    def __init__(self, n_rows: int) -> None:
        self.values: NDArray[np.uint64] = np.zeros(n_rows, dtype=np.uint64)

    def add(self, codes: NDArray[np.intp]) -> None:
        """Mix in a column of shape (n_rows,), whole numbers."""
        mixed = (self.values ^ codes.astype(np.uint64)) * _MULTIPLIER
        self.values = mixed ^ (mixed >> _HALF)


def find_twins(hashes: NDArray[np.uint64], labels: NDArray[np.int8], folds: Sequence[Fold], *, fewest: int) -> Twins:
    """Find tested rows with twins among the training rows of their fold.

    Parameters
    ----------
    hashes : ndarray of shape (n_rows,)
        Twins have the same.
    labels : ndarray of shape (n_rows,)
        1 for positive, 0 for negative.
    folds : sequence of Fold
        Of the validation.
    fewest : int
        Rows of each label that an AUC needs.
    """
    group = np.unique(hashes, return_inverse=True)[1]
    chosen, scores = [], []
    for fold in folds:
        trained = np.bincount(group[fold.train], minlength=len(group))
        positives = np.bincount(group[fold.train], labels[fold.train], minlength=len(group))
        with_twin = fold.test[trained[group[fold.test]] > 0]
        chosen.append(with_twin)
        scores.append(positives[group[with_twin]] / trained[group[with_twin]])
    rows = np.concatenate(chosen)
    positives_found = int(labels[rows].sum())
    is_enough = min(positives_found, len(rows) - positives_found) >= fewest
    auc = clustered_auc(np.concatenate(scores), labels[rows], group[rows]) if is_enough else None
    return Twins(len(rows), sum(len(fold.test) for fold in folds), auc)
