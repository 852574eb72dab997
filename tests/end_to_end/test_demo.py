"""``make demo`` in small: a simulated organisation from landing files to the report site, twice."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from ml.config import Settings
from ml.organisation import read_organisation
from ml.warehouse import open_warehouse
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import ERASER, HR_OPS, REVIEWER, TRAINER
from tests.end_to_end.conftest import Facetrank

RANKS = "select application_id, rank, joint_score from ranking.ranked_list where condition = 'normal' order by 1"


@pytest.fixture(scope="module")
def organisation_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("small") / "organisation.yaml"
    file.write_text("name: small\nas_of_date: 2026-04-01\nrankers: {trees: 30}\n")
    return file


@pytest.fixture(scope="module")
def printed(organisation_file: Path, facetrank: Facetrank) -> str:
    return facetrank(organisation_file, "demo", "--applications", "6000", "--seed", "5")


@pytest.fixture(scope="module")
def warehouse(printed: str, settings: Settings, organisation_file: Path) -> Warehouse:
    return open_warehouse(settings, read_organisation(organisation_file))


def test_it_ends_by_saying_what_was_made(printed: str) -> None:
    summary = printed.split("\nDone in ")[1]
    for part in ("landing.applications", "labels.quality_labels", "ranking.ranked_applications"):
        assert part in summary
    assert "\n  quality    champion " in summary
    assert "\nTop ten of REQ-" in summary
    assert "site/index.html" in summary
    assert "postgresql://hr_ops@127.0.0.1:" in summary


def test_hr_reads_the_ranked_list_and_nothing_behind_it(warehouse: Warehouse) -> None:
    with warehouse.connect(HR_OPS) as connection:
        (rows,) = connection.execute("select count(*) from ranking.ranked_list").fetchone() or (0,)
        assert rows > 100
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from landing.applications")


def test_scores_are_explained_and_any_other_when_asked(
    warehouse: Warehouse, organisation_file: Path, facetrank: Facetrank
) -> None:
    with warehouse.connect(HR_OPS) as connection:
        best = "select application_id from ranking.ranked_list where rank = 1 order by 1 limit 1"
        (application,) = connection.execute(best).fetchone() or ("",)
    stored = json.loads(facetrank(organisation_file, "explain", application, "--json"))
    assert stored["scores"]
    for score in stored["scores"]:
        parts = [part["contribution"] for part in score["raised"] + score["lowered"]]
        assert score["base_value"] + sum(parts) + score["rest"] == pytest.approx(score["score"], abs=1e-6)
    # As for somebody beyond the first fifty, whom the batch did not explain.
    with warehouse.connect(ERASER) as connection:
        connection.execute("delete from scores.explanations where application_id = %s", [application])
    assert json.loads(facetrank(organisation_file, "explain", application, "--json")) == stored


def test_running_it_again_changes_nothing_that_people_read(
    warehouse: Warehouse, organisation_file: Path, facetrank: Facetrank
) -> None:
    with warehouse.connect(TRAINER) as connection:
        before = connection.execute(RANKS).fetchall()
    assert before
    again = facetrank(organisation_file, "demo", "--applications", "6000", "--seed", "5")
    assert "simulate: 6000-applications-seed-5-until-2026-04-01 is there already" in again
    with warehouse.connect(TRAINER) as connection:
        assert connection.execute(RANKS).fetchall() == before


def test_a_past_quarter_is_replayed_and_nothing_else_changes(
    warehouse: Warehouse, organisation_file: Path, settings: Settings, facetrank: Facetrank
) -> None:
    kept = "select ranker, model_version, status from governance.model_versions order by 1, 2"
    with warehouse.connect(TRAINER) as connection:
        before = connection.execute(kept).fetchall(), connection.execute(RANKS).fetchall()
    quarter = '{"from_quarter": "2025Q2", "to_quarter": "2025Q2"}'
    said = facetrank(organisation_file, "run", "backtest", "--conf", quarter)
    assert "quality: 2025Q2: of " in said
    with warehouse.connect(TRAINER) as connection:
        assert (connection.execute(kept).fetchall(), connection.execute(RANKS).fetchall()) == before
    with warehouse.connect(REVIEWER) as connection:
        statement = "select quarter_start::text, status from governance.backtest_results where stage = 'quality'"
        assert connection.execute(statement).fetchall() == [("2025-04-01", "replayed")]
    assert (settings.organisation_folder("small") / "site" / "2026-04-01" / "backtest.html").exists()


def test_another_simulation_beside_it_is_refused(
    printed: str, organisation_file: Path, settings: Settings, facetrank: Facetrank
) -> None:
    with pytest.raises(AssertionError) as refused:
        facetrank(organisation_file, "demo", "--applications", "5000", "--seed", "5")
    assert (
        "facetrank: The demo organisation holds 6000-applications-seed-5-until-2026-04-01: "
        "run `make clean`, or set FACETRANK_VAR to another folder."
    ) in str(refused.value)
