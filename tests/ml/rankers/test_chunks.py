"""Scoring holds one chunk of rows at a time, and of all rows nothing but vectors."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from ml.rankers import recipe as recipe_module
from ml.rankers.calibration import PlattCalibration
from ml.rankers.chunks import CHUNK_ROWS, chunks
from ml.rankers.recipe import FacetRanker, build_recipe
from tests.ml.rankers.factories import FEATURES, make_table, organisation

VECTOR = 8  # bytes a row


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return make_table(3000)


@pytest.fixture(scope="module")
def model(table: pa.Table) -> FacetRanker:
    # Every worker holds a chunk: with one the figures do not depend on the machine.
    recipe = build_recipe(FEATURES, organisation().rankers).set_params(forest__n_jobs=1)
    labels = table["label"].to_numpy()
    recipe.fit(table, labels)
    shares = recipe["forest"].frequencies(recipe["encode"].transform(table))
    return FacetRanker(recipe, PlattCalibration().fit(shares, labels))


def bytes_per_row(score: Callable[[int], object], few: int, many: int) -> float:
    """By how much the most memory in use grows with a row."""
    peaks = []
    for n_rows in (few, many):
        tracemalloc.start()
        score(n_rows)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return (peaks[1] - peaks[0]) / (many - few)


def test_chunks_are_all_rows_once() -> None:
    n_rows = 2 * CHUNK_ROWS + 1
    assert [(part.start, part.stop) for part in chunks(n_rows)] == [
        (0, CHUNK_ROWS), (CHUNK_ROWS, 2 * CHUNK_ROWS), (2 * CHUNK_ROWS, n_rows)
    ]  # fmt: skip
    assert list(chunks(0)) == []


def test_scoring_a_matrix_adds_vectors_only(model: FacetRanker, table: pa.Table) -> None:
    matrix: NDArray[np.float32] = np.resize(model.pipeline["encode"].transform(table), (64 * CHUNK_ROWS, 7))
    # Sums and shares of votes and of frequencies. The trees' own columns, eight of 4 bytes, would be four vectors more.
    grown = bytes_per_row(lambda n: model.pipeline["forest"].score_both(matrix[:n]), 16 * CHUNK_ROWS, 64 * CHUNK_ROWS)
    assert grown < 4.5 * VECTOR


def test_scoring_a_table_adds_vectors_only(
    model: FacetRanker, table: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe_module, "SLICE_ROWS", 4096)
    many = pa.concat_tables([table] * 32).combine_chunks()
    # Votes and frequencies, and three vectors on the way from frequencies to probabilities; the encoded features would
    # be seven columns of 4 bytes more.
    grown = bytes_per_row(lambda n: model.score_table(many.slice(0, n)), 24_000, 96_000)
    assert grown < 5.5 * VECTOR
