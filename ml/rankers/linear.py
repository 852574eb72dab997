"""A linear score beside the encoded columns, so that a forest need not build every slope out of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ml.rankers.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

# Inverse strengths of the penalty that are tried, from strong to weak, on standardised columns.
STRENGTHS = (0.001, 0.01, 0.1, 1.0)
FOLDS = 5
# So many rows of each class fix the weights of a hundred columns to less than a forest can tell; more only cost time.
MOST_OF_CLASS = 20_000


class LinearScore(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Append the log odds of a penalised logistic regression as the matrix's last column.

    Trees approximate a slope by steps, each bought with half of the rows that are left: where outcomes are mostly
    additive, a plain forest is worse than a logistic regression. With its log odds as one column among the others,
    the forest starts from what is additive and spends its splits on the rest (stacking, Wolpert 1992). On training
    rows the column is cross-fitted, so that no row's own label is in it. The penalty is the one of ``STRENGTHS`` with
    the smallest cross-fitted log loss; measured in docs/adr/0017.

    Parameters
    ----------
    random_state : int, default=0
        Source of the folds.

    Attributes
    ----------
    intercept_, slopes_, missing_, usual_ : float, three ndarrays of shape (n_columns,)
        Of the :class:`ml.rankers.line.Line`.
    strength_ : float
        Inverse strength of the penalty that was chosen.
    """

    intercept_: float
    slopes_: NDArray[np.float64]
    missing_: NDArray[np.float64]
    usual_: NDArray[np.float64]
    strength_: float

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: NDArray[np.float32], y: ArrayLike) -> LinearScore:
        """Learn the weights; to train a forest use :meth:`fit_transform`, which is cross-fitted."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: NDArray[np.float32], y: ArrayLike) -> NDArray[np.float32]:
        """Learn the weights and append each training row's log odds, its own label left out.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_columns), float32
            NaN for missing.
        y : array-like of shape (n_samples,)
            1 for positive, 0 for negative. With fewer than five of either there is nothing to cross-fit on, and
            everybody's log odds are 0.

        Returns
        -------
        ndarray of shape (n_samples, n_columns + 1), float32
        """
        labels, nothing = np.asarray(y), np.zeros(X.shape[1])
        if np.bincount(labels, minlength=2).min() < FOLDS:
            self._keep(Line(0.0, nothing, nothing, nothing), STRENGTHS[0])
            return self.line.append_to(X)
        from threadpoolctl import threadpool_limits

        # The order in which threads add up would show in the last digits.
        with threadpool_limits(1):
            tried = [self._cross_fitted(X, labels, strength) for strength in STRENGTHS]
            best = int(np.argmin([_log_loss(log_odds, labels) for log_odds in tried]))
            self._keep(_fit_line(X, labels, strength=STRENGTHS[best], seed=self.random_state), STRENGTHS[best])
        return np.column_stack([X, tried[best].astype(np.float32)])

    def transform(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Append each row's log odds: shape (n_samples, n_columns + 1), float32."""
        return self.line.append_to(X)

    @property
    def line(self) -> Line:
        """The fitted weights."""
        check_is_fitted(self, "slopes_")
        return Line(self.intercept_, self.slopes_, self.missing_, self.usual_)

    def _keep(self, line: Line, strength: float) -> None:
        self.intercept_, self.slopes_, self.missing_, self.usual_ = (
            line.intercept,
            line.slopes,
            line.missing,
            line.usual,
        )
        self.strength_ = strength

    def _cross_fitted(self, X: NDArray[np.float32], labels: NDArray[np.int8], strength: float) -> NDArray[np.float64]:
        log_odds = np.empty(len(labels))
        for train, test in self._folds(labels):
            line = _fit_line(X[train], labels[train], strength=strength, seed=self.random_state)
            log_odds[test] = line.log_odds(X[test])
        return log_odds

    def _folds(self, labels: NDArray[np.int8]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        from sklearn.model_selection import StratifiedKFold

        split = StratifiedKFold(FOLDS, shuffle=True, random_state=self.random_state)
        yield from split.split(np.zeros(len(labels)), labels)


def _fit_line(X: NDArray[np.float32], labels: NDArray[np.int8], *, strength: float, seed: int) -> Line:
    """Fit a logistic regression on standardised columns, missing values at the median and marked as such."""
    from sklearn.linear_model import LogisticRegression

    drawn, shift = _draw(labels, np.random.default_rng(seed))
    X, labels = X[drawn], labels[drawn]
    is_missing = np.isnan(X)
    is_known, is_marked = ~is_missing.all(axis=0), is_missing.any(axis=0)
    medians = np.zeros(X.shape[1])
    medians[is_known] = np.nanmedian(X[:, is_known], axis=0)
    columns = np.hstack([np.where(is_missing, medians, X), is_missing[:, is_marked]]).astype(np.float64)
    means, scales = columns.mean(axis=0), columns.std(axis=0)
    scales[scales == 0] = 1
    columns -= means
    columns /= scales
    model = LogisticRegression(C=strength, solver="newton-cholesky").fit(columns, labels)
    weights = model.coef_[0] / scales
    slopes = weights[: X.shape[1]]
    missing = slopes * medians
    missing[is_marked] += weights[X.shape[1] :]
    intercept = float(model.intercept_[0] - weights @ means) + shift
    return Line(intercept, slopes, missing, np.where(is_missing, missing, X * slopes).mean(axis=0))


def _draw(labels: NDArray[np.int8], random: np.random.Generator) -> tuple[NDArray[np.intp], float]:
    """Draw at most ``MOST_OF_CLASS`` rows of each class; return them and what that takes off everybody's log odds."""
    drawn, shift = [], 0.0
    for label, sign in ((0, -1), (1, 1)):
        rows = np.flatnonzero(labels == label)
        chosen = random.choice(rows, min(len(rows), MOST_OF_CLASS), replace=False)
        drawn.append(chosen)
        shift += sign * float(np.log(len(rows) / len(chosen)))
    return np.sort(np.concatenate(drawn)), shift


def _log_loss(log_odds: NDArray[np.float64], labels: NDArray[np.int8]) -> float:
    return float(np.mean(np.logaddexp(0, log_odds) - labels * log_odds))
