"""The three real files of ``examples/``, each from its export to ranked lists and reports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ml.config import Settings
from ml.organisation import read_organisation
from ml.warehouse import open_warehouse
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import AUDITOR, HR_OPS, OWNER
from tests.end_to_end.conftest import Facetrank


@dataclass(frozen=True)
class Expected:
    """What a fair run of one file gives.

    Attributes
    ----------
    fair_auc : float
        Pooled AUC of a plain forest that sees only what may be seen (measured apart, three seeds of 5 folds).
    protected : list of str
        Attributes that its mapping sets apart, and the crossed ones; a name is none.
    """

    organisation: str
    rows: int
    ranker: str
    fair_auc: float
    protected: list[str]


FILES = [
    Expected("callbacks", 4870, "quality", 0.588, ["race_ethnicity", "sex", "sex by race_ethnicity", "veteran"]),
    Expected("turnover", 1129, "attrition", 0.633, ["age", "head_sex", "sex"]),
    Expected("offers", 2000, "onboard", 0.628, ["visa_required"]),
]


@pytest.fixture(scope="module", params=FILES, ids=lambda expected: expected.organisation)
def run(request: pytest.FixtureRequest, settings: Settings, facetrank: Facetrank) -> tuple[Expected, Warehouse, Path]:
    expected: Expected = request.param
    file = settings.repository / "examples" / expected.organisation / "organisation.yaml"
    facetrank(file, "demo")
    return (
        expected,
        open_warehouse(settings, read_organisation(file)),
        settings.organisation_folder(expected.organisation),
    )


def test_every_row_is_loaded_and_none_refused(run: tuple[Expected, Warehouse, Path]) -> None:
    expected, warehouse, _ = run
    with warehouse.connect(OWNER) as connection:
        count = "select count(*) from landing.applications"
        assert connection.execute(count).fetchone() == (expected.rows,)
        for schema in ("landing", "protected"):
            assert connection.execute(f"select count(*) from {schema}.rejected_rows").fetchone() == (0,)


def test_the_one_ranker_with_labels_is_near_the_fair_auc(run: tuple[Expected, Warehouse, Path]) -> None:
    expected, warehouse, _ = run
    with warehouse.connect(AUDITOR) as connection:
        versions = connection.execute("select ranker, status, metrics from governance.model_versions").fetchall()
    by_ranker = {ranker: (status, metrics) for ranker, status, metrics in versions}
    assert {ranker for ranker, (status, _) in by_ranker.items() if status == "no labels"} == (
        {"quality", "onboard", "attrition"} - {expected.ranker}
    )
    status, metrics = by_ranker[expected.ranker]
    assert status == "champion"
    assert "cross-validation" in metrics["validation"], "files without dates fall back from validation over time"
    # Two standard errors of an AUC on the smallest file, with some 65 leavers, are about .07.
    assert metrics["auc"]["pooled"]["value"] == pytest.approx(expected.fair_auc, abs=0.07)


def test_everybody_is_ranked_by_the_one_facet(run: tuple[Expected, Warehouse, Path]) -> None:
    expected, warehouse, _ = run
    facet = {"quality": "q", "onboard": "o", "attrition": "v"}[expected.ranker]
    with warehouse.connect(AUDITOR) as connection:
        listed, ranked, present = connection.execute(
            f"select count(*), count(rank), count({facet}) from ranking.ranked_applications where condition = 'normal'"
        ).fetchone() or (0, 0, 0)
    assert listed == ranked == present == expected.rows


def test_hr_reads_the_whole_list(run: tuple[Expected, Warehouse, Path]) -> None:
    expected, warehouse, _ = run
    with warehouse.connect(HR_OPS) as connection:
        listed = connection.execute("select count(*) from ranking.ranked_list where condition = 'normal'").fetchone()
        assert listed == (expected.rows,)


def test_the_list_can_be_printed_and_explained(
    run: tuple[Expected, Warehouse, Path], settings: Settings, facetrank: Facetrank
) -> None:
    expected, warehouse, _ = run
    file = settings.repository / "examples" / expected.organisation / "organisation.yaml"
    with warehouse.connect(AUDITOR) as connection:
        (requisition,) = connection.execute(
            "select requisition_id from ranking.ranked_applications group by 1 order by count(*) desc, 1 limit 1"
        ).fetchone() or ("",)
    ranked = json.loads(facetrank(file, "rank", requisition, "--json"))
    assert [row["rank"] for row in ranked] == list(range(1, len(ranked) + 1))
    assert ranked[0]["application_id"] in facetrank(file, "explain", ranked[0]["application_id"])


def test_the_model_card_gives_rates_of_what_the_file_says_of_people(run: tuple[Expected, Warehouse, Path]) -> None:
    expected, _, folder = run
    (file,) = folder.glob(f"site/*/card-{expected.ranker}-1.json")
    card = json.loads(file.read_text(encoding="utf-8"))
    groups = {each["attribute"]: [group["group"] for group in each["groups"]] for each in card["audit"]["attributes"]}
    assert sorted(groups) == expected.protected
    assert groups.get("age", ["40 or older", "under 40"]) == ["40 or older", "under 40"]
    missing = "The sex and race ethnicity of nobody tested is known, so nothing is known of how it treats these groups."
    assert (missing in card["limits"]) == ("sex" not in groups)
    # None of the files has interviews, and each has one part of the lifecycle.
    assert all(outcome["auc"] is None for outcome in card["audit"]["validity"])
    (logged,) = folder.glob("mlflow/**/model_card.json")
    assert json.loads(logged.read_text(encoding="utf-8")) == card


def test_the_report_says_what_there_is_and_what_there_is_not(run: tuple[Expected, Warehouse, Path]) -> None:
    expected, _, folder = run
    page = (folder / "site" / "index.html").read_text(encoding="utf-8")
    assert page.count("no labels") >= 2
    assert "champion" in page
    assert (folder / "site" / "data_docs" / "index.html").exists()
    assert expected.ranker in page
