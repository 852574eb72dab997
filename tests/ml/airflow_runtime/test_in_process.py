"""DAGs in this process: what a person sees, how failures are told, and that two runs do not meet.

Airflow belongs to its process for good, so every scenario runs in a process of its own.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ml.airflow_runtime.in_process import _remove_leftovers
from ml.airflow_runtime.progress import sentence
from ml.config import REPOSITORY
from ml.errors import ConfigurationError

DAGS = Path(__file__).parent / "dags"

# Runs [dag, conf] pairs in one process, and prints the error of each as a line that starts with "!".
RUN = """
import json, sys
from datetime import date
from pathlib import Path
from ml.airflow_runtime.in_process import run_dags
from ml.config import Settings
from ml.errors import FacetrankError
from ml.organisation import Organisation

var = Path(sys.argv[1])
checkout = var / "checkout"
for dag_id, conf in json.loads(sys.argv[2]):
    if dag_id == "broken":
        (checkout / "dags" / "broken_dag.py").write_text("from airflow.sdk import dag\\nimport no_such_module\\n")
    repository = var / "other" if dag_id == "elsewhere" else checkout
    settings = Settings(repository=repository, var=var, organisation_file=var / "organisation.yaml")
    try:
        run_dags(settings, Organisation(name="acme"), [dag_id], date(2026, 7, 1), conf=conf)
    except FacetrankError as error:
        print("!", error)
"""
RUNS = (
    ("waits", {}),
    ("works", {}),
    ("fails", {}),
    ("absent", {}),
    ("works", {"folder": 3}),
    ("works", {"as_of_date": "July"}),
    ("elsewhere", {}),
    ("broken", {}),
)


def start(var: Path, *runs: tuple[str, dict]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(var), json.dumps(runs)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    folder = tmp_path_factory.mktemp("var")
    shutil.copytree(DAGS, folder / "checkout" / "dags")
    return folder


@pytest.fixture(scope="module")
def lines(var):
    """What a process printed that ran everything, seconds replaced by n; another one was killed meanwhile."""
    ours, other = start(var, *RUNS), start(var, RUNS[0])
    with ours, other:
        deadline = time.monotonic() + 120
        while len(list(var.glob("waiting-*"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        # Both are now inside their own task of the same DAG.
        assert {path.name for path in var.glob("waiting-*")} == {f"waiting-{ours.pid}", f"waiting-{other.pid}"}
        other.terminate()
        assert other.wait(timeout=10) == -signal.SIGTERM
        (var / "go").touch()
        output, _ = ours.communicate(timeout=120)
    return [re.sub(r"\d+\.\d s", "n s", line) for line in output.splitlines()]


def section(lines: list[str], dag_id: str) -> list[str]:
    """The lines of a DAG's first run, without its title."""
    begin = lines.index(f"{dag_id}: acme as of 2026-07-01") + 1
    rest = lines[begin:]
    return rest[: next((k for k, line in enumerate(rest) if not line.startswith(" ")), len(rest))]


def test_a_run_is_not_touched_by_another_that_is_killed(lines):
    assert section(lines, "waits") == ["  wait                                  n s"]


def test_a_killed_run_leaves_a_folder_that_the_next_one_removes(lines, var):
    folders = var / "airflow" / "in_process"
    (leftover,) = folders.iterdir()
    assert f"waiting-{leftover.name}" in {path.name for path in var.glob("waiting-*")}
    _remove_leftovers(folders)
    assert list(folders.iterdir()) == []


def test_a_run_is_one_line_per_task_and_what_its_jobs_say(lines):
    # Mapped tasks run in any order.
    printed = section(lines, "works")
    fed = [printed[0:2], printed[2:4]]
    assert sorted(fed) == [
        ["  feed[cat]                             n s", "      cat: fed as of 2026-07-01"],
        ["  feed[dog]                             n s", "      dog: fed as of 2026-07-01"],
    ]
    assert printed[4:] == [
        "  tell                                  n s",
        "  nothing                               n s  nothing to do",
    ]


def test_everything_else_that_is_printed_goes_to_the_log(lines, var):
    logs = [path.read_text() for path in (var / "airflow" / "logs").glob("works-*.log")]
    (log,) = [log for log in logs if "cat: fed" in log]
    assert "a line that nobody needs to see" in log
    assert "a line from another program" in log


def test_failed_tasks_are_not_retried_and_say_why(lines):
    assert section(lines, "fails") == [
        "  refuse                                n s  failed",
        "  stumble                               n s  failed",
    ]
    (error,) = [line for line in lines if line.startswith("! fails:")]
    assert re.fullmatch(
        r"! fails: refuse: The cat is out: call it in. \(and 1 more\) \(log: .*/airflow/logs/fails-.*\.log\)", error
    )


def test_an_error_that_is_not_ours_carries_its_type():
    assert sentence(ZeroDivisionError("no cats\nat all")) == "ZeroDivisionError: no cats at all"
    assert sentence(ConfigurationError("The cat is out: call it in.")) == "The cat is out: call it in."
    assert sentence(None) == "it gives no reason"


def test_a_workflow_that_does_not_exist_is_refused(lines):
    assert "! There is no workflow 'absent'; there are fails, follows, waits, works." in lines


def test_params_are_checked(lines):
    refused = [line for line in lines if line.startswith("! works:")]
    assert len(refused) == 2
    assert "3 is not of type 'null', 'string'" in refused[0]
    assert "'July' is not a 'date'" in refused[1]


def test_airflow_cannot_be_pointed_elsewhere(lines):
    assert "! Airflow was loaded in this process with other settings: use a new process." in lines


def test_a_dag_file_that_cannot_be_read_is_named(lines, var):
    file = var / "checkout" / "dags" / "broken_dag.py"
    assert lines[-1] == f"! {file}: ModuleNotFoundError: No module named 'no_such_module'"
