"""The fitted linear score of a forest: weights only, so that explaining does not wait for scikit-learn's import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Line:
    """Log odds as a sum over columns, of each a line that may bend.

    Attributes
    ----------
    intercept : float
        Log odds of a row of zeros, before any bend.
    slopes, missing : ndarray of shape (n_columns,)
        What a unit of each column before its first bend, and a missing value in it, adds.
    usual : ndarray of shape (n_columns,)
        What each column added on average in training.
    bent : ndarray of int, shape (n_bends,)
        Position of each bend's column.
    knots, bends : ndarray of shape (n_bends,)
        Value at which the column's slope changes, and by how much.
    """

    intercept: float
    slopes: NDArray[np.float64]
    missing: NDArray[np.float64]
    usual: NDArray[np.float64]
    bent: NDArray[np.intp]
    knots: NDArray[np.float64]
    bends: NDArray[np.float64]

    def terms(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what each column adds to each row's log odds, shape (n_rows, n_columns)."""
        terms = X * self.slopes
        for column, knot, bend in zip(self.bent.tolist(), self.knots, self.bends, strict=True):
            terms[:, column] += np.maximum(X[:, column] - knot, 0) * bend
        return np.where(np.isnan(X), self.missing, terms)

    def log_odds(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return each row's log odds, shape (n_rows,)."""
        log_odds: NDArray[np.float64] = self.intercept + self.terms(X).sum(axis=1)
        return log_odds

    def append_to(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the rows with their log odds as the last column, shape (n_rows, n_columns + 1)."""
        return np.column_stack([X, self.log_odds(X).astype(np.float32)])

    def share_out(
        self, whole: NDArray[np.float64], X: NDArray[np.float32], owners: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Share what the linear score contributes to a forest's score among the features that pulled it that way.

        A feature pulls by how far its columns' terms are from the usual ones. In proportion to their pull: those that
        pull against it get nothing, so that no feature is credited with more than there is to share. If none pulls
        that way, all share alike.

        Parameters
        ----------
        whole : ndarray of shape (n_rows,)
            To be shared, of either sign.
        X : ndarray of shape (n_rows, n_columns), float32
            The rows, without the linear score.
        owners : ndarray of shape (n_columns,)
            Position of each column's feature, ascending; every feature has a column.

        Returns
        -------
        ndarray of shape (n_rows, n_features)
            Rows add up to ``whole``.
        """
        first_columns = np.flatnonzero(np.diff(owners, prepend=-1))
        pull = np.add.reduceat(self.terms(X) - self.usual, first_columns, axis=1)
        shares = np.maximum(pull * np.sign(whole)[:, None], 0)
        shares[shares.sum(axis=1) == 0] = 1
        shared: NDArray[np.float64] = whole[:, None] * shares / shares.sum(axis=1, keepdims=True)
        return shared


def level(n_columns: int) -> Line:
    """Give the line of so many columns that gives everybody log odds of 0."""
    nothing, nowhere = np.zeros(n_columns), np.empty(0)
    return Line(0.0, nothing, nothing, nothing, np.empty(0, np.intp), nowhere, nowhere)
