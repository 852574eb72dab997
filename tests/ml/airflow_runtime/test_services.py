"""How Airflow's servers and the MLflow UI are configured; that they run is proven with the DAGs."""

import base64
import os
from dataclasses import replace

import pytest

from ml import mlflow_ui
from ml.airflow_runtime.environment import SECRETS, server_environment
from ml.airflow_runtime.services import _prepare, stop_services
from ml.organisation import Organisation
from ml.processes import ServiceError
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import MLFLOW

URL = "postgresql+psycopg://airflow:secret@127.0.0.1:5432/facetrank_airflow"


def environment_of(settings):
    secrets = {name: f"generated {name}" for name in SECRETS}
    return server_environment(settings, database_url=URL, port=8080, secrets=secrets)


def test_tasks_get_the_settings_of_who_started_the_servers(settings):
    environment = environment_of(replace(settings, database_url="postgresql://elsewhere/db"))
    assert environment["FACETRANK_VAR"] == str(settings.var)
    assert environment["FACETRANK_DATABASE_URL"] == "postgresql://elsewhere/db"
    assert environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8080/execution/"


def test_keys_have_the_length_that_airflow_asks_for(settings):
    environment = environment_of(settings)
    assert len(base64.urlsafe_b64decode(environment["AIRFLOW__CORE__FERNET_KEY"])) == 32
    assert len(environment["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64
    # The same secrets give the same keys: a restart logs nobody out.
    assert environment == environment_of(settings)


def test_the_mlflow_ui_shows_no_password_on_its_command_line(settings, tmp_path):
    # A percent sign starts a reference in an ini file.
    warehouse = Warehouse("127.0.0.1", 5432, "facetrank_acme", {MLFLOW: "100%secret"})
    secrets = {name: f"generated-{name}" for name in mlflow_ui.SECRETS}
    process = mlflow_ui.mlflow_ui(
        replace(settings, var=tmp_path), Organisation(name="acme"), warehouse, port=5000, secrets=secrets
    )
    assert "secret" not in " ".join(process.command)
    assert process.environment["MLFLOW_BACKEND_STORE_URI"].endswith("100%25secret@127.0.0.1:5432/facetrank_acme_mlflow")
    login = tmp_path / "services" / "mlflow.ini"
    assert "100%%25secret" in login.read_text()
    assert "admin_password = generated-mlflow_admin" in login.read_text()
    assert oct(login.stat().st_mode & 0o777) == "0o600"


def test_a_metadata_database_that_cannot_be_reached_is_said(tmp_path):
    # Nothing listens on port 1.
    url = "postgresql+psycopg://airflow@127.0.0.1:1/facetrank_airflow"
    environment = {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": url,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    log = tmp_path / "prepare.log"
    with pytest.raises(ServiceError) as error:
        _prepare(environment, "password", log)
    assert str(error.value) == f"Airflow's metadata database cannot be prepared (log: {log})."
    assert "port 1 failed" in log.read_text()


def test_stopping_what_never_started_is_no_error(settings, tmp_path):
    stop_services(replace(settings, var=tmp_path))
    assert list(tmp_path.iterdir()) == []
