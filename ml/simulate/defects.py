"""Dirty data: rows broken in the ways in which exports are, for the loader to refuse or see through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ml.simulate.arrays import stream

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig

# Which column is broken to what; the first that a table has is taken.
_BROKEN: tuple[tuple[str, str | None], ...] = (
    ("event_type", "promoted"),
    ("ended_on", "1970-01-01"),
    ("source", "carrier pigeon"),
    ("action", "maybe"),
    ("openings", "0"),
    ("application_id", "NOBODY"),
    ("candidate_id", "NOBODY"),
)
_ANY: tuple[tuple[str, str | None], ...] = (
    ("recorded_at", "soon"),
    ("recorded_at", None),
    ("recorded_at", "2999-01-01T00:00:00Z"),
)


def break_rows(config: SimulationConfig, name: str, table: pa.Table) -> tuple[pa.Table, int]:
    """Break a share of a table's rows; half as many rows again are repeated as they are.

    Returns
    -------
    table : pyarrow.Table
        All columns as text, as a broken value has no other type.
    defects : int
        How many rows were broken.
    """
    if config.dirty == 0:
        return table, 0
    rng = stream(config.seed, f"defects of {name}")
    text = {column: table[column].cast(pa.string()).to_numpy(zero_copy_only=False) for column in table.column_names}
    rows = np.flatnonzero(rng.random(table.num_rows) < config.dirty)
    own = [(column, value) for column, value in _BROKEN if column in text][:1]
    kinds = [*own, *_ANY]
    for row, kind in zip(rows, rng.integers(0, len(kinds), len(rows)), strict=True):
        column, value = kinds[kind]
        text[column][row] = value
    broken = pa.table({column: pa.array(values, pa.string()) for column, values in text.items()})
    repeated = np.flatnonzero(rng.random(table.num_rows) < config.dirty / 2)
    return pa.concat_tables([broken, broken.take(pa.array(repeated))]), len(rows)
