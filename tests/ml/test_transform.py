"""The dbt build as the jobs call it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.config import Settings
from ml.contract import read_contract
from ml.organisation import Attribute, Organisation
from ml.transform import TransformError, build, build_vars, manifest_path
from ml.warehouse.connection import Warehouse
from ml.warehouse.locks import Lock
from ml.warehouse.roles import OWNER, TRAINER, TRANSFORMER
from tests.dbt_project.factories import insert, insert_all, read, small_organisation

AS_OF = dt.date(2024, 6, 1)
HONORS = Attribute(
    "honors", "boolean", ("quality",), why="asked for in the advertisement", leak_waiver="on the resume as it came"
)
ORGANISATION = Organisation(name="demo", attributes=(HONORS,))


@pytest.fixture
def own_settings(settings: Settings, tmp_path: Path) -> Settings:
    """The installation, with dbt's files in a folder of the test's own."""
    return dataclasses.replace(settings, var=tmp_path / "var")


def run_results(settings: Settings) -> dict[str, object]:
    content: dict[str, object] = json.loads(
        (manifest_path(settings, ORGANISATION).parent / "run_results.json").read_text()
    )
    return content


def test_a_build_makes_the_marts_and_the_contract(fresh_warehouse: Warehouse, own_settings: Settings) -> None:
    insert_all(fresh_warehouse, small_organisation(seed=5))
    invocation = build(fresh_warehouse, ORGANISATION, own_settings, AS_OF)
    results = json.dumps(run_results(own_settings))
    assert invocation in results
    assert "unit_test." not in results, "unit tests belong to development"
    contract = read_contract(manifest_path(own_settings, ORGANISATION))
    honors = contract.for_ranker("quality")[-1]
    assert (honors.name, honors.leak_waiver) == ("attribute_honors", "on the resume as it came")
    columns = ", ".join(feature.name for feature in contract.features)
    with fresh_warehouse.connect(TRAINER) as connection:
        features = connection.execute(f"select {columns} from features.application_features".encode()).fetchall()
        labels = connection.execute("select count(*) from labels.quality_labels").fetchone()
    assert len(features) == 60
    assert labels == (60,)
    seeds = read(fresh_warehouse, "select count(*) as conditions from ranking.business_conditions")
    assert seeds == [{"conditions": 5}]
    password = fresh_warehouse.passwords[TRANSFORMER].encode()
    files = [file for file in (own_settings.var / "demo" / "dbt").rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if password in file.read_bytes()] == []
    # An attribute that is no longer declared is no column any more.
    build(fresh_warehouse, Organisation(name="demo"), own_settings, AS_OF, select="application_features")
    query = "select 1 from information_schema.columns where table_schema = 'features' and column_name like 'attribute%'"
    assert read(fresh_warehouse, query) == []
    assert len(read(fresh_warehouse, "select 1 from features.application_features")) == 60


def test_the_organisation_sets_the_vars() -> None:
    assert build_vars(ORGANISATION, AS_OF) == {
        "as_of_date": "2024-06-01",
        "screening_window_days": 30,
        "offer_window_days": 90,
        "start_window_days": 30,
        "attrition_months": 6,
        "attrition_gap_months": 2,
        "recording_lag_days": 14,
        "attribute_features": [
            {
                "name": "honors",
                "kind": "boolean",
                "rankers": ("quality",),
                "why": "asked for in the advertisement",
                "unit": "",
                "label": "",
                "leak_waiver": "on the resume as it came",
            }
        ],
    }


def failure(warehouse: Warehouse, settings: Settings, select: str | None = None) -> str:
    with pytest.raises(TransformError) as caught:
        build(warehouse, ORGANISATION, settings, AS_OF, select=select)
    return str(caught.value)


def test_a_model_that_fails_is_named(fresh_warehouse: Warehouse, own_settings: Settings) -> None:
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("alter table landing.offers drop column title")
    message = failure(fresh_warehouse, own_settings, "stg_landing__offers")
    assert message == 'dbt build as of 2024-06-01: stg_landing__offers: column "title" does not exist'


def test_a_data_test_that_fails_is_named(fresh_warehouse: Warehouse, own_settings: Settings) -> None:
    tables = small_organisation(seed=5)
    insert_all(fresh_warehouse, tables)
    insert(
        fresh_warehouse,
        "employment_spells",
        {**tables["employment_spells"][0], "ended_on": "2023-01-01", "recorded_at": "2024-05-01T00:00Z"},
    )
    message = failure(fresh_warehouse, own_settings, "+employment_spells")
    assert message == (
        "dbt build as of 2024-06-01: employment_spells_tenure_ends_after_its_start: "
        "Got 1 result, configured to fail if != 0"
    )


def test_a_project_that_cannot_be_read_says_so(
    fresh_warehouse: Warehouse, own_settings: Settings, tmp_path: Path
) -> None:
    message = failure(fresh_warehouse, dataclasses.replace(own_settings, repository=tmp_path))
    assert message.startswith("dbt build as of 2024-06-01: ")
    assert "dbt_project" in message
    assert "\n" not in message


def test_builds_wait_for_each_other(fresh_warehouse: Warehouse, own_settings: Settings) -> None:
    finished = threading.Event()

    def run() -> None:
        build(fresh_warehouse, ORGANISATION, own_settings, AS_OF, select="stg_landing__offers,resource_type:model")
        finished.set()

    with fresh_warehouse.connect(TRANSFORMER) as another_build:
        another_build.execute("select pg_advisory_xact_lock(%s)", [Lock.BUILD])
        thread = threading.Thread(target=run)
        thread.start()
        wait_for(lambda: locks(fresh_warehouse, granted=False) == 1)
        assert not finished.is_set()
    thread.join()
    assert finished.is_set()


def locks(warehouse: Warehouse, *, granted: bool = True) -> int:
    query = (
        "select count(*) as number from pg_locks where locktype = 'advisory' and granted = %s "
        "and database = (select oid from pg_database where datname = current_database())"
    )
    number: int = read(warehouse, query, granted)[0]["number"]
    return number


def child_of(process: int) -> int:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(children[0]) if children else 0


def wait_for(condition: Callable[[], int]) -> int:
    deadline = time.monotonic() + 60
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited for a minute in vain"
        time.sleep(0.05)
    return value


def test_the_lock_outlives_a_killed_caller_until_dbt_is_gone(
    fresh_warehouse: Warehouse, own_settings: Settings
) -> None:
    """Else the next build would replace the intermediate tables under the feet of an orphaned one."""
    program = (
        "import datetime, sys; from pathlib import Path; from ml.config import Settings; "
        "from ml.organisation import Organisation; from ml.transform import build; "
        "from ml.warehouse.connection import Warehouse; "
        "build(Warehouse(sys.argv[1], int(sys.argv[2]), sys.argv[3], {'facetrank_transformer': sys.argv[4]}), "
        "Organisation(name='demo'), Settings(Path(sys.argv[5]), Path(sys.argv[6]), Path()), datetime.date(2024, 6, 1))"
    )
    address = [fresh_warehouse.host, str(fresh_warehouse.port), fresh_warehouse.database]
    folders = [str(own_settings.repository), str(own_settings.var)]
    command = [sys.executable, "-c", program, *address, fresh_warehouse.passwords[TRANSFORMER], *folders]
    with subprocess.Popen(command, cwd=own_settings.repository) as caller:
        dbt = wait_for(lambda: child_of(caller.pid))
        assert locks(fresh_warehouse) == 1
        caller.kill()
    assert locks(fresh_warehouse) == 1
    os.kill(dbt, signal.SIGKILL)
    wait_for(lambda: locks(fresh_warehouse) == 0)
