"""A real Postgres for the test session, and a fresh migrated database for every test that asks."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ml.config import REPOSITORY, Settings
from ml.organisation import Organisation
from ml.warehouse import prepare_warehouse
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import ADMINISTRATOR, OWNER
from ml.warehouse.secrets import read_or_create_secrets
from ml.warehouse.server import Server

_NUMBERS = itertools.count(1)
# Tests need no durability: a crash of the server fails the session anyway.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation of its own, its server running."""
    var = tmp_path_factory.mktemp("var")
    server = Server(var / "postgres", options=_FAST)
    server.start(read_or_create_secrets(var, (ADMINISTRATOR,))[ADMINISTRATOR])
    yield Settings(
        repository=REPOSITORY, var=var, organisation_file=REPOSITORY / "examples" / "demo" / "organisation.yaml"
    )
    server.stop()


@pytest.fixture(scope="session")
def demo_organisation() -> Organisation:
    """An organisation with every part of the lifecycle."""
    return Organisation(name="demo")


@pytest.fixture(scope="session")
def template(settings: Settings, demo_organisation: Organisation) -> Warehouse:
    """A migrated, empty warehouse that fresh ones are cloned from; never connect to it in a test."""
    return prepare_warehouse(settings, demo_organisation)


@pytest.fixture
def fresh_warehouse(template: Warehouse) -> Iterator[Warehouse]:
    """A migrated warehouse of the test's own."""
    yield from _clone(template)


@pytest.fixture(scope="module")
def module_warehouse(template: Warehouse) -> Iterator[Warehouse]:
    """A migrated warehouse of the module's own, for tests that only read what one set-up wrote."""
    yield from _clone(template)


def _clone(template: Warehouse) -> Iterator[Warehouse]:
    name = f"{template.database}_{os.getpid()}_{next(_NUMBERS)}"
    administrator = template.named("postgres")
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template.database} owner {OWNER}")
        _copy_grants(connection, name)
    yield template.named(name)
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def _copy_grants(connection: psycopg.Connection, name: str) -> None:
    # A clone does not take over the rights on the database itself, which public has by default.
    connection.execute(f"grant connect, temporary on database {name} to public")


@pytest.fixture
def examples() -> Path:
    """The folder of example organisations."""
    return REPOSITORY / "examples"
