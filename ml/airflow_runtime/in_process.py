"""One DAG in this process, through ``dag.test``: the real DAG files and tasks, no scheduler and no server.

Every process has a private SQLite file for Airflow's bookkeeping, removed at its end. Two such runs, or one of them and
a scheduler, therefore cannot take each other's tasks or events; what they share is the warehouse.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import signal
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ml.airflow_runtime.environment import base_environment, sqlite_url
from ml.airflow_runtime.progress import Progress, sentence
from ml.errors import FacetrankError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.sdk import DAG

    from ml.config import Settings
    from ml.organisation import Organisation


class WorkflowError(FacetrankError):
    """A DAG that cannot be run, or a run in which a task failed."""


def run_dags(
    settings: Settings,
    organisation: Organisation,
    dag_ids: Sequence[str],
    as_of_date: date,
    *,
    conf: Mapping[str, Any] | None = None,
) -> None:
    """Run DAGs one after the other in this process; one line per task on standard output.

    What Airflow, the tasks and their libraries print goes to files under ``var/airflow/logs``. Tasks are not retried:
    whoever started the run sees the error. Airflow's start-up is paid once per process.

    Parameters
    ----------
    settings, organisation : Settings, Organisation
        The installation, whose warehouse must be up, and whom the run is for.
    dag_ids : sequence of str
        Some of ``ingest``, ``retrain``, ``score``, ``report``, ``backtest``.
    as_of_date : date
        Midnight UTC up to which facts are known.
    conf : mapping, optional
        Further params of the DAGs.

    Raises
    ------
    WorkflowError
        There is no such DAG, a DAG file cannot be read, a param is refused, or a task failed: the DAGs after it are
        not run.
    """
    run_conf = {"as_of_date": as_of_date.isoformat(), **(conf or {})}
    for dag_id in dag_ids:
        log = settings.var / "airflow" / "logs" / f"{dag_id}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
        with _output_to(log) as terminal:
            print(f"{dag_id}: {organisation.name} as of {as_of_date}", file=terminal)
            _configure(settings)
            failures = _run(_load_dag(settings.repository / "dags", dag_id), run_conf, terminal)
        if failures:
            others = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
            raise WorkflowError(f"{dag_id}: {failures[0]}{others} (log: {log})")


@contextmanager
def _output_to(log: Path) -> Iterator[TextIO]:
    """Send standard output and error of this process, libraries' C code included, to ``log``; yield the real one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    with log.open("a") as file, os.fdopen(os.dup(1), "w", buffering=1) as terminal:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield terminal
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for target, descriptor in enumerate(saved, start=1):
                os.dup2(descriptor, target)
                os.close(descriptor)


def _configure(settings: Settings) -> None:
    """Point Airflow, once per process, to a private metadata file; Airflow cannot be pointed elsewhere later."""
    folders = settings.var / "airflow" / "in_process"
    folder = folders / str(os.getpid())
    environment = base_environment(settings, database_url=sqlite_url(folder / "airflow.db"))
    if "airflow" in sys.modules:
        if any(os.environ.get(name) != value for name, value in environment.items()):
            raise WorkflowError("Airflow was loaded in this process with other settings: use a new process.")
        return
    _remove_leftovers(folders)
    folder.mkdir(parents=True)
    atexit.register(shutil.rmtree, folder)
    os.environ.update(environment)

    from airflow.utils.db import initdb

    initdb()


def _remove_leftovers(folders: Path) -> None:
    """Remove the folders of processes that were killed."""
    for folder in folders.glob("*"):
        if not Path(f"/proc/{folder.name}").exists() or folder.name == str(os.getpid()):
            shutil.rmtree(folder, ignore_errors=True)


def _load_dag(folder: Path, dag_id: str) -> DAG:
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    for file, problem in bag.import_errors.items():
        raise WorkflowError(f"{folder / file}: {problem.strip().splitlines()[-1]}")
    if dag_id not in bag.dags:
        raise WorkflowError(f"There is no workflow {dag_id!r}; there are {', '.join(sorted(bag.dags))}.")
    return bag.dags[dag_id]


def _run(dag: DAG, run_conf: dict[str, Any], terminal: TextIO) -> list[str]:
    """Run a DAG and return one sentence per failed task, in the order of failing."""
    from airflow.sdk.listener import get_listener_manager

    for task in dag.task_dict.values():
        task.retries = 0
    progress = Progress(terminal)
    listeners = get_listener_manager()
    listeners.add_listener(progress)
    jobs = logging.getLogger("ml.jobs")
    jobs.addHandler(progress)
    # Airflow would take an interrupt for the failure of one task, and go on with the next.
    on_interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        # Nobody answers a run without a server: what asks a person is passed over, and the next task finds no answer.
        run = dag.test(logical_date=None, run_conf=run_conf, mark_success_pattern=r".*\bapprove")
    except ValueError as error:
        # Airflow refuses a param that its schema does not allow.
        raise WorkflowError(f"{dag.dag_id}: {sentence(str(error))}") from None
    finally:
        signal.signal(signal.SIGINT, on_interrupt)
        jobs.removeHandler(progress)
        listeners.pm.unregister(progress)
    if run.state != "success" and not progress.failures:
        return [f"the run ended as {run.state}"]
    return progress.failures
