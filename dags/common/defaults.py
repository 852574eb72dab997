"""What all tasks and DAGs share: owner, retries, and the as-of param."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, Param, RetryAction, RetryRule

from ml.errors import FacetrankError, WarehouseError

# An error that tells a person what to do does not go away by itself; a warehouse that is restarted does.
_RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=WarehouseError, action=RetryAction.RETRY),
        RetryRule(exception=FacetrankError, action=RetryAction.FAIL),
    ]
)

TASK_DEFAULTS: dict[str, Any] = {
    "owner": "data-engineering",
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 4,
    "max_retry_delay": timedelta(minutes=30),
    "retry_policy": _RETRY_POLICY,
}

AS_OF_PARAM = Param(
    None,
    type=["null", "string"],
    format="date",
    title="As-of date",
    description="Midnight UTC up to which facts are known, like 2026-07-01; empty: the DAG chooses.",
)
