"""The database roles of design section 11, and the two service roles that own their own databases."""

from __future__ import annotations

ADMINISTRATOR = "postgres"

OWNER = "facetrank_owner"
LOADER = "facetrank_loader"
TRANSFORMER = "facetrank_transformer"
TRAINER = "facetrank_trainer"
AUDITOR = "facetrank_auditor"
ERASER = "facetrank_eraser"
HR_OPS = "hr_ops"
INTERVIEWER = "interviewer"
REVIEWER = "governance_reviewer"
AIRFLOW = "airflow"
MLFLOW = "mlflow"

LOGINS = (OWNER, LOADER, TRANSFORMER, TRAINER, AUDITOR, ERASER, HR_OPS, INTERVIEWER, REVIEWER, AIRFLOW, MLFLOW)

AIRFLOW_DATABASE = "facetrank_airflow"


def warehouse_database(organisation: str) -> str:
    """Name of an organisation's warehouse database."""
    return f"facetrank_{organisation}"


def mlflow_database(organisation: str) -> str:
    """Name of the database behind an organisation's model registry."""
    return f"facetrank_{organisation}_mlflow"
