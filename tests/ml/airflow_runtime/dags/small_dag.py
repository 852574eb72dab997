"""Small DAGs for the tests of the runtime: one for every way in which a run can go."""

import logging
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from airflow.sdk import Asset, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from ml.errors import ConfigurationError

PARAMS = {
    "as_of_date": Param(None, type=["null", "string"], format="date"),
    "folder": Param(None, type=["null", "string"]),
}
MADE = Asset(name="made", uri="test://made")


@dag(dag_id="works", schedule=None, params=PARAMS, is_paused_upon_creation=False)
def works():
    @task(map_index_template="{{ animal }}")
    def feed(animal):
        get_current_context()["animal"] = animal
        logging.getLogger("ml.jobs.small").info(
            "%s: fed as of %s", animal, get_current_context()["params"]["as_of_date"]
        )
        sys.stdout.write("a line that nobody needs to see\n")
        subprocess.run(["echo", "a line from another program"], check=True)

    @task(outlets=[MADE])
    def tell(*, outlet_events):
        outlet_events[MADE].extra = {"as_of_date": get_current_context()["params"]["as_of_date"]}

    @task
    def nothing():
        raise AirflowSkipException

    feed.expand(animal=["cat", "dog"]) >> tell() >> nothing()


@dag(dag_id="fails", schedule=None, params=PARAMS, default_args={"retries": 3, "retry_delay": timedelta(hours=1)})
def fails():
    @task
    def refuse():
        raise ConfigurationError("The cat is out: call it in.")

    @task(trigger_rule="all_done")
    def stumble():
        raise ZeroDivisionError("no cats\nat all")

    @task
    def never():
        raise AssertionError("what it needs has failed")

    refuse() >> stumble() >> never()


@dag(dag_id="follows", schedule=[MADE], params=PARAMS, is_paused_upon_creation=False)
def follows():
    @task
    def note(triggering_asset_events):
        (event,) = triggering_asset_events[MADE]
        Path(os.environ["FACETRANK_VAR"], "followed").write_text(event.extra["as_of_date"])

    note()


@dag(dag_id="waits", schedule=None, params=PARAMS)
def waits():
    @task
    def wait():
        folder = Path(os.environ["FACETRANK_VAR"])
        (folder / f"waiting-{os.getpid()}").touch()
        while not (folder / "go").exists():
            time.sleep(0.05)

    wait()


works(), fails(), follows(), waits()
