"""The DAGs under Airflow's own scheduler, its parts as real processes: one start by hand, the rest follows by itself."""

from __future__ import annotations

import base64
import http.client
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from ml.airflow_runtime import Service, start_services, stop_services
from ml.organisation import read_organisation
from ml.warehouse import prepare_warehouse
from ml.warehouse.roles import OWNER
from tests.dags.tiny import APPLICATIONS, AS_OF_DATE, write_organisation

PATIENCE_SECONDS = 400


def ask(address: str, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, bytes]:
    """Send one request to 127.0.0.1; gives the status and the answer."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Airflow:
    """Airflow's REST API, as its administrator."""

    def __init__(self, service: Service) -> None:
        self._address, self._headers = service.address, {"Content-Type": "application/json"}
        user, _, password = service.login.partition(" / ")
        token = self._call("POST", "/auth/token", {"username": user, "password": password})["access_token"]
        self._headers["Authorization"] = f"Bearer {token}"

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        status, answer = ask(self._address, method, path, body, **self._headers)
        assert status in (200, 201), answer
        return json.loads(answer)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._call(method, f"/api/v2{path}", body)

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run."""
        self.call("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    def start(self, dag_id: str) -> str:
        """Start a run by hand, and give its id."""
        self.unpause(dag_id)
        body = {"logical_date": None, "conf": {"as_of_date": AS_OF_DATE}}
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def update(self, asset: str, as_of_date: str) -> None:
        """Update an asset as a task would that carries a date."""
        (found,) = self.call("GET", f"/assets?name_pattern={asset}")["assets"]
        self.call("POST", "/assets/events", {"asset_id": found["id"], "extra": {"as_of_date": as_of_date}})

    def wait_for(self, dag_id: str, run_type: str, *, number: int = 1) -> str:
        """Wait for the end of a DAG's first run of a type, or of a later one, and give its id."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            query = f"run_type={run_type}&order_by=run_after"
            runs = self.call("GET", f"/dags/{dag_id}/dagRuns?{query}")["dag_runs"][number - 1 :]
            if runs and runs[0]["state"] in ("success", "failed"):
                assert runs[0]["state"] == "success", self.failures(dag_id, runs[0]["dag_run_id"])
                return str(runs[0]["dag_run_id"])
            time.sleep(0.5)
        raise AssertionError(f"{dag_id} has no finished {run_type} run after {PATIENCE_SECONDS} s")

    def states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """States of a run's tasks, by task and name among its likes."""
        tasks = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {f"{task['task_id']} {task['rendered_map_index'] or ''}".strip(): task["state"] for task in tasks}

    def failures(self, dag_id: str, run_id: str) -> str:
        """What the logs of failed tasks say."""
        said = []
        for task_id, state in self.states(dag_id, run_id).items():
            if state == "failed":
                log = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id.split()[0]}/logs/1")
                said.append(f"{task_id}: {json.dumps(log)[-3000:]}")
        return "\n".join(said)


@pytest.fixture(scope="module")
def tiny(settings):
    """Services of an installation of their own, on the session's server."""
    file = write_organisation(settings.var)
    installation, organisation = replace(settings, organisation_file=file), read_organisation(file)
    warehouse = prepare_warehouse(installation, organisation)
    try:
        yield warehouse, start_services(installation, organisation)
    finally:
        stop_services(installation)


@pytest.fixture(scope="module")
def airflow(tiny):
    _, services = tiny
    return Airflow(services[0])


@pytest.fixture(scope="module")
def chain(airflow):
    """Ingest is started by hand; the ids of its run and of those that follow by themselves."""
    ingest = airflow.start("ingest")
    assert airflow.wait_for("ingest", "manual") == ingest
    followers = {dag_id: airflow.wait_for(dag_id, "asset_triggered") for dag_id in ("score", "report")}
    return {"ingest": ingest, **followers}


def test_scores_and_reports_follow_new_features_by_themselves(chain, airflow, tiny):
    for dag_id, run_id in chain.items():
        states = airflow.states(dag_id, run_id)
        # No ranker scores, so none drifted.
        assert states.pop("raise_alert", "skipped") == "skipped"
        assert set(states.values()) == {"success"}, dag_id
    warehouse, _ = tiny
    with warehouse.connect(OWNER) as connection:
        (published,) = connection.execute("select as_of_date::text from scores.batches where status = 'published'")
        (scored,) = connection.execute("select count(*), count(technical_match) from scores.facet_scores")
    assert published == (AS_OF_DATE,)
    assert scored == (APPLICATIONS, APPLICATIONS)


def test_mapped_tasks_are_called_by_what_they_are_about(chain, airflow):
    assert "score_part 0" in airflow.states("score", chain["score"])


def test_a_ranker_with_too_few_labels_is_noted_and_no_failure(chain, airflow, tiny):
    assert chain
    # Its schedule then asks at once for the quarter that has finished.
    airflow.unpause("retrain")
    run_id = airflow.wait_for("retrain", "scheduled")
    states = airflow.states("retrain", run_id)
    assert states["train.freeze quality"] == "skipped"
    assert states["announce"] == "skipped"
    warehouse, _ = tiny
    with warehouse.connect(OWNER) as connection:
        noted = connection.execute("select ranker, status from governance.model_versions order by ranker").fetchall()
    assert noted == [("attrition", "no labels"), ("onboard", "no labels"), ("quality", "too few labels")]


def test_a_drift_alert_retrains_as_of_its_date_and_not_twice(chain, airflow, tiny):
    assert chain
    airflow.unpause("retrain")
    airflow.wait_for("retrain", "scheduled")
    airflow.update("drift_alert", AS_OF_DATE)
    heard = airflow.states("retrain", airflow.wait_for("retrain", "asset_triggered"))
    assert (heard["list_rankers"], heard["train.freeze quality"]) == ("success", "skipped")
    # Nineteen days later: too soon. Were the date not the alert's but the organisation's, it would be retrained.
    airflow.update("drift_alert", "2025-06-20")
    quiet = airflow.states("retrain", airflow.wait_for("retrain", "asset_triggered", number=2))
    assert set(quiet.values()) == {"skipped"}


def test_everybody_else_is_refused(tiny):
    _, (airflow, mlflow) = tiny
    assert ask(airflow.address, "GET", "/api/v2/dags")[0] == 401
    assert ask(mlflow.address, "GET", "/")[0] == 401
    login = base64.b64encode(mlflow.login.replace(" / ", ":").encode()).decode()
    assert ask(mlflow.address, "GET", "/", Authorization=f"Basic {login}")[0] == 200
