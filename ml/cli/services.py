"""``up``, ``down``, ``status``, ``url``: the servers behind the product."""

from __future__ import annotations

from typing import Annotated

import typer

from ml.cli.context import Json, print_json, read_context
from ml.errors import ConfigurationError
from ml.warehouse.roles import HR_OPS, LOGINS


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (up, down, status, url):
        app.command()(command)


def up(
    services: Annotated[
        bool, typer.Option("--services", help="Start Airflow with its UI, and the MLflow UI, as well.")
    ] = False,
) -> None:
    """Start the warehouse: server, roles, databases, tables. Safe to repeat."""
    from ml.warehouse import prepare_warehouse

    context = read_context()
    warehouse = prepare_warehouse(context.settings, context.organisation)
    print(f"Warehouse   {warehouse.host}:{warehouse.port}/{warehouse.database}")
    print(f"Passwords   {context.settings.var / 'secrets.json'} (also `facetrank url --role {HR_OPS}`)")
    if services:
        from ml.airflow_runtime import start_services

        for service in start_services(context.settings, context.organisation):
            print(f"{service.name:<11} {service.address}  {service.login}")


def down() -> None:
    """Stop everything that `up` started."""
    from ml.airflow_runtime import stop_services
    from ml.warehouse import server_of

    context = read_context()
    stop_services(context.settings)
    if context.settings.database_url is None:
        server_of(context.settings).stop()
    print("Stopped.")


def status(json: Json = False) -> None:
    """Say what runs, and how many rows the tables of the warehouse hold."""
    from ml.cli.summary import table_counts
    from ml.warehouse import server_of

    context = read_context()
    is_running = context.settings.database_url is not None or server_of(context.settings).is_running()
    counts = table_counts(context.open_warehouse()) if is_running else {}
    if json:
        print_json({"organisation": context.organisation.name, "is_running": is_running, "rows": counts})
        return
    print(f"Organisation {context.organisation.name}; the warehouse is {'up' if is_running else 'down'}.")
    for table, rows in counts.items():
        print(f"  {table:<40} {rows:>12,}")


def url(role: Annotated[str, typer.Option(help="The database role to connect as.")] = HR_OPS) -> None:
    """Print the URL with which a BI tool or psql connects, password included."""
    if role not in LOGINS:
        raise ConfigurationError(f"--role: expected one of {', '.join(LOGINS)}, got {role!r}.")
    print(read_context().open_warehouse().url(role))
