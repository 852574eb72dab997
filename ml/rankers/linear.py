"""A linear score beside the encoded columns, so that a forest need not build every slope out of steps."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ml.rankers.line import Line, level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray
    from sklearn.utils import Tags

# Inverse strengths of the penalty that are tried, from strong to weak, on standardised columns.
STRENGTHS = (0.03, 0.1)
FOLDS = 5
# Where a column may bend: its training values' quantiles at equal steps, so many of them.
KNOTS = 4
# So many rows of each class fix the weights of two hundred columns to less than a forest can tell; more cost time.
MOST_OF_CLASS = 3_000
# The solver penalises the intercept too, by so much less.
INTERCEPT_SCALING = 10
_LINE = tuple(field.name for field in fields(Line))


class LinearScore(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Append the log odds of a penalised logistic regression as the matrix's last column.

    Trees approximate a slope by steps, each bought with half of the rows that are left: where outcomes are mostly
    additive, a plain forest is worse than a logistic regression. With its log odds as one column among the others,
    the forest starts from what is additive and spends its splits on the rest (stacking, Wolpert 1992). A column may
    bend at its quintiles, as more years help up to a point. The penalty is on absolute weights (the lasso), as most
    of a hundred columns say nothing and a thousand rows cannot tell unless they are told to drop them. The penalty is
    weakened, down ``STRENGTHS``, as long as that lowers the cross-fitted log loss by more than the standard error of
    the difference; measured in docs/adr/0017. A column of two values counts as it is: were it brought to the spread of
    the others, a level that ten people have would cost no more than one that half of them have, and there are many of
    those (docs/adr/0028). Trees are grown on the fitted log odds (docs/adr/0029); the cross-fitted ones, without each
    row's own label, choose the penalty and are what a tree is asked about a row out of its bag.

    Parameters
    ----------
    random_state : int, default=0
        Source of the folds.

    Attributes
    ----------
    intercept_, slopes_, missing_, usual_, bent_, knots_, bends_ : float and six ndarrays
        Of the :class:`ml.rankers.line.Line`.
    strength_ : float
        Inverse strength of the penalty that was chosen.
    """

    intercept_: float
    slopes_: NDArray[np.float64]
    missing_: NDArray[np.float64]
    usual_: NDArray[np.float64]
    bent_: NDArray[np.intp]
    knots_: NDArray[np.float64]
    bends_: NDArray[np.float64]
    strength_: float

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: NDArray[np.float32], y: ArrayLike) -> LinearScore:
        """Learn the weights; :meth:`fit_transform` also gives the training rows' log odds, cross-fitted."""
        self.fit_transform(X, y)
        return self

    def fit_transform(
        self,
        X: NDArray[np.float32],
        y: ArrayLike,
        *,
        weight: NDArray[np.float64] | None = None,
        groups: ArrayLike | None = None,
    ) -> NDArray[np.float32]:
        """Learn the weights and append each training row's log odds, its own label left out.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_columns), float32
            NaN for missing.
        y : array-like of shape (n_samples,)
            1 for positive, all else is negative. With fewer than five of either there is nothing to cross-fit on, and
            everybody's log odds are 0.
        weight : ndarray of shape (n_samples,), optional
            How much each row counts. Default: all alike.
        groups : array-like of shape (n_samples,), optional
            Rows of one group are left out together. Default: each row is its own.

        Returns
        -------
        ndarray of shape (n_samples, n_columns + 1), float32
        """
        X, given = validate_data(self, X, y, dtype=np.float32, ensure_all_finite="allow-nan")
        check_classification_targets(given)
        labels = (given == 1).astype(np.int8)
        if np.bincount(labels, minlength=2).min() < FOLDS:
            self._keep(level(X.shape[1]), STRENGTHS[0])
            return self.line.append_to(X)
        weight = np.ones(len(labels)) if weight is None else weight
        strength, log_odds = self._choose(X, labels, weight, groups)
        self._keep(_fit_line(X, labels, weight, strength=strength, seed=self.random_state), strength)
        return np.column_stack([X, log_odds.astype(np.float32)])

    def transform(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Append each row's log odds: shape (n_samples, n_columns + 1), float32."""
        line = self.line
        X = validate_data(self, X, reset=False, dtype=np.float32, ensure_all_finite="allow-nan")
        return line.append_to(X)

    def __sklearn_tags__(self) -> Tags:
        """Say that values may be missing, and that all become float32."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    @property
    def line(self) -> Line:
        """The fitted weights."""
        check_is_fitted(self, "slopes_")
        return Line(**{name: getattr(self, f"{name}_") for name in _LINE})

    def _keep(self, line: Line, strength: float) -> None:
        for name in _LINE:
            setattr(self, f"{name}_", getattr(line, name))
        self.strength_ = strength

    def _choose(
        self, X: NDArray[np.float32], labels: NDArray[np.int8], weight: NDArray[np.float64], groups: ArrayLike | None
    ) -> tuple[float, NDArray[np.float64]]:
        """Give the strength of the penalty, and each row's cross-fitted log odds."""
        folds = list(self._folds(labels, groups))
        chosen, log_odds = STRENGTHS[0], self._cross_fitted(X, labels, weight, folds, STRENGTHS[0])
        for strength in STRENGTHS[1:]:
            tried = self._cross_fitted(X, labels, weight, folds, strength)
            gains = weight * (_log_loss(log_odds, labels) - _log_loss(tried, labels))
            if gains.mean() <= gains.std() / np.sqrt(len(gains)):
                break
            chosen, log_odds = strength, tried
        return chosen, log_odds

    def _cross_fitted(
        self,
        X: NDArray[np.float32],
        labels: NDArray[np.int8],
        weight: NDArray[np.float64],
        folds: list[tuple[NDArray[np.intp], NDArray[np.intp]]],
        strength: float,
    ) -> NDArray[np.float64]:
        log_odds = np.empty(len(labels))
        for train, test in folds:
            line = _fit_line(X[train], labels[train], weight[train], strength=strength, seed=self.random_state)
            log_odds[test] = line.log_odds(X[test])
        return log_odds

    def _folds(
        self, labels: NDArray[np.int8], groups: ArrayLike | None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

        splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
        split = splitter(FOLDS, shuffle=True, random_state=self.random_state)
        yield from split.split(np.zeros(len(labels)), labels, groups)


def _fit_line(
    X: NDArray[np.float32], labels: NDArray[np.int8], weight: NDArray[np.float64], *, strength: float, seed: int
) -> Line:
    """Fit the lasso on scaled columns and their bends, missing values at the median and marked as such."""
    from sklearn.linear_model import LogisticRegression

    drawn, shift = _draw(labels, np.random.default_rng(seed))
    X, labels, weight = X[drawn], labels[drawn], weight[drawn]
    # The solver stops short of the optimum, and elsewhere for swapped labels: it always sees the first row's as 1.
    direction = 1 if labels[0] == 1 else -1
    is_missing = np.isnan(X)
    medians, (bent, knots) = _medians(X), _place_knots(X)
    filled, is_marked = np.where(is_missing, medians, X), is_missing.any(axis=0)
    columns = np.hstack([filled, np.maximum(filled[:, bent] - knots, 0), is_missing[:, is_marked]])
    means, scales = columns.mean(axis=0), _scales(columns)
    columns -= means
    columns /= scales
    model = LogisticRegression(
        C=strength, l1_ratio=1.0, solver="liblinear", intercept_scaling=INTERCEPT_SCALING, random_state=seed
    ).fit(columns, labels == labels[0], sample_weight=weight)
    weights = direction * model.coef_[0] / scales
    slopes, bends, marks = np.split(weights, [X.shape[1], X.shape[1] + len(bent)])
    is_kept = bends != 0
    line = replace(level(X.shape[1]), slopes=slopes, bent=bent[is_kept], knots=knots[is_kept], bends=bends[is_kept])
    missing = line.terms(medians[None].astype(np.float32))[0]
    missing[is_marked] += marks
    intercept = float(direction * model.intercept_[0] - weights @ means) + shift
    line = replace(line, intercept=intercept, missing=missing)
    return replace(line, usual=line.terms(X).mean(axis=0))


def _scales(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each column's standard deviation; of a column of two values their half distance, whatever their shares."""
    low, high = columns.min(axis=0), columns.max(axis=0)
    is_of_two = ((columns == low) | (columns == high)).all(axis=0)
    scales: NDArray[np.float64] = np.where(is_of_two, (high - low) / 2, columns.std(axis=0))
    scales[scales == 0] = 1
    return scales


def _medians(X: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give each column's median, 0 where nothing is known."""
    medians = np.zeros(X.shape[1])
    is_known = ~np.isnan(X).all(axis=0)
    medians[is_known] = np.nanmedian(X[:, is_known], axis=0)
    return medians


def _place_knots(X: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give the columns' inner quantiles, as positions of columns and values; none of columns of two values."""
    bent, knots = [], []
    for column, values in enumerate(X.T):
        known = values[~np.isnan(values)].astype(np.float64)
        if len(known) == 0:
            continue
        inner = np.unique(np.quantile(known, np.arange(1, KNOTS + 1) / (KNOTS + 1)))
        inner = inner[(inner > known.min()) & (inner < known.max())]
        bent.append(np.full(len(inner), column))
        knots.append(inner)
    return np.concatenate([*bent, np.empty(0, int)]), np.concatenate([*knots, np.empty(0)])


def _draw(labels: NDArray[np.int8], random: np.random.Generator) -> tuple[NDArray[np.intp], float]:
    """Draw at most ``MOST_OF_CLASS`` rows of each class; return them and what that takes off everybody's log odds."""
    drawn, shift = [], 0.0
    # The first row's class is drawn first, so that swapping the labels mirrors the draw.
    for label in (labels[0], 1 - labels[0]):
        rows = np.flatnonzero(labels == label)
        chosen = random.choice(rows, min(len(rows), MOST_OF_CLASS), replace=False)
        drawn.append(chosen)
        shift += (2 * int(label) - 1) * float(np.log(len(rows) / len(chosen)))
    return np.sort(np.concatenate(drawn)), shift


def _log_loss(log_odds: NDArray[np.float64], labels: NDArray[np.int8]) -> NDArray[np.float64]:
    """Give each row's log loss."""
    loss: NDArray[np.float64] = np.logaddexp(0, log_odds) - labels * log_odds
    return loss
