"""From typed columns to the float32 matrix that the forest reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ml.rankers.codes import Codes, column, numbers, positions

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

# A level on fewer rows teaches nothing that shrinkage would not take back.
FEWEST_ROWS_OF_LEVEL = 5
# A share of positives learned from fewer of the rarer class per level is noise: up to MOST_COLUMNS levels get a
# column each instead. Measured on the public hiring files from 65 rows of the rarer class up.
RAREST_PER_LEVEL = 10
MOST_COLUMNS = 32


class FeatureEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Encode the features of a contract as one float32 matrix.

    Numbers stay as they are and truth values become 0 and 1, both with NaN for missing. A categorical feature of
    few levels becomes one 0/1 column per level; one of more levels becomes one column, the level's smoothed share
    of positives, cross-fitted on training rows so that no row's own label is in its code (scikit-learn's
    ``TargetEncoder``). Where training has fewer than ten rows of the rarer class per level, up to 32 levels count
    as few. A missing value is a level of its own. A level that training did not know, or knew from fewer than
    five rows, has all zeros, or the overall share of positives.

    Parameters
    ----------
    features : tuple of (str, str)
        Name and kind (``numeric``, ``categorical`` or ``boolean``) of each column, in the order of the matrix.
    one_hot_levels : int, default=10
        Levels that always count as few.
    random_state : int, default=0
        Source of the cross-fitting folds.

    Attributes
    ----------
    levels_ : dict of str to ndarray of str
        Known levels of each categorical feature, sorted.
    codes_ : dict of str to ndarray of shape (n_levels + 2, n_columns), float32
        What each level, a missing value and an unknown level become.
    """

    levels_: dict[str, NDArray[np.str_]]
    codes_: dict[str, NDArray[np.float32]]

    def __init__(
        self, features: tuple[tuple[str, str], ...], *, one_hot_levels: int = 10, random_state: int = 0
    ) -> None:
        self.features = features
        self.one_hot_levels = one_hot_levels
        self.random_state = random_state

    def fit(self, X: pa.Table | pd.DataFrame, y: ArrayLike) -> FeatureEncoder:
        """Learn the levels and their codes; to train a forest use :meth:`fit_transform`, which is cross-fitted."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: pa.Table | pd.DataFrame, y: ArrayLike) -> NDArray[np.float32]:
        """Learn the codes and encode the training rows with each row's own label left out.

        Parameters
        ----------
        X : pyarrow.Table or DataFrame with n_samples rows
            Has a column for every feature; others are ignored.
        y : array-like of shape (n_samples,)
            1 for positive, 0 for negative; at least five of each.

        Returns
        -------
        ndarray of shape (n_samples, n_columns), float32

        Raises
        ------
        MissingFeatureError
            A declared feature is not a column of X.
        """
        table, labels = as_table(X), np.asarray(y)
        self.levels_, self.codes_ = {}, {}
        blocks = []
        for name, kind in self.features:
            values = column(table, name)
            blocks.append(self._learn(name, values, labels) if kind == "categorical" else numbers(values)[:, None])
        return np.hstack(blocks)

    def transform(self, X: pa.Table | pd.DataFrame) -> NDArray[np.float32]:
        """Encode rows as learned: shape (n_samples, n_columns), float32; raises as :meth:`fit_transform`."""
        check_is_fitted(self, "codes_")
        return self.learned.matrix(as_table(X))

    @property
    def learned(self) -> Codes:
        """What :meth:`transform` does, by itself."""
        return Codes(self.features, self.levels_, self.codes_)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Name the matrix's columns: ``feature``, or ``feature=level`` for those with a column per level."""
        names: list[str] = []
        for name, kind in self.features:
            if kind == "categorical" and self.codes_[name].shape[1] == len(self.levels_[name]) + 1:
                names += [f"{name}={level}" for level in (*self.levels_[name], "(missing)")]
            else:
                names.append(name)
        return np.array(names, dtype=object)

    def _learn(self, name: str, values: pa.ChunkedArray, labels: NDArray[Any]) -> NDArray[np.float32]:
        levels = self.levels_[name] = frequent_levels(values)
        places = positions(values, levels)
        if self._are_few(len(levels), labels):
            codes = self.codes_[name] = np.eye(len(levels) + 2, len(levels) + 1, dtype=np.float32)
            return codes[places]
        encoded, self.codes_[name] = self._target_encode(places, labels, len(levels))
        return encoded

    def _are_few(self, n_levels: int, labels: NDArray[Any]) -> bool:
        rarer = min(int(labels.sum()), len(labels) - int(labels.sum()))
        return n_levels <= self.one_hot_levels or (n_levels <= MOST_COLUMNS and rarer < RAREST_PER_LEVEL * n_levels)

    def _target_encode(
        self, places: NDArray[np.intp], labels: NDArray[Any], n_levels: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the rows' cross-fitted codes, shape (n_rows, 1), and the levels' codes, shape (n_levels + 2, 1)."""
        from sklearn.model_selection import StratifiedKFold
        from sklearn.preprocessing import TargetEncoder

        split = StratifiedKFold(5, shuffle=True, random_state=self.random_state)
        encoder = TargetEncoder(target_type="binary", cv=split)
        encoded = encoder.fit_transform(places[:, None], labels).astype(np.float32)
        codes = np.full((n_levels + 2, 1), encoder.target_mean_, dtype=np.float32)
        codes[encoder.categories_[0], 0] = encoder.encodings_[0]
        unknown = n_levels + 1
        codes[unknown] = encoder.target_mean_
        encoded[places == unknown] = encoder.target_mean_
        return encoded, codes


def as_table(X: pa.Table | pd.DataFrame) -> pa.Table:
    """Give a table of Arrow columns, whichever of the two kinds it was."""
    return X if isinstance(X, pa.Table) else pa.Table.from_pandas(X, preserve_index=False)


def frequent_levels(column: pa.ChunkedArray) -> NDArray[np.str_]:
    """List the levels on at least five rows, sorted."""
    counts = pc.value_counts(column.cast(pa.string()).drop_null())
    frequent = counts.filter(pc.greater_equal(counts.field("counts"), FEWEST_ROWS_OF_LEVEL))
    return np.sort(np.array(frequent.field("values").to_pylist(), dtype=np.str_))
