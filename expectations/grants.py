"""Grants: the roles that train and transform cannot read schema ``protected``, tried with their own connections.

Design section 5, point 3.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from expectations.checks import Subject, has_rows, no_findings
from ml.warehouse.roles import TRAINER, TRANSFORMER

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

_SQL = Path(__file__).parent / "sql"
ROLES = (TRAINER, TRANSFORMER)


def grants_subject(warehouse: Warehouse) -> Subject:
    """Try to read every column of schema ``protected`` as every role that must not.

    Each attempt is a row, and a finding where it succeeds. Views elsewhere that show a protected table, and roles
    that these could change to, are attempts as well.
    """
    import pandas as pd

    attempts = [attempt for role in ROLES for attempt in _attempts(warehouse, role)]
    frame = pd.DataFrame(attempts, columns=["role", "tried", "finding"]).astype(object)
    rule = "must be out of reach of the roles that train and transform"
    return Subject("grants on schema protected", (has_rows(), no_findings(rule)), frame)


def _attempts(warehouse: Warehouse, role: str) -> list[tuple[str, str, str | None]]:
    with warehouse.connect(role, autocommit=True) as connection:
        columns = connection.execute((_SQL / "protected_columns.sql").read_bytes()).fetchall()
        detours = connection.execute((_SQL / "protected_detours.sql").read_bytes()).fetchall()
        tried = [_read_column(connection, role, table, column) for table, column in columns]
    return [*tried, *((role, detour, f"{role} can read {detour}") for (detour,) in detours)]


def _read_column(connection: psycopg.Connection, role: str, table: str, column: str) -> tuple[str, str, str | None]:
    name = f"protected.{table}.{column}"
    statement = sql.SQL("select {} from {} limit 0").format(sql.Identifier(column), sql.Identifier("protected", table))
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return role, name, None
    return role, name, f"{role} can read {name}"
