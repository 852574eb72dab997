"""Airflow's servers and the MLflow UI in the background, on 127.0.0.1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml import mlflow_ui
from ml.airflow_runtime.environment import SECRETS, server_environment
from ml.airflow_runtime.prepare import ADMINISTRATOR, PASSWORD_VARIABLE
from ml.processes import HOST, Process, ServiceError, get, remembered_port, stop_processes, wait_until_healthy
from ml.warehouse import open_warehouse
from ml.warehouse.locks import file_lock
from ml.warehouse.roles import AIRFLOW, AIRFLOW_DATABASE
from ml.warehouse.secrets import read_or_create_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

_AIRFLOW_PORT = 8080
_MLFLOW_PORT = 5000
_API_SERVER = "airflow-api-server"
# A loaded machine with two cores takes a minute for what takes an idle one 20 seconds.
_PATIENCE = 240.0


@dataclass(frozen=True)
class Service:
    """A user interface that was started: its name, its address, and how to log in."""

    name: str
    address: str
    login: str


def start_services(settings: Settings, organisation: Organisation) -> tuple[Service, ...]:
    """Start what does not run yet, and wait until all of it answers; safe to repeat and to run twice at once.

    Parameters
    ----------
    settings, organisation : Settings, Organisation
        The installation, whose warehouse must be up, and whose organisation the scheduled jobs work for.

    Returns
    -------
    tuple of Service
        Airflow and the MLflow UI.

    Raises
    ------
    ServiceError
        Something does not start; the sentence names its log.
    """
    folder = _folder(settings)
    secrets = read_or_create_secrets(settings.var, (*SECRETS, *mlflow_ui.SECRETS))
    warehouse = open_warehouse(settings, organisation)
    with file_lock(folder.with_suffix(".lock")):
        airflow_port = remembered_port(folder, _API_SERVER, preferred=_AIRFLOW_PORT)
        mlflow_port = remembered_port(folder, "mlflow", preferred=_MLFLOW_PORT)
        airflow = _airflow(settings, warehouse, port=airflow_port, secrets=secrets)
        mlflow = mlflow_ui.mlflow_ui(settings, organisation, warehouse, port=mlflow_port, secrets=secrets)
        mlflow.start()
        if not all(process.is_running for process in airflow):
            _prepare(airflow[0].environment, secrets["airflow_admin"], folder / "airflow-prepare.log")
        for process in airflow:
            process.start()
        wait_until_healthy(airflow, lambda: _is_airflow_healthy(airflow_port), timeout=_PATIENCE)
        wait_until_healthy((mlflow,), lambda: mlflow_ui.is_healthy(mlflow_port), timeout=_PATIENCE)
    return (
        Service("Airflow", f"http://{HOST}:{airflow_port}", f"{ADMINISTRATOR} / {secrets['airflow_admin']}"),
        Service("MLflow", f"http://{HOST}:{mlflow_port}", f"admin / {secrets['mlflow_admin']}"),
    )


def stop_services(settings: Settings) -> None:
    """Stop every service of this installation; running tasks are ended and can be run again."""
    folder = _folder(settings)
    if folder.exists():
        with file_lock(folder.with_suffix(".lock")):
            stop_processes(folder)


def _folder(settings: Settings) -> Path:
    return settings.var / "services"


def _airflow(settings: Settings, warehouse: Warehouse, *, port: int, secrets: Mapping[str, str]) -> tuple[Process, ...]:
    url = warehouse.named(AIRFLOW_DATABASE).url(AIRFLOW).replace("postgresql://", "postgresql+psycopg://", 1)
    environment = server_environment(settings, database_url=url, port=port, secrets=secrets)
    components = {
        _API_SERVER: ("api-server", "--host", HOST, "--port", str(port), "--workers", "1"),
        # The api-server reads the tasks' logs from the same disk.
        "airflow-scheduler": ("scheduler", "--skip-serve-logs"),
        "airflow-dag-processor": ("dag-processor",),
    }
    return tuple(
        Process(name, (sys.executable, "-m", "airflow", *arguments), environment, _folder(settings))
        for name, arguments in components.items()
    )


def _prepare(environment: Mapping[str, str], password: str, log: Path) -> None:
    with log.open("w") as output:
        finished = subprocess.run(
            [sys.executable, "-m", "ml.airflow_runtime.prepare"],
            env={**os.environ, **environment, PASSWORD_VARIABLE: password},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode != 0:
        raise ServiceError(f"Airflow's metadata database cannot be prepared (log: {log}).")


def _is_airflow_healthy(port: int) -> bool:
    answer = get(port, "/api/v2/monitor/health")
    if answer is None:
        return False
    health = json.loads(answer)
    return all(health[component]["status"] == "healthy" for component in ("metadatabase", "scheduler", "dag_processor"))
