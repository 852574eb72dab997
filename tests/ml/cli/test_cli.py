"""The command line as a user calls it: a process, its output, its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ml.cli.ranking import parse_facets
from ml.config import Settings
from ml.errors import ConfigurationError
from ml.organisation import read_organisation
from ml.warehouse import open_warehouse
from ml.warehouse.connection import Warehouse

MAIN = "import sys; from ml.cli import main; sys.argv[0] = 'facetrank'; main()"


def facetrank(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        capture_output=True, text=True, check=False, cwd=settings.repository, env=settings.environment(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An organisation of the module's own on the session's server."""
    file = tmp_path_factory.mktemp("cli") / "organisation.yaml"
    file.write_text("name: cli\n")
    own = Settings(settings.repository, settings.var, file)
    assert facetrank(own, "up").returncode == 0
    return own


def warehouse_of(settings: Settings) -> Warehouse:
    return open_warehouse(settings, read_organisation(settings.organisation_file))


def test_help_lists_the_commands(settings: Settings) -> None:
    called = facetrank(settings, "--help")
    assert called.returncode == 0
    for command in ("up", "down", "status", "url", "simulate", "load", "run", "models", "rollback", "rank", "explain",
                    "search", "report"):  # fmt: skip
        assert f"\n  {command} " in called.stdout


def test_help_imports_nothing_heavy(settings: Settings) -> None:
    probe = (
        "import sys\n"
        "from ml.cli.app import app\n"
        "heavy = {'pandas', 'numpy', 'sklearn', 'pyarrow', 'mlflow', 'airflow', 'great_expectations', 'evidently', 'dbt'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    called = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert called.stdout.strip() == "[]"


def test_up_and_status(installed: Settings) -> None:
    warehouse = warehouse_of(installed)
    called = facetrank(installed, "up")
    assert f"Warehouse   127.0.0.1:{warehouse.port}/facetrank_cli\n" in called.stdout
    assert warehouse.passwords["hr_ops"] not in called.stdout
    status = json.loads(facetrank(installed, "status", "--json").stdout)
    assert status["is_running"]
    assert status["rows"]["landing.applications"] == 0


def test_status_of_a_server_that_is_down(settings: Settings, tmp_path: Path) -> None:
    elsewhere = Settings(settings.repository, tmp_path, settings.organisation_file)
    called = facetrank(elsewhere, "status")
    assert called.stdout == "Organisation demo; the warehouse is down.\n"


def test_url_is_for_a_role(installed: Settings) -> None:
    warehouse = warehouse_of(installed)
    assert facetrank(installed, "url").stdout.strip() == warehouse.url("hr_ops")
    refused = facetrank(installed, "url", "--role", "root")
    assert refused.returncode == 2
    assert refused.stderr.startswith("facetrank: --role: expected one of facetrank_owner, facetrank_loader")
    assert refused.stderr.endswith("got 'root'.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "score", "--as-of", "yesterday"), "--as-of: expected a date like 2026-01-31, got 'yesterday'."),
        (("run", "score", "--conf", "[1]"), "--conf: expected a JSON object, got '[1]'."),
        (("run", "score", "--conf", "{"), "--conf: expected a JSON object, got '{'."),
        (("simulate", "--applications", "9", "--seed", "1"), "simulate: give either --out DIR or --load."),
        (("rank", "R1", "--weights", "t=.5,t=.5"), "--weights: expected each of t, q, o, v at most once, got 't=.5'."),
        (("search", "java"), "No scores are published yet: run the score workflow."),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_code_2(
    installed: Settings, arguments: tuple[str, ...], message: str
) -> None:
    called = facetrank(installed, *arguments)
    assert called.returncode == 2
    assert called.stderr == f"facetrank: {message}\n"


def test_a_full_disk_is_one_line_and_exit_code_2(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "secrets.building").symlink_to("/dev/full")
    called = facetrank(replace(settings, var=tmp_path), "up")
    assert called.returncode == 2
    assert called.stderr.startswith(f"facetrank: A disk ran full (now {tmp_path} has ")
    assert called.stderr.count("\n") == 1


def test_a_folder_is_loaded_from_the_command_line(installed: Settings, tmp_path: Path) -> None:
    (tmp_path / "candidates.csv").write_text(
        "candidate_id,created_at,recorded_at\ncli-1,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n"
    )
    first = facetrank(installed, "load", str(tmp_path), "--json")
    assert first.returncode == 0, first.stderr
    assert [count["loaded"] for count in json.loads(first.stdout)["counts"]] == [1]
    again = facetrank(installed, "load", str(tmp_path))
    assert again.stdout.endswith("total: 0 loaded, 1 unchanged, 0 rejected\n")


def test_facets_are_read_by_name() -> None:
    assert parse_facets("t=.3, q=0.7", "--weights") == {"t": 0.3, "q": 0.7}
    assert parse_facets(None, "--weights") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x=1", "--thresholds: expected each of t, q, o, v at most once, got 'x=1'."),
        ("t=high", "--thresholds: t: expected a number, got 'high'."),
        ("t", "--thresholds: t: expected a number, got ''."),
    ],
)
def test_facets_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_facets(text, "--thresholds")
    assert str(refused.value) == message
