"""Running Airflow: its environment, DAGs in this process, and its servers in the background."""

from __future__ import annotations

from ml.airflow_runtime.in_process import WorkflowError, run_dags
from ml.airflow_runtime.services import Service, start_services, stop_services

__all__ = ["Service", "WorkflowError", "run_dags", "start_services", "stop_services"]
