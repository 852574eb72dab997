"""Airflow's configuration, by environment variables only: no file that could disagree with them."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

from ml.processes import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ml.config import Settings

SECRETS = ("airflow_admin", "airflow_fernet_key", "airflow_jwt_secret", "airflow_secret_key")


def base_environment(settings: Settings, *, database_url: str) -> dict[str, str]:
    """Give what every Airflow process needs, the ones that run a DAG by themselves included.

    Parameters
    ----------
    settings : Settings
        Airflow's home is ``var/airflow``, its DAGs are the checkout's; the tasks read these settings in their turn.
    database_url : str
        SQLAlchemy URL of Airflow's own metadata; the same driver serves synchronous and asynchronous calls.
    """
    home = settings.var / "airflow"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.repository / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database_url,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        # Idle OpenMP threads that spin starve their neighbours: boosting takes minutes for seconds on a busy machine.
        "OMP_WAIT_POLICY": "PASSIVE",
        **{name: value for name, value in settings.environment().items() if name.startswith("FACETRANK_")},
    }


def server_environment(
    settings: Settings, *, database_url: str, port: int, secrets: Mapping[str, str]
) -> dict[str, str]:
    """Give what the api-server, the scheduler and the dag-processor share: the same values in each of them.

    Parameters
    ----------
    settings : Settings
        As above.
    database_url : str
        SQLAlchemy URL of Airflow's own metadata in Postgres.
    port : int
        Of the api-server on 127.0.0.1; tasks talk to it and never to the metadata database.
    secrets : mapping of str to str
        Generated values by name, ``SECRETS`` among them.
    """
    address = f"http://{HOST}:{port}"
    return {
        **base_environment(settings, database_url=database_url),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": database_url,
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(max(2, os.cpu_count() or 2)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": _fernet_key(secrets["airflow_fernet_key"]),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__SECRET_KEY": secrets["airflow_secret_key"],
        # Airflow asks for 64 bytes or more.
        "AIRFLOW__API_AUTH__JWT_SECRET": hashlib.sha512(secrets["airflow_jwt_secret"].encode()).hexdigest(),
    }


def sqlite_url(path: Path) -> str:
    """Give the SQLAlchemy URL of a SQLite file."""
    return f"sqlite:///{path}"


def _fernet_key(secret: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode()
