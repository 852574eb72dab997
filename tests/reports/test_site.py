from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from ml.warehouse.roles import OWNER
from reports.drift_report import report_drift
from reports.formats import decimal, decimals, percent, percents
from reports.site import build_site
from tests.reports.factories import (
    AS_OF,
    People,
    add_backtest,
    add_gate,
    add_people,
    add_predictions,
    add_version,
    freeze,
    gap_leavers,
    hide_scores,
    involuntary,
    looked_into,
    make_marts,
    measured,
    publish,
    replayed,
    text_of,
    without_intervals,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

TRAINED = People.draw(0, 800, start=date(2025, 1, 1), days=480, prefix="old")
BEATEN = "Gradient boosting orders people reliably better than the forest's votes."
SINCE = People.draw(1, 400, start=date(2026, 6, 1), days=120, prefix="new", years=6.5)


@pytest.fixture(scope="module")
def site(
    module_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:  # fmt: skip
    """A site with a ranker that scores, one without signal and one that was never trained."""
    own = replace(settings, var=tmp_path_factory.mktemp("own"))
    make_marts(module_warehouse)
    add_people(module_warehouse, "onboard", TRAINED, label_status="observed")
    add_people(module_warehouse, "onboard", SINCE, label_status="immature")
    snapshot = freeze(own.organisation_folder("demo") / "snapshots", "onboard", TRAINED)
    add_version(
        module_warehouse, "onboard", "champion", "Better than chance.", version="3",
        metrics={**measured(TRAINED, "onboard"), "remarks": [BEATEN]}, snapshot_hash=snapshot.content_hash,
    )  # fmt: skip
    add_predictions(module_warehouse, "onboard", TRAINED.rows, version="3")
    add_version(module_warehouse, "quality", "no usable signal", "quality: the interval of its AUC includes .500.")
    add_gate(module_warehouse, "labels", "quality_labels", evaluated=12, failed=0)
    add_gate(
        module_warehouse, "features", "application_features", evaluated=1030, failed=2, sentence="<b>odd</b> & wrong"
    )
    publish(module_warehouse, {"onboard": ("3", snapshot.content_hash)}, SINCE)
    hide_scores(module_warehouse, "onboard", 0.1)
    for seed, quarter in enumerate((date(2026, 1, 1), date(2026, 4, 1))):
        add_backtest(module_warehouse, "onboard", quarter, replay=replayed(seed))
    add_backtest(module_warehouse, "onboard", date(2025, 10, 1), sentence="onboard: 12 mature labels.")
    add_backtest(module_warehouse, "interviews", date(2026, 4, 1), replay=replayed(2, is_line=False, opted_out=3))
    organisation = replace(demo_organisation, title="Ada & <i>Sons</i>")
    report_drift(module_warehouse, organisation, own, AS_OF)
    return build_site(module_warehouse, organisation, own, AS_OF).parent


def _own_pages(site: Path) -> list[Path]:
    pages = [page for page in site.rglob("*.html") if page.parent.name != "evidently"]
    assert len(pages) == 1 + 6
    return pages


def test_entrance_says_what_happened(site: Path) -> None:
    text = text_of(site / "index.html")
    assert "Report as of 1 October 2026" in text
    assert "400 applications to 40 requisitions are ranked in batch 1, published on 1 October 2026, 07:30 UTC." in text
    # By the hashes of their ids; a tenth of 400 were 40.
    assert "In the blind slice are 36 of them: 10.0% of applications, drawn at random, are listed without" in text
    assert "Onboard champion" in text
    assert "Better than chance." in text
    assert "Quality no usable signal – – –" in text
    assert "quality The interval of its AUC includes .500." in text
    assert "onboard, people new at its stage Drift." in text
    assert "Attrition not trained" in text
    assert "labels passed 1 12 0" in text
    assert "features failed 1 1,030 2" in text
    assert "onboard 400 of 400" in text
    assert "quality 0 of 400" in text


def test_ranker_page_has_yields_beside_business_as_usual(site: Path) -> None:
    text = text_of(site / AS_OF.isoformat() / "onboard.html")
    above = [row for row in TRAINED.rows if row["score"] > 0.55]
    rate = sum(row["label"] for row in above) / len(above)
    usual = sum(row["label"] for row in TRAINED.rows) / 800
    assert f"{usual:.1%}" in text
    assert f"{100 * (rate - usual):+.1f} 800 {len(above)} {len(above) / 800:.1%}" in text
    assert "none comes from a model that had seen the outcome" in text
    assert "Rolling origin over 5 quarters, 2025Q2 to 2026Q2." in text
    assert "2025 Q1" in text
    assert "The 8 with most applications of 40." in text


def test_measures_have_their_intervals(site: Path) -> None:
    text, metrics = text_of(site / AS_OF.isoformat() / "onboard.html"), measured(TRAINED, "onboard")
    value, interval = decimal(metrics["average_precision"]), decimals(metrics["average_precision_interval"])
    assert f"{value} {interval} prior" in text
    assert f"average precision {value} ({interval}); without skill" in text
    for row in metrics["precision_at_k"]:
        assert f"{row['k']} {percent(row['precision'])} {percents(row['precision_interval'])} " in text
    within = metrics["auc"]["within"]
    assert f"{decimal(within['value'])} ({decimals((within['low'], within['high']))}) from {within['pairs']:,}" in text


def test_a_version_of_before_the_intervals_has_the_values(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    metrics = without_intervals(measured(TRAINED, "quality") | looked_into())
    add_version(fresh_warehouse, "quality", "champion", "Scores.", metrics=metrics, snapshot_hash="a" * 64)
    folder = build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF).parent / str(AS_OF)
    text = text_of(folder / "quality.html")
    assert f"average precision {decimal(metrics['average_precision'])}; without skill" in text
    assert "Brier score .200; saying" in text
    assert f"blind: 800, pooled AUC {decimal(metrics['rank_seen'][0]['auc'])}." in text


def test_who_beats_the_forest_is_said_on_the_overview_and_at_the_top_of_its_page(site: Path) -> None:
    for page, next_heading in (
        (site / "index.html", "Data gates"),
        (site / AS_OF.isoformat() / "onboard.html", "Labels"),
    ):
        text = text_of(page)
        assert text.index(f"Note. {BEATEN}") < text.index(f" {next_heading} ")


def test_drift_page_has_verdict_and_columns(site: Path) -> None:
    text = text_of(site / AS_OF.isoformat() / "drift.html")
    assert "Onboard: training against people new at its stage Drift." in text
    assert "years_experience drift" in text
    assert "609 rows from the training of version 3, 400 of now." in text


def test_how_far_the_scored_are_from_those_trained_on_is_one_number(site: Path, module_warehouse: Warehouse) -> None:
    with module_warehouse.connect(OWNER) as connection:
        (overlap,) = connection.execute(
            "select overlap from governance.drift_results where comparison = 'scored'"
        ).fetchone() or (None,)
    # Years of N(6.5, 2) against N(5, 2): no more than Phi(1.5 / (2 root 2)) = .702.
    assert 0.6 < overlap["value"] < 0.75
    text = text_of(site / AS_OF.isoformat() / "onboard.html")
    number = f"{decimal(overlap['value'])} ({decimals((overlap['low'], overlap['high']))})"
    assert f"with an AUC of {number}, by 5-fold cross-validation of 400 and 800 people." in text
    assert "How far the two populations" not in text_of(site / AS_OF.isoformat() / "quality.html")


def test_replayed_quarters_have_a_page_with_both_orders_chance_and_bounds(site: Path) -> None:
    folder = site / AS_OF.isoformat()
    text = text_of(folder / "backtest.html")
    estimates = replayed(0)["estimates"]
    at_k, gain = estimates["at_k"], estimates["at_k"]["gain"]
    row = [
        f"2026 Q1 {at_k['model'] / at_k['of']:.1%} {at_k['real'] / at_k['of']:.1%} {at_k['by_lot'] / at_k['of']:.1%}"
    ]
    row.append(f"{100 * gain['value']:+.1f} {100 * gain['low']:+.1f} to {100 * gain['high']:+.1f}")
    row.append(f"{100 * gain['worst']:+.1f} to {100 * gain['best']:+.1f} {at_k['of']}")
    assert " ".join(row) in text
    per_good, fewer = estimates["people_per_good"], estimates["people_per_good"]["gain"]
    row = [f"2026 Q1 {per_good['model'] / per_good['of']:.1f} {per_good['real'] / per_good['of']:.1f}"]
    row.append(f"{per_good['by_lot'] / per_good['of']:.1f}")
    row.append(f"{fewer['value']:+.1f} {fewer['low']:+.1f} to {fewer['high']:+.1f}")
    row.append(f"{fewer['worst']:+.1f} to {fewer['best']:+.1f}")
    assert " ".join(row) in text
    assert "200 people in 1 quarter; 3 more had opted out of being ranked." in text
    assert "400 people in 2 quarters; 0 more had opted out of being ranked." in text
    assert "Interviews: which of the people first interviewed were hired?" in text
    assert "Onboard: which of the people with an offer onboarded?" in text
    assert "2025 Q4. onboard: 12 mature labels." in text
    # One picture per stage that has a course of time; interviews have one quarter only.
    assert {path.name for path in folder.glob("backtest-*.svg")} == {"backtest-onboard.svg"}
    assert text.count("Of the people scored above .55") == 1
    assert "Past quarters" in text_of(site / "index.html")


def test_rankers_without_a_model_say_so(site: Path) -> None:
    text = text_of(site / AS_OF.isoformat() / "attrition.html")
    assert "Not trained. Nothing has been trained yet: run the retrain workflow." in text
    assert "No model has been validated, so there is nothing to judge." in text
    assert "No application has both an out-of-fold score and a known outcome, so there is no yield to give." in text


def test_everything_is_offline(site: Path) -> None:
    loads = re.compile(r"""(?:src|href|action)\s*=\s*["']([^"']*)["']|url\(([^)]*)\)|@import""")
    for page in [*_own_pages(site), *site.rglob("*.css"), *site.rglob("*.svg")]:
        for found in loads.finditer(page.read_text(encoding="utf-8")):
            target = found.group(1) or found.group(2)
            assert target, page
            assert not re.match(r"[a-z]+:|//", target), (page, target)
    for page in site.rglob("evidently/*.html"):
        tags = re.findall(r"<(?:script|link|img|iframe)[^>]*>", page.read_text(encoding="utf-8"))
        assert [tag for tag in tags if re.search(r"""(src|href)=["']https?:""", tag)] == []


def test_every_link_leads_somewhere(site: Path) -> None:
    for page in _own_pages(site):
        for target in re.findall(r'(?:src|href)="([^"#]+)(?:#[^"]*)?"', page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page, target)


def test_no_script_is_needed(site: Path) -> None:
    for page in _own_pages(site):
        assert "<script" not in page.read_text(encoding="utf-8")


def test_what_comes_from_data_is_escaped(site: Path) -> None:
    entrance = (site / "index.html").read_text(encoding="utf-8")
    assert "Ada &amp; &lt;i&gt;Sons&lt;/i&gt;" in entrance
    assert "&lt;b&gt;odd&lt;/b&gt; &amp; wrong" in entrance
    assert "<i>" not in entrance
    assert "<b>" not in entrance


def test_no_person_is_on_it(site: Path) -> None:
    people = re.compile(r"\b(?:c-)?(?:old|new)\d{5}\b")
    for page in site.rglob("*.html"):
        assert people.search(page.read_text(encoding="utf-8")) is None


def test_an_organisation_with_nothing_yet(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    own = replace(settings, var=tmp_path)
    organisation = replace(demo_organisation, parts=("screening",))
    entrance = build_site(fresh_warehouse, organisation, own, AS_OF)
    text = text_of(entrance)
    assert "No scores have been published for this date, so nothing is ranked." in text
    assert "No gate has run for this date." in text
    assert "No scores have been published for this date, so there is nothing to compare with the training." in text
    assert "Quality not trained" in text
    assert "Past quarters" not in text
    assert not (entrance.parent / AS_OF.isoformat() / "backtest.html").exists()
    assert "onboard The data of this organisation has no part of the lifecycle that labels onboard." in text


@pytest.mark.parametrize("is_measured", [True, False])
def test_leavers_of_the_gap_are_counted_and_bounded(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path, is_measured: bool
) -> None:
    make_marts(fresh_warehouse)
    metrics = measured(TRAINED, "attrition") | ({"gap_leavers": gap_leavers()} if is_measured else {})
    people = [{**row, "score": 0.8, "label": int(number < 30)} for number, row in enumerate(TRAINED.rows[:40])]
    add_version(
        fresh_warehouse,
        "attrition",
        "champion",
        "Scores.",
        metrics=metrics,
        snapshot_hash="a" * 64,
    )
    add_predictions(fresh_warehouse, "attrition", people)
    add_people(fresh_warehouse, "attrition", People(SINCE.rows[:10]), label_status="gap")
    site = build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF).parent
    # 30 of 40 stayed; with 10 leavers of the gap among those scored above, 30 of 50.
    text = text_of(site / AS_OF.isoformat() / "attrition.html")
    assert "10 people left in the gap between leaving early and staying long." in text
    assert "counted as leavers, attrition accuracy would be 60.0%." in text
    # 30 of 43: centre (.69767 + .04467) / 1.08934 = .68146, half width 1.95996 x root of (.004905 + .000519) / 1.08934.
    told = (
        "Of the 10, 4 are scored. With them counted as leavers, attrition accuracy is 69.8% (54.9% to 81.4%), without"
    )
    assert (told in text) is is_measured


def test_what_the_forest_goes_by_is_drawn_and_in_tables(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    metrics = measured(TRAINED, "attrition") | looked_into()
    add_version(fresh_warehouse, "attrition", "champion", "Scores.", metrics=metrics, snapshot_hash="a" * 64)
    folder = build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF).parent / str(AS_OF)
    text = text_of(folder / "attrition.html")
    assert "Brier score .200 (.190 to .210); saying" in text
    assert "Log loss .600 (.580 to .620)." in text
    assert "1,234 people, also those whose label is not due yet" in text
    assert "The paper found that they barely predict attrition: that holds here." in text
    assert "years_experience .050 .030 to .070 .410 .390 to .430 source .010 -.010 to .030 –" in text
    assert "source agency .610 50.0% direct .570 40.0% missing .550 10.0%" in text
    assert "years_experience 1.5 .585 – 7 .530 – 20 .400 – missing .500 25.0%" in text
    assert "Isotonic regression would not give reliably better probabilities." in text
    assert (
        "From 3 trees on the out-of-bag accuracy changes by no more than its standard error; 10 are grown, as the finer order of people may gain beyond."
        in text
    )
    assert (
        "with 25 trees that learn these labels: always the same 4,000 of 5,000 people who started 15 months ago or earlier"
        in text
    )
    assert "From t = 12 to 3 months the F1 of the stayers changes by nothing." in text
    assert "6 1 300 100 .700 .680 to .720 .700 .680 to .720 .700 .680 to .720 .857 .700 .680 to .720 .400" in text
    page = (folder / "attrition.html").read_text(encoding="utf-8")
    pictures = set(re.findall(r'src="([^"]+)"', page))
    names = (
        "importance",
        "dependence-1",
        "dependence-2",
        "reliability",
        "trees",
        "f1-stayers",
        "f1-leavers",
        "precision",
        "recall",
    )
    assert pictures == {f"attrition-{name}.svg" for name in names}
    for picture in pictures:
        assert (folder / picture).read_text(encoding="utf-8").startswith("<?xml"), picture


@pytest.mark.parametrize("is_known", [True, False])
def test_attrition_is_told_with_and_without_involuntary_exits(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path, is_known: bool
) -> None:
    make_marts(fresh_warehouse)
    metrics = measured(TRAINED, "attrition") | looked_into() | {"involuntary": involuntary(is_known=is_known)}
    add_version(fresh_warehouse, "attrition", "champion", "Scores.", metrics=metrics, snapshot_hash="a" * 64)
    folder = build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF).parent / str(AS_OF)
    text = text_of(folder / "attrition.html")
    assert "With and without involuntary exits" in text
    assert ("No reason is on record." in text) is not is_known
    # 20 of 120 leavers are left out.
    row = f"left out .700 .650 to .750 90.0% 80.0% to 95.0% {metrics['tested'] - 20:,} 100"
    assert (row in text) is is_known
    headline, accuracy = metrics["auc"]["headline"], metrics["reject_option"]["yield"]
    row = f"counted {decimal(headline['value'])} {decimals((headline['low'], headline['high']))}"
    row += f" {percent(accuracy['value'])} {percents((accuracy['low'], accuracy['high']))} {metrics['tested']:,} 120"
    assert (row in text) is is_known


def test_the_newest_date_is_the_entrance_whichever_is_built_last(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    own = replace(settings, var=tmp_path)
    build_site(fresh_warehouse, demo_organisation, own, AS_OF)
    entrance = build_site(fresh_warehouse, demo_organisation, own, date(2026, 7, 1))
    text = text_of(entrance)
    assert "Report as of 1 October 2026" in text
    assert "All reports 1 October 2026 1 July 2026" in text
    assert "Report as of 1 July 2026" in text_of(entrance.parent / "2026-07-01" / "index.html")


def test_a_challenger_since_is_told_beside_the_version_that_scores(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    add_version(fresh_warehouse, "quality", "champion", "Promoted.", version="1", as_of_date=date(2026, 7, 1))
    add_version(fresh_warehouse, "quality", "rejected", "Worse than version 1.", version="2")
    publish(fresh_warehouse, {"quality": ("1", "a" * 64)}, SINCE)
    text = text_of(build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF))
    assert "Version 1 scores. Of version 2, trained since: rejected. Worse than version 1." in text


def test_before_the_first_build_it_says_what_to_do(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    from ml.errors import FacetrankError

    with pytest.raises(FacetrankError) as error:
        build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF)
    assert str(error.value) == "There are no labels in the warehouse yet, so nothing can be reported: run ingest first."
    with fresh_warehouse.connect(OWNER) as connection:
        assert connection.execute("select count(*) from governance.drift_results").fetchone() == (0,)
