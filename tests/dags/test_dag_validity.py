"""What every DAG must have, and that reading DAG files is cheap."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys

import pytest

from ml.config import REPOSITORY

DAGS = REPOSITORY / "dags"
FILES = sorted(DAGS.glob("*_dag.py"))
NAMES = ("backtest", "ingest", "report", "retrain", "score")

# Packages that take seconds to import; a scheduler reads DAG files every half minute.
HEAVY = {"dbt", "evidently", "great_expectations", "joblib", "matplotlib", "mlflow", "numpy", "pandas", "psycopg",
         "pyarrow", "scipy", "skops", "sklearn", "sqlalchemy"}  # fmt: skip

# All that DAG and job code may know of Airflow: not its models, settings or sessions, which reach its database.
ALLOWED_AIRFLOW = ("airflow.sdk", "airflow.providers.standard")


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """Everything about the DAGs, from a process that may import Airflow."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(REPOSITORY),
    }
    command = [sys.executable, "-m", "tests.dags.describe_dags", str(DAGS)]
    finished = subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def dags(described):
    assert described["errors"] == {}
    return {dag["id"]: dag for dag in described["dags"]}


def test_there_is_one_dag_per_file_named_after_it(dags):
    assert tuple(sorted(dags)) == NAMES
    assert {dag["id"]: dag["file"] for dag in dags.values()} == {name: f"{name}_dag.py" for name in NAMES}


def test_reading_them_imports_nothing_heavy_and_takes_no_time(described):
    assert HEAVY & set(described["imported"]) == set()
    assert described["seconds"] < 2


@pytest.mark.parametrize("dag_id", NAMES)
def test_every_dag_says_what_it_does_and_how_to_run_it_again(dags, dag_id):
    doc = dags[dag_id]["doc"]
    for heading in ("**Runs**", "**Inputs**", "**Outputs**", "**Params**", "**Running it again**"):
        assert heading in doc, heading
    for param in dags[dag_id]["params"]:
        assert f"`{param}`" in doc


@pytest.mark.parametrize("dag_id", NAMES)
def test_every_dag_has_tags_one_run_at_a_time_and_no_catching_up(dags, dag_id):
    dag = dags[dag_id]
    assert "facetrank" in dag["tags"]
    assert len(dag["tags"]) == 2
    assert dag["max_active_runs"] == 1
    assert dag["catchup"] is False
    quarters = ["from_quarter", "to_quarter"] if dag_id == "backtest" else []
    assert dag["params"] == [*quarters, "as_of_date"]


@pytest.mark.parametrize("dag_id", NAMES)
def test_every_task_has_an_owner_a_docstring_and_retries_with_patience(dags, dag_id):
    tasks = dags[dag_id]["tasks"]
    assert len(tasks) >= 3
    for name, task in tasks.items():
        assert task["owner"] == "data-engineering", name
        assert task["doc"], name
        assert task["retries"] >= 2, name


def test_what_does_not_go_away_by_itself_is_not_retried(dags):
    waiting = dags["retrain"]["tasks"].pop("wait_for_labels")
    for dag in dags.values():
        for name, task in dag["tasks"].items():
            after = {"FacetrankError": "fail", "WarehouseError": "retry", "MemoryError": "default"}
            assert task["after"] == after, name
    # Labels come by themselves: every ten minutes for six hours.
    assert set(waiting["after"].values()) == {"default"}
    assert (waiting["retries"], waiting["backoff"]) == (36, 0)


def test_assets_chain_the_dags(dags):
    outlets = {
        dag_id: sorted(asset for task in dag["tasks"].values() for asset in task["outlets"])
        for dag_id, dag in dags.items()
    }
    assert outlets == {
        "backtest": [], "ingest": ["features", "labels"], "retrain": ["models", "models"], "score": ["scores"], "report": ["drift_alert"]
    }  # fmt: skip
    triggers = {dag_id: dag["triggers"] for dag_id, dag in dags.items()}
    assert triggers == {
        "backtest": [], "ingest": [], "retrain": ["drift_alert"], "score": ["features", "models"], "report": ["scores"]
    }  # fmt: skip


