"""The MLflow UI as a background process: the model registry, behind a generated password."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ml.processes import HOST, Process, get
from ml.warehouse.roles import MLFLOW, mlflow_database

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

SECRETS = ("mlflow_admin", "mlflow_secret_key")


def mlflow_ui(
    settings: Settings, organisation: Organisation, warehouse: Warehouse, *, port: int, secrets: Mapping[str, str]
) -> Process:
    """Describe the server: it reads the organisation's registry and hides it from other users of the machine.

    Parameters
    ----------
    settings, organisation, warehouse : Settings, Organisation, Warehouse
        The registry is ``facetrank_<organisation>_mlflow`` on the warehouse's server.
    port : int
        On 127.0.0.1.
    secrets : mapping of str to str
        Generated values by name, ``SECRETS`` among them.
    """
    folder = settings.var / "services"
    database = mlflow_url(warehouse, organisation)
    return Process(
        name="mlflow",
        command=(
            *(sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth"),
            *("--host", HOST, "--port", str(port), "--workers", "1"),
            *("--artifacts-destination", str(settings.organisation_folder(organisation.name) / "mlflow")),
        ),
        environment={
            # By environment: a command line is seen by everybody on the machine.
            "MLFLOW_BACKEND_STORE_URI": database,
            "MLFLOW_AUTH_CONFIG_PATH": str(_write_login(folder / "mlflow.ini", database, secrets["mlflow_admin"])),
            "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets["mlflow_secret_key"],
            # Its job runner keeps eight more processes for functions that nobody calls here.
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        },
        folder=folder,
    )


def mlflow_url(warehouse: Warehouse, organisation: Organisation) -> str:
    """Give the SQLAlchemy URL of the organisation's registry."""
    url = warehouse.named(mlflow_database(organisation.name)).url(MLFLOW)
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def is_healthy(port: int) -> bool:
    """Whether the server answers."""
    return get(port, "/health") is not None


def _write_login(path: Path, database: str, password: str) -> Path:
    # configparser reads % as the start of a reference, and a quoted URL may hold some.
    lines = (
        "[mlflow]",
        "default_permission = READ",
        f"database_uri = {database.replace('%', '%%')}",
        "admin_username = admin",
        f"admin_password = {password}",
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path
