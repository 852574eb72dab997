"""Binary COPY: what is written is what is read back, for every type, null pattern and awkward value."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pytest
from psycopg import sql

from ml.warehouse.copy import ROWS_PER_BLOCK, binary_rows, copy_batches
from ml.warehouse.roles import OWNER

UTC = dt.UTC
COLUMNS = {
    "name": ("text", pa.string()),
    "is_open": ("boolean", pa.bool_()),
    "part": ("smallint", pa.int16()),
    "openings": ("integer", pa.int32()),
    "batch_id": ("bigint", pa.int64()),
    "ratio": ("real", pa.float32()),
    "score": ("double precision", pa.float64()),
    "started_on": ("date", pa.date32()),
    "applied_at": ("timestamptz", pa.timestamp("us", tz="UTC")),
}
ROWS = [
    ("", True, -32768, -1, 2**62, 0.5, math.nan, dt.date(1969, 7, 20), dt.datetime(1969, 7, 20, 20, 17, tzinfo=UTC)),
    ("Zoë 漢字 🎉\n\t\\N", False, 32767, 2**31 - 1, -(2**63), -0.0, math.inf, dt.date(2000, 1, 1),
     dt.datetime(2000, 1, 1, tzinfo=UTC)),
    (None,) * 9,
    ("x" * 70_000, True, 0, 0, 0, 1.0, 0.1, dt.date(2026, 2, 28), dt.datetime(2026, 2, 28, 23, 59, 59, 999999, UTC)),
]  # fmt: skip


@pytest.fixture
def connection(fresh_warehouse):
    with fresh_warehouse.connect(OWNER) as opened:
        opened.execute(
            "create temporary table target (" + ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items()) + ")"
        )
        yield opened


def batch_of(rows):
    arrays = [
        pa.array(values, kind) for values, (_, kind) in zip(zip(*rows, strict=True), COLUMNS.values(), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(COLUMNS))


def read_back(connection):
    return connection.execute("select * from target order by ctid").fetchall()


def same(written, read):
    return written == read or (isinstance(written, float) and math.isnan(written) and math.isnan(read))


def test_every_type_comes_back_as_it_was_and_nan_is_not_null(connection):
    assert copy_batches(connection, sql.Identifier("target"), [batch_of(ROWS)]) == len(ROWS)
    read = read_back(connection)
    assert len(read) == len(ROWS)
    for written_row, read_row in zip(ROWS, read, strict=True):
        assert all(same(w, r) for w, r in zip(written_row, read_row, strict=True)), (written_row[0], read_row[0])


@pytest.mark.parametrize("seed", range(3))
def test_random_null_patterns_over_several_blocks(connection, seed):
    generator = np.random.default_rng(seed)
    n_rows = ROWS_PER_BLOCK + 100
    names = np.array(["", "a", "Ärger", "漢字漢字", "x" * 300], dtype=object)[generator.integers(0, 5, n_rows)]
    scores = generator.random(n_rows)
    is_null = generator.random((2, n_rows)) < generator.random()
    batch = pa.RecordBatch.from_arrays(
        [pa.array(names, mask=is_null[0]), pa.array(scores, mask=is_null[1])], names=["name", "score"]
    )
    # A sliced batch has offsets into shared buffers.
    copy_batches(connection, sql.Identifier("target"), [batch.slice(50), batch.slice(0, 50)])
    read = connection.execute("select name, score from target order by ctid").fetchall()
    expected = [
        (None if is_null[0, i] else names[i], None if is_null[1, i] else scores[i])
        for i in [*range(50, n_rows), *range(50)]
    ]
    assert read == expected


def test_bytes_below_a_null_string_are_not_sent(connection):
    validity = pa.py_buffer(b"\x01")
    offsets = pa.py_buffer(np.array([0, 1, 4], np.int32).tobytes())
    column = pa.Array.from_buffers(pa.string(), 2, [validity, offsets, pa.py_buffer(b"abcd")])
    copy_batches(connection, sql.Identifier("target"), [pa.RecordBatch.from_arrays([column], names=["name"])])
    assert connection.execute("select name from target order by ctid").fetchall() == [("a",), (None,)]


def test_dictionaries_are_decoded_and_json_goes_to_jsonb(connection):
    connection.execute("create temporary table evidence (kind text, facts jsonb)")
    kinds = pa.array(["a", None, "a"]).dictionary_encode()
    facts = pa.array(['{"matched": ["é"]}', "[]", None])
    batch = pa.RecordBatch.from_arrays([kinds, facts], names=["kind", "facts"])
    copy_batches(connection, sql.Identifier("evidence"), [batch], jsonb={"facts"})
    assert connection.execute("select * from evidence order by ctid").fetchall() == [
        ("a", {"matched": ["é"]}),
        (None, []),
        ("a", None),
    ]


def test_no_batches_and_empty_batches_write_nothing(connection):
    assert copy_batches(connection, sql.Identifier("target"), []) == 0
    assert copy_batches(connection, sql.Identifier("target"), [batch_of(ROWS).slice(0, 0)]) == 0
    assert read_back(connection) == []


def test_frozen_rows_allow_index_only_scans_at_once(connection):
    connection.execute("create table made_here (application_id text)")
    batch = pa.RecordBatch.from_arrays([pa.array([f"A-{i}" for i in range(5000)])], names=["application_id"])
    copy_batches(connection, sql.Identifier("made_here"), [batch], freeze=True)
    connection.execute("create index on made_here (application_id)")
    connection.execute("set local enable_seqscan = off")
    plan = connection.execute("explain (analyze, format json) select application_id from made_here").fetchone()[0]
    assert plan[0]["Plan"]["Node Type"] == "Index Only Scan"
    assert plan[0]["Plan"]["Heap Fetches"] == 0


def test_a_type_without_a_form_is_refused():
    batch = pa.RecordBatch.from_arrays([pa.array([[1]])], names=["terms"])
    with pytest.raises(TypeError, match=r"^column terms: binary COPY has no form for list<item: int64>$"):
        list(binary_rows(batch))
