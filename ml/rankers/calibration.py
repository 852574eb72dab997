"""From leaf frequencies to probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from sklearn.utils import Tags


class PlattCalibration(BaseEstimator):  # type: ignore[misc]
    """Map balanced leaf frequencies to probabilities by a logistic curve on their log odds (Platt, 1999).

    Trees grown on balanced samples answer as if half of all people were positive: a shift of the log odds,
    which the intercept undoes. Two parameters are sound for two hundred labels as for a million, and the curve
    is strictly increasing, so that probabilities order people as finely as the frequencies do and break the
    ties of the votes; isotonic regression would make new ties.

    Attributes
    ----------
    intercept_, slope_ : float
        Of the log odds. Where frequencies order people no better than backwards, the slope is 0 and
        everybody gets the base rate.
    """

    intercept_: float
    slope_: float

    def fit(self, frequencies: ArrayLike, labels: ArrayLike) -> PlattCalibration:
        """Fit the curve on out-of-fold frequencies.

        Parameters
        ----------
        frequencies : array-like of shape (n_rows,), in [0, 1]
            Averaged leaf frequencies of rows that the trees did not train on.
        labels : array-like of shape (n_rows,)
            1 for positive, 0 for negative; at least one of each.

        Raises
        ------
        ValueError
            Frequencies or labels are not one column of finite numbers, or not equally many.
        """
        from scipy.optimize import minimize
        from scipy.special import expit, logit

        odds, labels = _log_odds(frequencies), _column(labels, "labels", fewest=1)
        check_consistent_length(odds, labels)
        positives, negatives = labels.sum(), (1 - labels).sum()
        # Platt's targets: a perfect separation would otherwise ask for an infinite slope.
        targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            z = parameters[0] + parameters[1] * odds
            residual = expit(z) - targets
            value = np.mean(np.logaddexp(0, z) - targets * z)
            return float(value), np.array([residual.mean(), (residual * odds).mean()])

        start = np.array([logit(targets.mean()), 0.0])
        self.intercept_, self.slope_ = (float(value) for value in minimize(loss, start, jac=True, method="BFGS").x)
        if self.slope_ <= 0:
            self.intercept_, self.slope_ = float(start[0]), 0.0
        return self

    def predict(self, frequencies: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of a positive label for each frequency, in (0, 1); raises as :meth:`fit`."""
        from scipy.special import expit

        check_is_fitted(self, "slope_")
        probabilities: NDArray[np.float64] = expit(self.intercept_ + self.slope_ * _log_odds(frequencies))
        return probabilities

    def __sklearn_tags__(self) -> Tags:
        """Say that it takes one column, as scikit-learn's isotonic regression does."""
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array, tags.input_tags.two_d_array = True, False
        return tags


def _column(values: ArrayLike, name: str, *, fewest: int = 0) -> NDArray[np.float64]:
    column: NDArray[np.float64] = check_array(
        values, dtype=np.float64, ensure_2d=False, ensure_min_samples=fewest, input_name=name
    )
    if column.ndim != 1 and column.shape[1:] != (1,):
        raise ValueError(f"{name}: expected one column, got an array of shape {column.shape}")
    return column.ravel()


def _log_odds(frequencies: ArrayLike) -> NDArray[np.float64]:
    # Pure leaves in every tree are possible in small data; their log odds must stay finite.
    clipped = np.clip(_column(frequencies, "frequencies"), 1e-6, 1 - 1e-6)
    odds: NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return odds