def test_a_drift_alert_comes_after_drift_and_holds_up_no_page(dags):
    tasks = dags["report"]["tasks"]
    assert tasks["raise_alert"]["outlets"] == ["drift_alert"]
    assert "drift" in tasks["raise_alert"]["upstream"]
    assert "raise_alert" not in tasks["site"]["upstream"]
    # The site shows the cards as they were just measured.
    assert "cards" in tasks["site"]["upstream"]


def test_retrain_is_for_the_quarter_that_has_finished(dags):
    assert dags["retrain"]["schedule"] == "Asset or 0 6 1 1,4,7,10 *"
    # On 15 August the second quarter is the newest that has finished.
    assert dags["retrain"]["interval"] == ["2026-04-01T06:00:00+00:00", "2026-07-01T06:00:00+00:00"]


def test_every_ranker_is_trained_on_its_own(dags):
    mapped = {name for name, task in dags["retrain"]["tasks"].items() if task["is_mapped"]}
    steps = ("freeze", "gate_snapshot", "fit", "check_impact", "compare", "promote", "ask", "approve", "act")
    assert mapped == {f"train.{step}" for step in steps}
    # What the rule promotes is announced without waiting for a person.
    assert dags["retrain"]["tasks"]["announce"]["upstream"] == ["as_of_date", "train.promote"]
    assert dags["retrain"]["tasks"]["announce_approved"]["upstream"] == ["as_of_date", "train.act"]
    # Nothing is fitted before its snapshot has passed.
    assert "train.gate_snapshot" in dags["retrain"]["tasks"]["train.fit"]["upstream"]


def test_every_quarter_is_built_gated_and_replayed_on_its_own(dags):
    tasks = dags["backtest"]["tasks"]
    assert {name for name, task in tasks.items() if task["is_mapped"]} == {
        f"quarter.{step}" for step in ("build", "gate", "replay")
    }
    assert "quarter.build" in tasks["quarter.gate"]["upstream"]
    assert "quarter.gate" in tasks["quarter.replay"]["upstream"]


def test_nothing_is_published_before_its_gate(dags):
    assert "gate_scores" in dags["score"]["tasks"]["publish"]["upstream"]
    assert "explain" in dags["score"]["tasks"]["gate_scores"]["upstream"]
    assert "rank" in dags["score"]["tasks"]["explain"]["upstream"]
    assert "gate_landing" in dags["ingest"]["tasks"]["read"]["upstream"]
    assert "read" in dags["ingest"]["tasks"]["match"]["upstream"]


def test_features_are_built_after_the_matches_they_hold_or_without_any(dags):
    build = dags["ingest"]["tasks"]["build"]
    assert build["upstream"] == ["as_of_date", "match"]
    # An organisation without resumes skips `read` and `match`; a gate that failed stops both.
    assert build["trigger_rule"] == "none_failed"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dag_file_is_wiring(file):
    text = file.read_text()
    docstring = ast.parse(text).body[0]
    assert len(text.splitlines()) - docstring.end_lineno <= 150


@pytest.mark.parametrize(
    "file", [*DAGS.rglob("*.py"), *(REPOSITORY / "ml" / "jobs").glob("*.py")], ids=lambda file: file.stem
)
def test_task_code_knows_no_more_of_airflow_than_it_may(file):
    for name in imported_names(ast.parse(file.read_text())):
        if name.partition(".")[0] == "airflow":
            assert name.startswith(ALLOWED_AIRFLOW), f"{file}: {name}"
            assert file.is_relative_to(DAGS), f"{file}: jobs know nothing of Airflow"


def test_the_rule_on_imports_sees_what_it_forbids():
    code = "from airflow.models import DagRun\nimport airflow.settings\ndef f():\n    from airflow.utils import session"
    assert list(imported_names(ast.parse(code))) == ["airflow.models", "airflow.settings", "airflow.utils"]


def imported_names(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
