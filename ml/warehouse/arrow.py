"""Read the rows of a query as Arrow, few, at once or in batches, and the SQL files that hold such queries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from ml.warehouse.connection import Warehouse


# Some 50,000 rows of features: forests score long runs of rows with less overhead.
_BATCH_BYTES = 16_000_000


def read_few(warehouse: Warehouse, role: str, statement: sql.Composed) -> pa.RecordBatch:
    """Read a query's few rows as Arrow columns, without ADBC, whose import alone takes longer than reading them.

    A column without any value is of type null. Parameters as of :func:`read_arrow`.
    """
    import pyarrow as pa

    with warehouse.connect(role) as connection, connection.cursor(binary=True) as cursor:
        rows = cursor.execute(statement).fetchall()
        names = [column.name for column in cursor.description or ()]
    return pa.RecordBatch.from_pydict({name: [row[place] for row in rows] for place, name in enumerate(names)})


def read_arrow(warehouse: Warehouse, role: str, statement: sql.Composable) -> pa.Table:
    """Read a query's rows as Arrow columns.

    Parameters
    ----------
    warehouse : Warehouse
        Where to read.
    role : str
        As whom.
    statement : psycopg.sql.Composable
        One query, its values composed as literals: ADBC streams by COPY, which takes no parameters.
    """
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(warehouse.url(role)) as connection, connection.cursor() as cursor:
        cursor.execute(statement.as_string(None))
        return cursor.fetch_arrow_table()


def stream_arrow(warehouse: Warehouse, role: str, statement: sql.Composable) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a query in batches of about 16 MB, over ADBC.

    One batch is read ahead, so that the server works while the caller does.

    Parameters
    ----------
    warehouse : Warehouse
        Where to read.
    role : str
        As whom.
    statement : psycopg.sql.Composable
        One query, its values composed as literals: ADBC streams by COPY, which takes no parameters.
    """
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(warehouse.url(role)) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)})
        cursor.execute(statement.as_string(None))
        with cursor.fetch_record_batch() as reader, ThreadPoolExecutor(1) as ahead:
            pending = ahead.submit(next, reader, None)
            while (batch := pending.result()) is not None:
                pending = ahead.submit(next, reader, None)
                yield batch


def compose(file: Path, **parts: sql.Composable) -> sql.Composed:
    """Read a query from its file and fill its ``{placeholders}`` with literals and identifiers."""
    text = file.read_text(encoding="utf-8")
    return sql.SQL(text).format(**parts)
