"""What the values of features become in the float32 matrix that the forest reads.

Apart from the estimator that learns it, so that explaining one application does not wait for scikit-learn's import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml.errors import FacetrankError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class MissingFeatureError(FacetrankError):
    """A table lacks a column that a ranker was declared with."""


@dataclass(frozen=True)
class Codes:
    """The codes of a fitted :class:`ml.rankers.encoding.FeatureEncoder`.

    Attributes
    ----------
    features : tuple of (str, str)
        Name and kind of each feature, in the order of the matrix.
    levels : mapping of str to ndarray of str
        Known levels of each categorical feature, sorted.
    codes : mapping of str to ndarray of shape (n_levels + 2, n_columns), float32
        What each level, a missing value and an unknown level become.
    """

    features: tuple[tuple[str, str], ...]
    levels: Mapping[str, NDArray[np.str_]]
    codes: Mapping[str, NDArray[np.float32]]

    @property
    def features_of_columns(self) -> NDArray[np.intp]:
        """The position in ``features`` of what each column of the matrix encodes, shape (n_columns,)."""
        return np.repeat(np.arange(len(self.features)), self._widths)

    @property
    def _widths(self) -> list[int]:
        return [self.codes[name].shape[1] if kind == "categorical" else 1 for name, kind in self.features]

    def matrix(self, table: pa.Table) -> NDArray[np.float32]:
        """Encode rows: shape (n_rows, n_columns), float32, NaN where a number is missing.

        Raises
        ------
        MissingFeatureError
            A feature is not a column of the table.
        """
        widths = self._widths
        matrix = np.empty((table.num_rows, sum(widths)), dtype=np.float32)
        start = 0
        for (name, kind), width in zip(self.features, widths, strict=True):
            values = column(table, name)
            if kind == "categorical":
                matrix[:, start : start + width] = self.codes[name][positions(values, self.levels[name])]
            else:
                matrix[:, start] = numbers(values)
            start += width
        return matrix


def column(table: pa.Table, name: str) -> pa.ChunkedArray:
    """Give a feature's column; raises as :meth:`Codes.matrix`."""
    if name not in table.column_names:
        raise MissingFeatureError(f"The feature {name} is missing: build the features with the ranker's contract.")
    return table.column(name)


def numbers(values: pa.ChunkedArray) -> NDArray[np.float32]:
    """Give numbers and truth values as float32, NaN for null."""
    converted: NDArray[np.float32] = values.cast(pa.float32()).to_numpy()
    return converted


def positions(values: pa.ChunkedArray, levels: NDArray[np.str_]) -> NDArray[np.intp]:
    """Give each row's level a number: its place in ``levels``, then one number for missing and one for unknown."""
    encoded = values.cast(pa.string()).combine_chunks().dictionary_encode()
    known = pc.index_in(encoded.dictionary, value_set=pa.array(levels.tolist(), pa.string()))
    places = np.append(pc.fill_null(known, len(levels) + 1).to_numpy(), len(levels))
    found: NDArray[np.intp] = places[pc.fill_null(encoded.indices, len(places) - 1).to_numpy()].astype(np.intp)
    return found
