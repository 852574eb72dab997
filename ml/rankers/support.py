"""Whether a person resembles those a ranker was trained on: only the screened, offered and hired have outcomes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.rankers.codes import column, numbers, positions
from ml.rankers.encoding import as_table, frequent_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.rankers.folds import Fold

# Of a hundred people like those trained on, one is called outside by mistake.
FALSE_ALARMS = 0.01
# Values kept of a numeric feature, evenly spaced in their order: tails are told apart to half a thousandth.
MOST_VALUES = 2_001
_TRUTH = np.array(["false", "true"])


class TrainingSupport(BaseEstimator):  # type: ignore[misc]
    """Call a row outside if its values taken together are odder than those of nearly all training rows.

    How odd one value is says the share of training rows with a value at least as odd: for a number those at least
    as far out on its side, twice, as there are two sides; for a level those of levels as rare or rarer. A missing
    value is an end of its own, an unknown level counts with the levels on fewer than five rows. The negative
    logarithms of the shares add up over the features to the row's surprise (ECOD; Li et al., IEEE TKDE 2022).
    Beyond the training range a number's surprise grows on at the pace from the median to the end.

    The line between inside and outside is a conformal quantile (Bates et al., Annals of Statistics 2023) of the
    surprise of training rows measured without their own fold. Hence of new rows of the same population at most
    about ``false_alarms`` lie outside.

    Parameters
    ----------
    features : tuple of (str, str)
        Name and kind of each column, as of :class:`ml.rankers.encoding.FeatureEncoder`.
    false_alarms : float, default=0.01
        Share of rows like those trained on that are called outside, in (0, 1).

    Attributes
    ----------
    rows_ : int
        Training rows.
    values_ : dict of str to ndarray, float32
        Of each numeric feature its training values in order, at most 2,001 of them, evenly spaced.
    missing_ : dict of str to int
        Of each numeric feature, on how many rows it is missing.
    levels_ : dict of str to ndarray of str
        Known levels of each other feature, sorted.
    surprises_ : dict of str to ndarray of shape (n_levels + 2,)
        Of each level, of a missing value and of an unknown level.
    threshold_ : float
        A larger surprise is outside; infinite where the rows are too few to call anybody so.
    """

    rows_: int
    values_: dict[str, NDArray[np.float32]]
    missing_: dict[str, int]
    levels_: dict[str, NDArray[np.str_]]
    surprises_: dict[str, NDArray[np.float64]]
    threshold_: float

    def __init__(self, features: tuple[tuple[str, str], ...], *, false_alarms: float = FALSE_ALARMS) -> None:
        self.features = features
        self.false_alarms = false_alarms

    def fit(self, X: pa.Table | pd.DataFrame, folds: Sequence[Fold]) -> TrainingSupport:
        """Learn what is usual, and from which surprise on a row is outside.

        Parameters
        ----------
        X : pyarrow.Table or DataFrame with n_rows rows
            Has a column for every feature.
        folds : sequence of Fold
            Each row is tested once at most, by what was learned without it.

        Raises
        ------
        MissingFeatureError
            A feature is not a column of X.
        """
        table = as_table(X)
        held_out = [self._learn(table.take(fold.train)).surprise(table.take(fold.test)).sum(axis=1) for fold in folds]
        self.threshold_ = _conformal_quantile(np.concatenate(held_out), self.false_alarms)
        return self._learn(table)

    def surprise(self, X: pa.Table | pd.DataFrame) -> NDArray[np.float64]:
        """Say how odd each value is: shape (n_rows, n_features), 0 for the usual. Raises as :meth:`fit`."""
        check_is_fitted(self, "rows_")
        table = as_table(X)
        surprises = np.empty((table.num_rows, len(self.features)), order="F")
        for place, (name, kind) in enumerate(self.features):
            values = column(table, name)
            if kind == "numeric":
                surprises[:, place] = self._surprise_of_numbers(name, numbers(values))
            else:
                surprises[:, place] = self.surprises_[name][positions(values, self.levels_[name])]
        return surprises

    def is_outside(self, X: pa.Table | pd.DataFrame) -> NDArray[np.bool_]:
        """Say which rows are odder than the training rows, shape (n_rows,). Raises as :meth:`fit`."""
        outside: NDArray[np.bool_] = self.surprise(X).sum(axis=1) > self.threshold_
        return outside

    def _learn(self, table: pa.Table) -> TrainingSupport:
        self.rows_ = table.num_rows
        self.values_, self.missing_, self.levels_, self.surprises_ = {}, {}, {}, {}
        for name, kind in self.features:
            values = column(table, name)
            if kind == "numeric":
                present = np.sort(numbers(values.drop_null()))
                present = present[~np.isnan(present)]
                kept = np.linspace(0, len(present) - 1, min(len(present), MOST_VALUES)).round().astype(np.intp)
                self.values_[name], self.missing_[name] = present[kept], self.rows_ - len(present)
            else:
                levels = self.levels_[name] = _TRUTH if kind == "boolean" else frequent_levels(values)
                counts = np.bincount(positions(values, levels), minlength=len(levels) + 2)
                rarer = np.array([counts[counts <= count].sum() for count in counts])
                self.surprises_[name] = self._surprise(rarer)
        return self

    def _surprise_of_numbers(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float64]:
        known, missing = self.values_[name], self.missing_[name]
        is_missing = np.isnan(values)
        # Of every place among the known values, the tails' surprises are worked out once, not once per row. The rarer
        # tail is the more surprising.
        rows_each = (self.rows_ - missing) / max(len(known), 1)
        of_place = self._surprise(2 * rows_each * np.arange(len(known) + 1))
        if len(known):
            first = np.searchsorted(known, values)
            # One search is enough: a value that is known ends where its likes end, another one where it starts.
            ends = np.append(np.searchsorted(known, known, side="right"), len(known))
            is_known = known[np.minimum(first, len(known) - 1)] == values
            surprises = np.maximum(of_place[np.where(is_known, ends[first], first)], of_place[len(known) - first])
            beyond = np.flatnonzero((values < known[0]) | (values > known[-1]))
            surprises[beyond] = np.maximum(
                surprises[beyond], self._surprise_beyond(known, values[beyond].astype(np.float64))
            )
        else:
            surprises = np.full(len(values), of_place[0])
        surprises[is_missing] = self._surprise(np.array(2 * missing))
        return surprises

    def _surprise_beyond(self, known: NDArray[np.float32], found: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the surprise of values beyond the training range, which grows on."""
        low, median, high = float(known[0]), float(np.median(known)), float(known[-1])
        end = np.where(found > high, high, low)
        pace = np.divide(found - median, end - median, out=np.zeros(len(found)), where=end != median)
        beyond: NDArray[np.float64] = pace * self._surprise(np.array(0))
        return beyond

    def _surprise(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Turn how many training rows are at least as odd into a surprise; the row itself counts as one."""
        surprise: NDArray[np.float64] = -np.log(np.minimum((rows + 1) / (self.rows_ + 1), 1))
        return surprise


def _conformal_quantile(surprises: NDArray[np.float64], share: float) -> float:
    """Give the smallest surprise that at most a share of rows like these exceeds; infinite where they are too few."""
    # The tolerance keeps .99 x 100 from becoming the hundredth.
    place = math.ceil((len(surprises) + 1) * (1 - share) - 1e-9)
    return float(np.sort(surprises)[place - 1]) if place <= len(surprises) else math.inf
