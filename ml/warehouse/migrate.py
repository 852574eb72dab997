"""Schema migrations: numbered SQL files, each applied once, in order, all in one transaction."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ml.errors import WarehouseError
from ml.load.contract import TABLES, create_table_statement
from ml.warehouse.locks import Lock
from ml.warehouse.roles import OWNER

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

FOLDER = Path(__file__).parent / "migrations"

_HISTORY = """
create table if not exists public.schema_migrations (
    name text primary key,
    content_hash text not null
)
"""


def migrate(warehouse: Warehouse) -> tuple[str, ...]:
    """Apply the migrations that the database does not have yet.

    Returns
    -------
    tuple of str
        Names of the migrations applied now.

    Raises
    ------
    WarehouseError
        A migration was changed after this database had it.
    """
    applied: list[str] = []
    with warehouse.connect(OWNER) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [Lock.MIGRATE])
        connection.execute(_HISTORY)
        known: dict[str, str] = dict(
            connection.execute("select name, content_hash from public.schema_migrations").fetchall()
        )
        for name, statements in _migrations():
            content_hash = hashlib.sha256(statements.encode()).hexdigest()
            if name not in known:
                connection.execute(statements.encode())
                connection.execute("insert into public.schema_migrations values (%s, %s)", [name, content_hash])
                applied.append(name)
            elif known[name] != content_hash:
                raise WarehouseError(
                    f"Migration {name} was changed after {warehouse.database} had it: "
                    "put it back and write the change as a new migration."
                )
    return tuple(applied)


def _migrations() -> list[tuple[str, str]]:
    files = [(file.stem, file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.sql")]
    landing = ";\n".join(create_table_statement(table) for table in TABLES)
    return sorted([*files, ("110_landing_tables", landing)])
