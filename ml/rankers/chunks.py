"""Rows that are scored together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Large enough to amortise a call per tree, small enough to stay in cache and to bound the memory of a batch whatever
# its length.
CHUNK_ROWS = 2048


def chunks(n_rows: int) -> Iterator[slice]:
    """Cut so many rows into chunks, the last of them shorter."""
    return (slice(start, min(start + CHUNK_ROWS, n_rows)) for start in range(0, n_rows, CHUNK_ROWS))
