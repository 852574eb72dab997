"""Which as-of dates were built by which dbt run, and whether the gates let their labels and features pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, LiteralString

from ml.errors import FacetrankError
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from datetime import date

    from psycopg import sql

    from ml.warehouse.connection import Warehouse

Layer = Literal["labels", "features"]

_RECORD = """
insert into governance.builds (as_of_date, invocation_id)
values (%s, %s)
on conflict (as_of_date) do update set
    invocation_id = excluded.invocation_id,
    has_passed_labels = false,
    has_passed_features = false
"""


class NotBuiltError(FacetrankError):
    """A job needs labels or features that were not built as of its date, or that a gate stopped."""


def record_build(warehouse: Warehouse, as_of_date: date, invocation_id: str) -> None:
    """Note that a date was built, by a dbt run; its gates have to be passed again."""
    with warehouse.connect(TRAINER) as connection:
        connection.execute(_RECORD, [as_of_date, invocation_id])


def record_passed(warehouse: Warehouse, as_of_date: date, layer: Layer) -> None:
    """Note that a layer passed its gate."""
    statement = _about("update governance.builds set {} = true where as_of_date = %s", layer)
    with warehouse.connect(TRAINER) as connection:
        connection.execute(statement, [as_of_date])


def invocation_id(warehouse: Warehouse, as_of_date: date, layer: Layer) -> str:
    """Give the dbt run that built a date whose layer passed its gate.

    Raises
    ------
    NotBuiltError
        The date was not built, or its gate stopped it.
    """
    statement = _about("select invocation_id from governance.builds where as_of_date = %s and {}", layer)
    with warehouse.connect(TRAINER) as connection:
        row = connection.execute(statement, [as_of_date]).fetchone()
    if row is None:
        raise NotBuiltError(f"No {layer} as of {as_of_date} that passed their gate: run ingest as of that date first.")
    return str(row[0])


def newest_features(warehouse: Warehouse) -> date:
    """Give the latest as-of date whose features passed their gate.

    Raises
    ------
    NotBuiltError
        There is none.
    """
    with warehouse.connect(TRAINER) as connection:
        row = connection.execute("select max(as_of_date) from governance.builds where has_passed_features").fetchone()
    if row is None or row[0] is None:
        raise NotBuiltError("No features have been built yet: run ingest first.")
    newest: date = row[0]
    return newest


def _about(statement: LiteralString, layer: Layer) -> sql.Composed:
    from psycopg import sql

    return sql.SQL(statement).format(sql.Identifier(f"has_passed_{layer}"))
