"""Roles, passwords, databases and migrations: made once, and only what each role may do."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ml.config import Settings
from ml.errors import ConfigurationError, WarehouseError
from ml.organisation import Organisation
from ml.warehouse import migrate as migrate_module
from ml.warehouse import open_warehouse, prepare_warehouse, server_of
from ml.warehouse.connection import Warehouse
from ml.warehouse.migrate import migrate
from ml.warehouse.provision import provision
from ml.warehouse.roles import ADMINISTRATOR, AUDITOR, HR_OPS, LOADER, LOGINS, OWNER, TRAINER, TRANSFORMER
from ml.warehouse.secrets import read_or_create_secrets


def test_preparing_twice_changes_nothing(
    settings: Settings, demo_organisation: Organisation, template: Warehouse
) -> None:
    again = prepare_warehouse(settings, demo_organisation)
    assert again == template
    assert migrate(again) == ()


def test_passwords_are_generated_once_into_a_private_file(tmp_path: Path) -> None:
    first = read_or_create_secrets(tmp_path, ("a",))
    both = read_or_create_secrets(tmp_path, ("a", "b"))
    assert both["a"] == first["a"]
    assert both["a"] != both["b"]
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_broken_password_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(WarehouseError) as refused:
        read_or_create_secrets(tmp_path, ("a",))
    assert str(refused.value) == (
        f"{tmp_path / 'secrets.json'}: not valid JSON; restore it, or delete it and run `facetrank up`."
    )


def test_passwords_are_not_shown(template: Warehouse) -> None:
    assert template.passwords[OWNER] not in repr(template)


@pytest.mark.parametrize("role", [role for role in LOGINS if role not in ("airflow", "mlflow")])
def test_every_role_can_log_in(fresh_warehouse: Warehouse, role: str) -> None:
    with fresh_warehouse.connect(role) as connection:
        assert connection.execute("select current_user").fetchone() == (role,)


@pytest.mark.parametrize("role", [TRANSFORMER, TRAINER, HR_OPS])
def test_protected_attributes_are_closed_to(fresh_warehouse: Warehouse, role: str) -> None:
    with fresh_warehouse.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from protected.protected_attributes")


def test_the_auditor_may_read_but_not_write_protected_attributes(fresh_warehouse: Warehouse) -> None:
    with fresh_warehouse.connect(AUDITOR) as connection:
        assert connection.execute("select count(*) from protected.protected_attributes").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from protected.protected_attributes")


def test_the_loader_appends_and_never_overwrites(fresh_warehouse: Warehouse) -> None:
    with fresh_warehouse.connect(LOADER) as connection:
        connection.execute("insert into landing.candidates values ('c1', '2024-01-01+00', '2024-01-01+00')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update landing.candidates set candidate_id = 'c2'")


def test_a_changed_migration_is_refused(
    fresh_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for file in migrate_module.FOLDER.glob("*.sql"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "100_schemas.sql").write_text("-- something else")
    monkeypatch.setattr(migrate_module, "FOLDER", tmp_path)
    with pytest.raises(WarehouseError) as refused:
        migrate(fresh_warehouse)
    assert str(refused.value) == (
        f"Migration 100_schemas was changed after {fresh_warehouse.database} had it: "
        "put it back and write the change as a new migration."
    )


def test_a_server_that_was_started_in_vain_is_stopped(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "100_schemas.sql").write_text("create schema")
    monkeypatch.setattr(migrate_module, "FOLDER", tmp_path)
    own = replace(settings, var=tmp_path / "var")
    with pytest.raises(psycopg.errors.SyntaxError):
        prepare_warehouse(own, Organisation(name="demo"))
    assert server_of(own).data.exists()
    assert not server_of(own).is_running()


def test_a_server_that_does_not_answer_is_told(template: Warehouse) -> None:
    with pytest.raises(
        WarehouseError, match=r"The database server does not answer \(.*\): check FACETRANK_DATABASE_URL\."
    ):
        provision("postgresql://postgres:x@127.0.0.1:1/postgres", "demo", template.passwords)


def test_a_role_that_may_not_make_roles_is_told(template: Warehouse) -> None:
    with pytest.raises(
        WarehouseError, match=r"The role of FACETRANK_DATABASE_URL may not make roles \(.*\): use one that may\."
    ):
        provision(template.url(TRAINER), "demo", template.passwords)


def test_another_server_is_used_when_its_address_is_given(
    settings: Settings, template: Warehouse, tmp_path: Path
) -> None:
    administrator = template.named("postgres").url(ADMINISTRATOR)
    elsewhere = Settings(settings.repository, settings.var, settings.organisation_file, administrator)
    warehouse = prepare_warehouse(elsewhere, Organisation(name="elsewhere"))
    assert warehouse.database == "facetrank_elsewhere"
    with warehouse.connect(LOADER) as connection:
        assert connection.execute("select count(*) from landing.applications").fetchone() == (0,)


def test_an_address_that_is_none_is_refused(settings: Settings) -> None:
    wrong = Settings(settings.repository, settings.var, settings.organisation_file, "mysql://here")
    with pytest.raises(ConfigurationError) as refused:
        open_warehouse(wrong, Organisation(name="demo"))
    assert str(refused.value) == "FACETRANK_DATABASE_URL: expected postgresql://user:password@host:port/database."


def test_a_warehouse_that_was_never_started_is_told(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(WarehouseError) as refused:
        open_warehouse(Settings(settings.repository, tmp_path, settings.organisation_file), Organisation(name="demo"))
    assert str(refused.value) == f"There is no warehouse in {tmp_path} yet: run `facetrank up`."
