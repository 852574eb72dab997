"""Write Arrow data to Postgres by a binary COPY that numpy builds, without one Python object per value.

A binary COPY is a header, then per row a field count and per field a length (-1 for null) and the value in network
byte order, then a trailer. The length of every field is known from the columns, hence the place of every byte: each
column is scattered into the buffer in a few numpy calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import psycopg
    import pyarrow as pa
    from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
ROWS_PER_BLOCK = 16_384

# Postgres counts days and microseconds from 2000-01-01, Arrow from 1970-01-01.
_EPOCH_DAYS = 10_957
_EPOCH_MICROSECONDS = _EPOCH_DAYS * 86_400_000_000
_JSONB_VERSION = b"\x01"


def copy_batches(
    connection: psycopg.Connection,
    table: sql.Composable,
    batches: Iterable[pa.RecordBatch],
    *,
    jsonb: Collection[str] = (),
    freeze: bool = False,
) -> int:
    """Append record batches to a table, in the transaction of the connection.

    Parameters
    ----------
    connection : psycopg.Connection
        Open connection of a role that may insert.
    table : psycopg.sql.Composable
        The table, quoted: ``sql.Identifier("scores", "facet_scores")``.
    batches : iterable of pyarrow.RecordBatch
        All of one schema. Types: string (text), bool, int16, int32, int64, float32, float64, date32,
        timestamp[us, UTC] (timestamptz). Null is NULL, NaN stays NaN. A float column is for a float column of the
        same width: binary COPY does not convert.
    jsonb : collection of str, default=()
        String columns whose target is jsonb.
    freeze : bool, default=False
        Write rows as frozen and pages as all-visible, so that index-only scans work at once; the table must have been
        made in this transaction.

    Returns
    -------
    int
        Rows written.
    """
    rows = 0
    iterator = iter(batches)
    first = next(iterator, None)
    if first is None:
        return 0
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in first.schema.names)
    options = sql.SQL("format binary, freeze" if freeze else "format binary")
    statement = sql.SQL("copy {} ({}) from stdin ({})").format(table, columns, options)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(HEADER)
        for batch in _chain(first, iterator):
            for block in binary_rows(batch, jsonb=jsonb):
                copy.write(block)
            rows += batch.num_rows
        copy.write(TRAILER)
    return rows


def _chain(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def binary_rows(batch: pa.RecordBatch, *, jsonb: Collection[str] = ()) -> Iterator[memoryview]:
    """Encode the rows of a batch, without header and trailer, in blocks of at most ``ROWS_PER_BLOCK`` rows.

    Raises
    ------
    TypeError
        A column has a type that is not listed at ``copy_batches``.
    """
    for start in range(0, batch.num_rows, ROWS_PER_BLOCK):
        yield _encode(batch.slice(start, ROWS_PER_BLOCK), jsonb)


def _encode(batch: pa.RecordBatch, jsonb: Collection[str]) -> memoryview:
    columns = [
        _encode_column(name, column, is_jsonb=name in jsonb)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    sizes = [column.sizes() for column in columns]
    row_sizes = np.full(batch.num_rows, 2, np.int64)
    for size in sizes:
        row_sizes += size
    places = np.concatenate([[0], np.cumsum(row_sizes)])
    buffer = np.empty(places[-1], np.uint8)
    position = places[:-1]
    _scatter(buffer, position, np.full((batch.num_rows, 1), len(columns), ">i2").view(np.uint8))
    position = position + 2
    for column, size in zip(columns, sizes, strict=True):
        column.write(buffer, position)
        position = position + size
    return memoryview(buffer)


class _Fixed:
    """A column whose values all have one width; ``rows`` holds each length and value, as sent."""

    def __init__(self, values: NDArray[np.generic], is_null: NDArray[np.bool_]) -> None:
        width = values.dtype.itemsize
        self.is_null = is_null
        self.rows = np.empty((len(values), 4 + width), np.uint8)
        self.rows[:, :4] = _length_bytes(np.full(len(values), width))
        self.rows[:, 4:] = np.ascontiguousarray(values).view(np.uint8).reshape(-1, width)

    def sizes(self) -> NDArray[np.int64]:
        return np.where(self.is_null, 4, self.rows.shape[1])

    def write(self, buffer: NDArray[np.uint8], position: NDArray[np.int64]) -> None:
        if not self.is_null.any():
            _scatter(buffer, position, self.rows)
            return
        _scatter(buffer, position[~self.is_null], self.rows[~self.is_null])
        nulls = position[self.is_null]
        _scatter(buffer, nulls, _length_bytes(np.full(len(nulls), -1)))


class _Variable:
    """A column of UTF-8 strings, each behind an optional prefix."""

    def __init__(self, column: pa.Array, is_null: NDArray[np.bool_], prefix: bytes) -> None:
        # Arrow leaves undefined bytes below a null; a null must have no length here.
        offsets, data = _string_buffers(column)
        self.is_null = is_null
        self.prefix = np.frombuffer(prefix, np.uint8)
        self.starts = offsets[:-1]
        self.lengths = np.where(is_null, 0, np.diff(offsets))
        self.data = data

    def sizes(self) -> NDArray[np.int64]:
        return 4 + np.where(self.is_null, 0, self.lengths + len(self.prefix))

    def write(self, buffer: NDArray[np.uint8], position: NDArray[np.int64]) -> None:
        announced = np.where(self.is_null, -1, self.lengths + len(self.prefix))
        _scatter(buffer, position, _length_bytes(announced))
        if len(self.prefix):
            full = position[~self.is_null]
            _scatter(buffer, full + 4, np.broadcast_to(self.prefix, (len(full), len(self.prefix))))
        total = int(self.lengths.sum())
        within = np.arange(total) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)
        target = np.repeat(position + 4 + len(self.prefix), self.lengths) + within
        buffer[target] = self.data[np.repeat(self.starts, self.lengths) + within]


def _encode_column(name: str, column: pa.Array, *, is_jsonb: bool) -> _Fixed | _Variable:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    is_null = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _Variable(column.cast(pa.large_string()), is_null, _JSONB_VERSION if is_jsonb else b"")
    if pa.types.is_boolean(kind):
        return _Fixed(_filled(column, pa.uint8()), is_null)
    if pa.types.is_integer(kind) and kind.bit_width > 8 and pa.types.is_signed_integer(kind):
        return _Fixed(_filled(column, kind).astype(f">i{kind.bit_width // 8}"), is_null)
    if kind in (pa.float32(), pa.float64()):
        return _Fixed(_filled(column, kind).astype(f">f{kind.bit_width // 8}"), is_null)
    if pa.types.is_date32(kind):
        return _Fixed((_filled(column, pa.int32()) - _EPOCH_DAYS).astype(">i4"), is_null)
    if kind == pa.timestamp("us", tz="UTC"):
        return _Fixed((_filled(column, pa.int64()) - _EPOCH_MICROSECONDS).astype(">i8"), is_null)
    raise TypeError(f"column {name}: binary COPY has no form for {kind}")


def _filled(column: pa.Array, kind: pa.DataType) -> NDArray[np.generic]:
    """Values as numpy, zero where null."""
    import pyarrow as pa

    plain = column.cast(kind)
    array: NDArray[np.generic] = plain.fill_null(pa.scalar(0, kind)).to_numpy(zero_copy_only=False)
    return array


def _string_buffers(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return ends, np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)


def _length_bytes(lengths: NDArray[np.integer]) -> NDArray[np.uint8]:
    return lengths.astype(">i4").reshape(-1, 1).view(np.uint8)


def _scatter(buffer: NDArray[np.uint8], position: NDArray[np.int64], rows: NDArray[np.uint8]) -> None:
    """Write row i of ``rows`` at byte ``position[i]``."""
    if len(position):
        np.lib.stride_tricks.sliding_window_view(buffer, rows.shape[1], writeable=True)[position] = rows
