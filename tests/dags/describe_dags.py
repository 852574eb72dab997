"""Print what the DAG files make, and what importing them imports, as JSON: ``python -m tests.dags.describe_dags DIR``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pendulum

from ml.errors import FacetrankError, WarehouseError

ERRORS = (FacetrankError("a gate stopped"), WarehouseError("the server is gone"), MemoryError("killed"))


def main(folder: Path) -> None:
    from airflow.dag_processing.dagbag import BundleDagBag

    before, began = set(sys.modules), time.process_time()
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    seconds = time.process_time() - began
    imported = sorted({name.partition(".")[0] for name in set(sys.modules) - before})
    described = {
        "errors": bag.import_errors,
        "dags": [describe(dag) for dag in bag.dags.values()],
        "imported": imported,
        "seconds": seconds,
    }
    sys.stdout.write("\n" + json.dumps(described))


def describe(dag: Any) -> dict[str, Any]:
    from airflow.serialization.encoders import coerce_to_core_timetable

    timetable = coerce_to_core_timetable(dag.timetable)
    interval = timetable.infer_manual_data_interval(run_after=pendulum.datetime(2026, 8, 15, tz="UTC"))
    return {
        "id": dag.dag_id,
        "file": Path(dag.fileloc).name,
        "doc": dag.doc_md,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "params": list(dag.params),
        "schedule": timetable.summary,
        "triggers": sorted(asset.name for _, asset in timetable.asset_condition.iter_assets()),
        # Of a run on 15 August 2026.
        "interval": [interval.start.isoformat(), interval.end.isoformat()],
        "tasks": {task.task_id: describe_task(task) for task in dag.tasks},
    }


def describe_task(task: Any) -> dict[str, Any]:
    return {
        "owner": task.owner,
        "retries": task.retries,
        "backoff": task.retry_exponential_backoff,
        "doc": task.doc_md,
        "after": {type(error).__name__: decide(task, error) for error in ERRORS},
        "upstream": sorted(task.upstream_task_ids),
        "trigger_rule": task.trigger_rule.value,
        "outlets": sorted(asset.name for asset in task.outlets),
        "is_mapped": task.is_mapped or bool(list(task.iter_mapped_task_groups())),
    }


def decide(task: Any, error: Exception) -> str:
    """What happens after an error: fail, retry, or Airflow's default, which is to retry."""
    policy = task.retry_policy
    return "default" if policy is None else policy.evaluate(error, 1, task.retries).action.value


if __name__ == "__main__":
    main(Path(sys.argv[1]))
