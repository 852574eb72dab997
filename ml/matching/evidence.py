"""What speaks for a technical match and what is missing: the description's heaviest words, per application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

LISTED_WORDS = 8


def words_found(weights: csr_array, earned: csr_array, words: Sequence[str]) -> list[dict[str, list[str]]]:
    """List the words that earned most and the heaviest words that are missing.

    Parameters
    ----------
    weights : csr_array of shape (n_pairs, n_words)
        The description's weights of the words that it asks for, for each pair of a resume and a description.
    earned : csr_array of shape (n_pairs, n_words)
        Those weights of the words that the resume says.
    words : sequence of str
        Names of the columns.

    Returns
    -------
    list of dict
        ``{"matched": [...], "missing": [...]}`` per pair, at most ``LISTED_WORDS`` each, the weightiest first, ties in
        alphabetical order.
    """
    lacking = weights - weights.multiply(earned.astype(bool))
    matched = _heaviest(earned, words)
    missing = _heaviest(lacking.tocsr(), words)
    return [{"matched": has, "missing": lacks} for has, lacks in zip(matched, missing, strict=True)]


def weightiest(weights: csr_array) -> csr_array:
    """Mark the ``LISTED_WORDS`` weightiest words of each row, or all if there are fewer, by ones in the same shape."""
    from scipy.sparse import csr_array

    listed = _listed(weights)
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))[listed]
    return csr_array((np.ones(len(listed)), (rows, weights.indices[listed])), shape=weights.shape)


def _listed(matrix: csr_array) -> NDArray[np.intp]:
    """Positions of the entries that are listed, row by row, the weightiest first."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(order)) - matrix.indptr[rows]
    return order[place < LISTED_WORDS]


def _heaviest(matrix: csr_array, words: Sequence[str]) -> list[list[str]]:
    matrix.eliminate_zeros()
    listed = _listed(matrix)
    names = np.array(words, dtype=object)[matrix.indices[listed]]
    ends: NDArray[np.int64] = np.cumsum(np.minimum(np.diff(matrix.indptr), LISTED_WORDS))
    return [list(part) for part in np.split(names, ends[:-1])] if matrix.shape[0] else []
