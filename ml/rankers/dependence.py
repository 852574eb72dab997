"""How the score moves with a feature: partial dependence (Friedman, 2001) of the votes on the features worth most."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml.rankers.recipe import FacetRanker

# Rows whose scores are averaged at every point: votes spread by .5 at most, so a mean over a thousand is known to .016.
MOST_ROWS = 1000
FEATURES_SHOWN = 6
GRID = np.linspace(0.05, 0.95, 10)
LEVELS_SHOWN = 8
# Missing is a point of its own where so large a share of the rows has no value.
SHARE_MISSING_SHOWN = 0.05


def partial_dependence(
    model: FacetRanker, table: pa.Table, features: Sequence[str], *, seed: int
) -> list[dict[str, Any]]:
    """Average the votes over people as they are but for one feature, which everybody has the same value of.

    Parameters
    ----------
    model : FacetRanker
        Fitted. What is described is this model, not the world: it says nothing of causes, and where two features go
        together it scores people that do not exist.
    table : pyarrow.Table
        Rows it was trained on; at most ``MOST_ROWS`` of them, drawn by ``seed``, are scored.
    features : sequence of str
        The most important first. The first ``FEATURES_SHOWN`` of which the rows have more than one value are looked at.
    seed : int
        Of the draw.

    Returns
    -------
    list of dict
        ``feature``, ``kind`` and ``points``: dicts of ``value`` (a number, a text, or None for missing), ``share`` of
        the rows that have it (None for a number) and mean ``score`` in [0, 1]. Numbers go by ten quantiles from 5% to
        95%, truth values both, categories by the eight most frequent levels.
    """
    kinds = dict(model.pipeline["encode"].features)
    drawn = np.random.default_rng(seed).permutation(table.num_rows)[:MOST_ROWS]
    sample = table.take(np.sort(drawn))
    grids = ((feature, _grid(table[feature], kinds[feature])) for feature in features)
    shown = islice(((feature, points) for feature, points in grids if len(points) > 1), FEATURES_SHOWN)
    return [
        {"feature": feature, "kind": kinds[feature], "points": _scored(model, sample, feature, points)}
        for feature, points in shown
    ]


def _scored(model: FacetRanker, sample: pa.Table, feature: str, points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each point the mean score of the sample given its value."""
    place = sample.column_names.index(feature)
    scored = []
    for point in points:
        constant = pa.repeat(pa.scalar(point["value"], sample[feature].type), sample.num_rows)
        votes, _ = model.score_table(sample.set_column(place, feature, constant))
        scored.append({**point, "score": float(votes.mean())})
    return scored


def _grid(column: pa.ChunkedArray, kind: str) -> list[dict[str, Any]]:
    return _numbers(column) if kind == "numeric" else _levels(column)


def _numbers(column: pa.ChunkedArray) -> list[dict[str, Any]]:
    values = column.cast(pa.float64()).to_numpy()
    known = values[~np.isnan(values)]
    # Values that occur, so that whole numbers stay whole.
    grid = np.unique(np.quantile(known, GRID, method="inverted_cdf")) if len(known) else np.zeros(0)
    whole = pa.types.is_integer(column.type)
    points = [{"value": int(value) if whole else float(value), "share": None} for value in grid]
    share_missing = 1 - len(known) / len(values)
    return points + ([{"value": None, "share": share_missing}] if share_missing >= SHARE_MISSING_SHOWN else [])


def _levels(column: pa.ChunkedArray) -> list[dict[str, Any]]:
    counted = [(pair["values"], pair["counts"]) for pair in pc.value_counts(column).to_pylist()]
    frequent = sorted(counted, key=lambda pair: (-pair[1], str(pair[0])))[:LEVELS_SHOWN]
    return [{"value": value, "share": count / len(column)} for value, count in frequent]
