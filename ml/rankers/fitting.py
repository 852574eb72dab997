"""How a recipe is fitted: the encoder on labels, the forest on labels too or, where there are tenures, on those."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ml.rankers.risk_sets import TenureData


def fit_recipe(
    recipe: Pipeline,
    table: pa.Table,
    labels: NDArray[np.int8],
    *,
    tenures: TenureData | None = None,
    origin: np.datetime64 | None = None,
    besides: NDArray[np.object_] | None = None,
) -> NDArray[np.float32]:
    """Fit a recipe in place and give the encoded training rows.

    Parameters
    ----------
    recipe : Pipeline
        Steps ``encode`` and ``forest``.
    table : pyarrow.Table with n_rows rows
        The recipe's features, and with tenures ``application_id``.
    labels : ndarray of shape (n_rows,)
        1 for positive, 0 for negative.
    tenures : TenureData, optional
        What the forest learns from instead of the labels.
    origin, besides : optional
        As in :meth:`ml.rankers.risk_sets.TenureData.at_risk`.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), float32
        Each row encoded without its own label.
    """
    matrix: NDArray[np.float32] = recipe["encode"].fit_transform(table, labels)
    if tenures is None:
        recipe["forest"].fit(matrix, labels)
        return matrix
    rows = tenures.at_risk(origin, besides)
    everybody = tenures.encode(recipe["encode"], table, matrix)
    recipe["forest"].fit(everybody[rows.people], rows.labels, draw_weight=rows.weights, groups=rows.people)
    return matrix
