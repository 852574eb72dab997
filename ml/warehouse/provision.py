"""Roles and databases: what only an administrator of the server may make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from ml.errors import WarehouseError
from ml.warehouse import roles
from ml.warehouse.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Mapping

MINIMUM_VERSION = 150000


def provision(administrator_url: str, organisation: str, passwords: Mapping[str, str]) -> None:
    """Make roles, passwords and databases that are missing; safe to repeat and to run twice at once.

    Raises
    ------
    WarehouseError
        The server does not answer, is older than Postgres 15, or the role of the URL may not create roles.
    """
    try:
        connection = psycopg.connect(administrator_url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise WarehouseError(f"The database server does not answer ({reason}): check FACETRANK_DATABASE_URL.") from None
    with connection:
        version = connection.info.server_version
        if version < MINIMUM_VERSION:
            raise WarehouseError(f"The database server is Postgres {version // 10000}; Facetrank needs 15 or newer.")
        connection.execute("select pg_advisory_lock(%s)", [Lock.PROVISION])
        try:
            _make_roles(connection, passwords)
        except psycopg.errors.InsufficientPrivilege as error:
            raise WarehouseError(
                f"The role of FACETRANK_DATABASE_URL may not make roles ({error.diag.message_primary}): "
                "use one that may."
            ) from None
        _make_databases(connection, organisation)


def _make_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    existing = {name for (name,) in connection.execute("select rolname from pg_roles")}
    for role in roles.LOGINS:
        verb = "alter" if role in existing else "create"
        statement = sql.SQL("{} role {} login password {}")
        connection.execute(statement.format(sql.SQL(verb), sql.Identifier(role), sql.Literal(passwords[role])))
    # The owner's migrations make schemas for the transformer and set its default privileges.
    connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(roles.TRANSFORMER), sql.Identifier(roles.OWNER)))
    for role in (roles.OWNER, roles.AIRFLOW, roles.MLFLOW):
        connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role)))


def _make_databases(connection: psycopg.Connection, organisation: str) -> None:
    owners = {
        roles.warehouse_database(organisation): roles.OWNER,
        roles.mlflow_database(organisation): roles.MLFLOW,
        roles.AIRFLOW_DATABASE: roles.AIRFLOW,
    }
    existing = {name for (name,) in connection.execute("select datname from pg_database")}
    for database, owner in owners.items():
        if database in existing:
            continue
        connection.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                sql.Identifier(database), sql.Identifier(owner)
            )
        )
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
    everyone = sql.SQL(", ").join(sql.Identifier(role) for role in roles.LOGINS if role not in owners.values())
    warehouse = sql.Identifier(roles.warehouse_database(organisation))
    connection.execute(sql.SQL("grant connect, temporary on database {} to {}").format(warehouse, everyone))
