"""The whole dbt build, its unit tests and data tests included, and the documentation that every model owes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ml.config import REPOSITORY
from ml.transform import dbt_environment
from ml.warehouse.connection import Warehouse
from tests.dbt_project.factories import insert_all, read, small_organisation

PROJECT = REPOSITORY / "dbt_project"


@dataclass
class Build:
    """What one `dbt build` left behind."""

    warehouse: Warehouse
    output: str
    statuses: Counter[tuple[str, str]]
    models: list[dict[str, Any]]


@pytest.fixture(scope="module")
def built(module_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Build:
    insert_all(module_warehouse, small_organisation(seed=3))
    target = tmp_path_factory.mktemp("target")
    arguments = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", target, "--log-path", target]
    finished = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--quiet", "build", "--vars", "as_of_date: 2024-06-01", *arguments],
        env=dbt_environment(module_warehouse),
        capture_output=True,
        text=True,
        check=False,
    )
    return Build(module_warehouse, finished.stdout, _statuses(target), _models(target))


def _statuses(target: Path) -> Counter[tuple[str, str]]:
    results = json.loads((target / "run_results.json").read_text())["results"]
    return Counter((result["unique_id"].split(".")[0], result["status"]) for result in results)


def _models(target: Path) -> list[dict[str, Any]]:
    nodes = json.loads((target / "manifest.json").read_text())["nodes"].values()
    return [node for node in nodes if node["resource_type"] in ("model", "seed")]


def test_everything_builds_and_every_test_passes(built: Build) -> None:
    assert {status for _, status in built.statuses} == {"success", "pass"}, built.output
    assert built.statuses["unit_test", "pass"] >= 28
    assert built.statuses["test", "pass"] >= 100


def test_every_model_says_what_a_row_is(built: Build) -> None:
    assert built.models
    assert [model["name"] for model in built.models if not model["description"].startswith("One row per ")] == []


def test_every_column_is_described_and_every_description_has_its_column(built: Build) -> None:
    actual = {
        (row["table_schema"], row["table_name"]): set(row["columns"])
        for row in read(
            built.warehouse,
            "select table_schema, table_name, array_agg(column_name::text) as columns "
            "from information_schema.columns group by table_schema, table_name",
        )
    }
    for model in built.models:
        described = {name for name, column in model["columns"].items() if column["description"].strip()}
        assert described == actual[model["schema"], model["name"]], model["name"]


def test_every_model_has_its_key_tested(built: Build) -> None:
    text = "\n".join(file.read_text() for file in PROJECT.rglob("*.yml"))
    blocks = dict(re.findall(r"^  - name: (\w+)\n(.*?)(?=^  - name: |\Z)", text, flags=re.MULTILINE | re.DOTALL))
    untested = [model["name"] for model in built.models if "unique" not in blocks[model["name"]]]
    # One row per change of the record: two events may change in the same moment, and nothing identifies a change.
    assert untested == ["event_changes"]


def test_only_staging_reads_the_landing_tables(built: Build) -> None:
    readers = {model["schema"] for model in built.models if "source(" in model["raw_code"]}
    assert readers == {"staging"}


def test_no_model_asks_for_the_time_of_day(built: Build) -> None:
    clock = re.compile(
        r"\bnow\(|current_date|current_timestamp|localtime|clock_timestamp|run_started_at", re.IGNORECASE
    )
    assert [model["name"] for model in built.models if clock.search(model["raw_code"])] == []
