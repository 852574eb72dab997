"""The warehouse: its server, roles, migrations and connections."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ml.errors import ConfigurationError, WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse
    from ml.warehouse.server import Server


def server_of(settings: Settings) -> Server:
    """Give the embedded server of this installation."""
    from ml.warehouse.server import Server

    return Server(settings.var / "postgres")


def prepare_warehouse(settings: Settings, organisation: Organisation) -> Warehouse:
    """Start the server if it is ours, make roles, databases and tables that are missing, and open the warehouse.

    A server that was started for this is stopped again if anything else fails.
    """
    from ml.warehouse.migrate import migrate
    from ml.warehouse.provision import provision
    from ml.warehouse.roles import ADMINISTRATOR, LOGINS
    from ml.warehouse.secrets import read_or_create_secrets

    passwords = read_or_create_secrets(settings.var, (ADMINISTRATOR, *LOGINS))
    with _administrator_url(settings, passwords[ADMINISTRATOR]) as url:
        provision(url, organisation.name, passwords)
        warehouse = open_warehouse(settings, organisation)
        migrate(warehouse)
    return warehouse


@contextmanager
def _administrator_url(settings: Settings, password: str) -> Iterator[str]:
    from ml.warehouse.roles import ADMINISTRATOR

    if settings.database_url is not None:
        yield settings.database_url
        return
    server = server_of(settings)
    was_running = server.is_running()
    port = server.start(password)
    try:
        yield f"postgresql://{ADMINISTRATOR}:{password}@127.0.0.1:{port}/postgres"
    except BaseException:
        if not was_running:
            server.stop()
        raise


def open_warehouse(settings: Settings, organisation: Organisation) -> Warehouse:
    """Address the warehouse of an organisation, without starting anything or connecting.

    Raises
    ------
    WarehouseError
        The embedded server was never started here.
    """
    from ml.warehouse.connection import Warehouse
    from ml.warehouse.roles import LOGINS, warehouse_database
    from ml.warehouse.secrets import read_or_create_secrets

    host, port, parameters = _address(settings)
    passwords = read_or_create_secrets(settings.var, LOGINS)
    return Warehouse(host, port, warehouse_database(organisation.name), passwords, parameters)


def _address(settings: Settings) -> tuple[str, int, str]:
    if settings.database_url is None:
        port = server_of(settings).port
        if port is None:
            raise WarehouseError(f"There is no warehouse in {settings.var} yet: run `facetrank up`.")
        return "127.0.0.1", port, ""
    parts = urlsplit(settings.database_url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname:
        raise ConfigurationError("FACETRANK_DATABASE_URL: expected postgresql://user:password@host:port/database.")
    return parts.hostname, parts.port or 5432, parts.query
