"""Model cards: what the auditor measures, what is kept and by whom, JSON and page from one source."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from ml.config import REPOSITORY
from ml.rankers.records import record_champion
from ml.warehouse.roles import AUDITOR, OWNER, TRAINER, TRANSFORMER
from reports.card_audit import measure
from reports.card_limits import limits
from reports.card_records import measure_versions, read_cards, record_facts
from reports.formats import decimal, decimals, percent, percents
from reports.model_card import CardFeature, ModelCard, TrainingFacts
from reports.site import build_site
from tests.reports.factories import (
    AS_OF,
    People,
    add_people,
    add_predictions,
    add_version,
    gap_leavers,
    involuntary,
    losses,
    make_marts,
    measured,
    text_of,
    without_intervals,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

SCHEMA = json.loads((REPOSITORY / "reports" / "model_card.schema.json").read_text(encoding="utf-8"))
PEOPLE = People.draw(0, 400, start=date(2025, 1, 1), days=480, prefix="p")
YEARS = CardFeature(
    "years_experience", "years of experience", "numeric", "years", "Practice makes better.", "looked at <b>twice</b>",
    "said of the job", {"value": 0.031, "low": 0.02, "high": 0.04}, None,
)  # fmt: skip


def facts(version: str = "3", **changes: Any) -> TrainingFacts:
    choice = {
        "platt": losses(),
        "isotonic": losses(),
        "gain": {},
        "sentence": "Isotonic regression would not do better.",
    }
    metrics = {**measured(PEOPLE, "quality"), "calibration_choice": choice}
    known = TrainingFacts(
        ranker="quality",
        version=version,
        organisation="Ada & Sons",
        as_of_date=AS_OF.isoformat(),
        question="Who would pass the screen?",
        label_definition="Passed or failed the screen.",
        outcome="passed the screen",
        first_entered_at="2025-01-01T00:00:00+00:00",
        last_entered_at="2026-04-25T00:00:00+00:00",
        rows=400,
        positives=200,
        label_statuses={"observed": 400, "immature": 100},
        features=(YEARS,),
        measures={name: value for name, value in metrics.items() if name in SCHEMA["$defs"]["measures"]["properties"]},
        snapshot_hash="a" * 64,
        contract_hash="b" * 64,
        model_sha256="d" * 64,
        invocation_id="run 1",
        seed=0,
        forest={"n_estimators": 100},
        libraries={"scikit-learn": "1.9.1"},
    )  # fmt: skip
    return replace(known, **changes)


def check(document: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(document))


def make_known_events(warehouse: Warehouse) -> None:
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute(
            "create table intermediate.known_events"
            " (as_of_date date, event_id text, application_id text, event_type text, occurred_at timestamptz)"
        )


def add_events(warehouse: Warehouse) -> None:
    """Interview everybody a day later: who has a score above one half passes; and a day before, which does not count."""
    with warehouse.connect(TRANSFORMER) as connection, connection.cursor() as cursor:
        rows = []
        for person in PEOPLE.rows:
            passed = "interview_passed" if person["score"] > 0.5 else "interview_failed"
            for event, days in ((passed, 1), ("interview_failed", -1)):
                rows.append((AS_OF, person["application_id"], event, person["stage_entered_at"] + timedelta(days=days)))
        cursor.executemany(
            "insert into intermediate.known_events (as_of_date, application_id, event_type, occurred_at)"
            " values (%s, %s, %s, %s)", rows,
        )  # fmt: skip


def tell(warehouse: Warehouse, rows: list[tuple[str, str, str | None, int]]) -> None:
    """Add protected attributes: candidate, attribute, value, and how many days before the as-of date it was recorded."""
    midnight = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC)
    with warehouse.connect(OWNER) as connection, connection.cursor() as cursor:
        candidates = sorted({row[0] for row in rows})
        cursor.executemany(
            "insert into landing.candidates (candidate_id, created_at, recorded_at) values (%s, %s, %s)"
            " on conflict do nothing", [(candidate, midnight, midnight) for candidate in candidates],
        )  # fmt: skip
        moments = [midnight - timedelta(days=row[3]) for row in rows]
        cursor.executemany(
            "insert into protected.protected_attributes (candidate_id, attribute, value, collected_at, recorded_at)"
            " values (%s, %s, %s, %s, %s)",
            [(*row[:3], at, at) for row, at in zip(rows, moments, strict=True)],
        )


@pytest.fixture(scope="module")
def warehouse(module_warehouse: Warehouse) -> Warehouse:
    """A champion with its facts, protected data of half of the people, and interviews."""
    make_marts(module_warehouse)
    make_known_events(module_warehouse)
    add_events(module_warehouse)
    add_people(module_warehouse, "quality", PEOPLE, label_status="observed")
    add_version(module_warehouse, "quality", "challenger", "quality: fine.", version="3", snapshot_hash="a" * 64)
    add_version(module_warehouse, "onboard", "too few labels", "onboard: 3 labels.")
    add_predictions(module_warehouse, "quality", PEOPLE.rows, version="3")
    record_facts(module_warehouse, facts())
    with module_warehouse.connect(TRAINER) as connection:
        record_champion(
            connection, "quality", "3", action="promoted", by="ada", at=datetime(2026, 10, 1, 9, tzinfo=UTC)
        )
    told = [(row["candidate_id"], "sex", ("female", "male")[each % 2], 9) for each, row in enumerate(PEOPLE.rows[:200])]
    told.append((PEOPLE.rows[0]["candidate_id"], "sex", "male", 8))
    # Recorded at midnight of the as-of date: not known before it.
    told.append((PEOPLE.rows[300]["candidate_id"], "sex", "male", 0))
    tell(module_warehouse, told)
    return module_warehouse


def test_the_auditor_measures_what_was_known_before_the_date(
    warehouse: Warehouse, demo_organisation: Organisation
) -> None:
    with warehouse.connect(AUDITOR) as connection:
        audit = measure(connection, demo_organisation, "quality", "3", AS_OF)
    assert audit is not None
    (sex,) = audit["attributes"]
    # Of 200 every other is female, and one of them corrected it.
    assert {group["group"]: group["applications"] for group in sex["groups"]} == {"female": 99, "male": 101}
    assert sex["unknown"] == {"applications": 200, "people": 200}
    interviews, tenure = audit["validity"]
    passed = sum(row["score"] > 0.5 for row in PEOPLE.rows)
    assert (interviews["applications"], interviews["positives"]) == (400, passed)
    assert interviews["auc"]["value"] == 1.0
    assert tenure["auc"] is None


def test_the_trainer_cannot_join_protected_data(warehouse: Warehouse, demo_organisation: Organisation) -> None:
    with warehouse.connect(TRAINER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege) as error:
        measure(connection, demo_organisation, "quality", "3", AS_OF)
    assert "permission denied for schema protected" in str(error.value)


@pytest.mark.parametrize("role", [TRAINER, TRANSFORMER])
def test_who_trains_cannot_read_what_was_measured_of_groups(warehouse: Warehouse, role: str) -> None:
    with warehouse.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select audit from governance.model_card_audits")


def test_a_version_whose_scores_are_gone_keeps_its_measures(
    warehouse: Warehouse, demo_organisation: Organisation
) -> None:
    (card,) = measure_versions(warehouse, demo_organisation, AS_OF)
    with warehouse.connect(OWNER) as connection:
        connection.execute("update scores.validation_predictions set model_version = '4'")
    assert measure_versions(warehouse, demo_organisation, AS_OF) == (card,)
    with warehouse.connect(OWNER) as connection:
        connection.execute("update scores.validation_predictions set model_version = '3'")
    # Again the same, and one row.
    assert measure_versions(warehouse, demo_organisation, AS_OF) == (card,)


def test_page_and_json_say_the_same(
    warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    (card,) = measure_versions(warehouse, demo_organisation, AS_OF)
    own = replace(settings, var=tmp_path)
    site = build_site(warehouse, demo_organisation, own, AS_OF).parent
    folder = site / AS_OF.isoformat()
    document = json.loads((folder / "card-quality-3.json").read_text(encoding="utf-8"))
    check(card.to_json())
    assert document == json.loads(card.to_json())
    page = folder / "card-quality-3.html"
    text = text_of(page)
    for sentence in (*document["intended_use"], *document["not_for"], *document["limits"], document["snapshot_hash"]):
        assert sentence in text
    assert "Champion. Fine." in text
    assert "Promoted by ada at 2026-10-01 09:00 UTC." in text
    assert "Brier score .200 (.190 to .210); saying" in text
    assert "log loss .600 (.580 to .620)." in text
    measures = document["measures"]
    interval = decimals(measures["average_precision_interval"])
    assert f"{decimal(measures['average_precision'])} {interval} prior" in text
    (first, *_), (blind, _) = measures["precision_at_k"], measures["rank_seen"]
    assert f"1 {percent(first['precision'])} {percents(first['precision_interval'])} " in text
    assert f"blind: 400, pooled AUC {decimal(blind['auc'])} ({decimals(blind['auc_interval'])})." in text
    within = measures["auc"]["within"]
    assert f"{decimal(within['value'])} ({decimals((within['low'], within['high']))}) from {within['pairs']:,}" in text
    assert "Audit input, not an independent audit." in text
    assert "from 2025-01-01 to 2026-04-25" in text
    assert "400 applications, 200 of which passed the screen (50.0%)" in text
    assert "female 99 99 people" in text
    assert "Unknown: 200 applications of 200 people." in text
    assert "years of experience years_experience .031 .020 to .040 numeric, years Practice makes better." in text
    assert "Waived as a leak: looked at <b>twice</b>" in text
    assert "Waived as protected: said of the job" in text
    assert "The score goes with who passed the interviews held afterwards: AUC 1.000" in text
    html = page.read_text(encoding="utf-8")
    assert not re.search(r"<script|<b>|https?:|\bc-p\d{5}\b|\bp\d{5}\b", html)
    for linking in (site / "index.html", folder / "index.html", folder / "quality.html"):
        assert re.search(r'href="[^"]*card-quality-3.html"', linking.read_text(encoding="utf-8"))
    assert "card-" not in (folder / "onboard.html").read_text(encoding="utf-8")


def test_a_card_of_before_the_intervals_has_the_values(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    known = facts(measures=without_intervals(facts().measures))
    add_version(fresh_warehouse, "quality", "champion", "Fine.", version="3", snapshot_hash="a" * 64)
    record_facts(fresh_warehouse, known)
    folder = build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF).parent / str(AS_OF)
    check((folder / "card-quality-3.json").read_text(encoding="utf-8"))
    text = text_of(folder / "card-quality-3.html")
    assert "Brier score .200; saying" in text
    assert "log loss .600." in text
    assert f"blind: 400, pooled AUC {decimal(known.measures['rank_seen'][0]['auc'])}." in text


def test_an_organisation_without_protected_data_says_so(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    make_known_events(fresh_warehouse)
    add_people(fresh_warehouse, "quality", PEOPLE, label_status="observed")
    add_version(fresh_warehouse, "quality", "rejected", "quality: worse.", version="3", snapshot_hash="a" * 64)
    add_predictions(fresh_warehouse, "quality", PEOPLE.rows, version="3")
    record_facts(fresh_warehouse, facts())
    own = replace(settings, var=tmp_path)
    page = build_site(fresh_warehouse, demo_organisation, own, AS_OF).parent / AS_OF.isoformat() / "card-quality-3.html"
    assert text_of(page).count("Not measured yet: run the report workflow.") == 2
    (card,) = measure_versions(fresh_warehouse, demo_organisation, AS_OF)
    check(card.to_json())
    build_site(fresh_warehouse, demo_organisation, own, AS_OF)
    text = text_of(page)
    assert "There is no protected data of the people tested, so no rates can be given." in text
    assert "There is no protected data of the people tested, so nothing is known of how it treats groups." in text
    assert "cannot be measured: nobody tested was interviewed after reaching its stage." in text
    assert "It must not be used: rejected." in text
    assert "Nobody has made it the champion." in text


def test_a_card_of_attrition_tells_it_without_involuntary_exits(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    learnt = {"people": 2068, "leavers": 546, "months": 24, "sentence": "The forest learns from tenures."}
    known = facts(
        ranker="attrition",
        measures={**facts().measures, "involuntary": involuntary(), "gap_leavers": gap_leavers(), "risk_sets": learnt},
    )
    known = replace(known, label_statuses={"observed": 400, "gap": 10})
    add_version(fresh_warehouse, "attrition", "champion", "Fine.", version="3", snapshot_hash="a" * 64)
    record_facts(fresh_warehouse, known)
    folder = build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF).parent / str(AS_OF)
    text = text_of(folder / "card-attrition-3.html")
    assert "Who is let go before staying long counts as having left. Some left involuntarily." in text
    assert "learnt from The forest learns from tenures. judged by" in text
    assert f"left out .700 .650 to .750 90.0% 80.0% to 95.0% {known.measures['tested'] - 20:,} 100" in text
    assert "has no label. Of the 10, 4 are scored. With them counted as leavers, attrition accuracy is 69.8%" in text
    assert (
        "10 people left between leaving early and staying long: they are in none of its measures but the accuracy"
        in text
    )
    document = (folder / "card-attrition-3.json").read_text(encoding="utf-8")
    check(document)
    assert json.loads(document)["measures"]["involuntary"] == involuntary()


def test_champion_and_newest_have_cards_and_versions_between_have_not(fresh_warehouse: Warehouse) -> None:
    for version, status in (("1", "champion"), ("2", "rejected"), ("3", "rejected")):
        add_version(fresh_warehouse, "quality", status, "Judged.", version=version)
        record_facts(fresh_warehouse, facts(version))
    with fresh_warehouse.connect(AUDITOR) as connection:
        assert [card.name for card in read_cards(connection, AS_OF)] == ["card-quality-3", "card-quality-1"]
        assert read_cards(connection, AS_OF - timedelta(days=1)) == ()


def test_a_card_as_registered_is_complete_but_for_the_audit() -> None:
    card = ModelCard(facts(), status="usable", sentence="quality: AUC.")
    check(card.to_json())
    assert card.document()["audit"] is None
    again = json.loads(json.dumps(asdict(card.facts)))
    assert TrainingFacts.from_document(again) == card.facts


@pytest.mark.parametrize("change", [{"surprise": 1}, {"schema_version": 2}, {"limits": []}, {"snapshot_hash": "a"}])
def test_the_schema_refuses_another_document(change: dict[str, Any]) -> None:
    document = json.loads(ModelCard(facts(), status="usable", sentence="Fine.").to_json())
    assert Draft202012Validator(SCHEMA).is_valid(document)
    assert not Draft202012Validator(SCHEMA).is_valid({**document, **change})


def test_limits_follow_from_the_facts() -> None:
    known = facts()
    auc = known.measures["auc"]
    good = {
        **known.measures,
        "auc": {**auc, "headline": {"kind": "within requisitions", "value": 0.7, "low": 0.65, "high": 0.75}},
        "calibration": {"brier": 0.1, "brier_of_base_rate": 0.25, "reliability": []},
        "is_temporal": True,
    }
    known_of_all = [{"attribute": name, "unknown": {"applications": 0}} for name in ("race_ethnicity", "sex")]
    audit: dict[str, Any] = {"attributes": known_of_all, "validity": []}
    selection = (
        "Its labels are past decisions of screeners: it learns whom they passed, right or wrong, and not who would have "
        "done the work well. 400 of 500 applications (80.0%) have a label."
    )
    assert limits(replace(known, measures=good), "champion", audit) == [selection]
    bad = {
        **good,
        "auc": {
            "headline": {"kind": "pooled", "value": 0.6, "low": 0.55, "high": 0.66},
            "within": {"pairs": 12, "groups": "requisitions"},
        },
        "calibration": {"brier": 0.26, "brier_of_base_rate": 0.25, "reliability": []},
        "is_temporal": False,
        "remarks": ["Beaten."],
        "rank_seen": [{"rank_seen": True, "rows": 7, "auc": None}],
    }
    changed = replace(known, measures=bad, label_statuses={"observed": 400, "gap": 100})
    unknown: dict[str, Any] = {
        "applications": 400,
        "attributes": [{"attribute": "sex", "unknown": {"applications": 40}}],
        "validity": [{"auc": None, "sentence": "Cannot be measured."}],
    }
    assert limits(changed, "no usable signal", unknown) == [
        "It must not be used: no usable signal.",
        "Beaten.",
        "The headline AUC is pooled over all people, since there are only 12 pairs within requisitions: it also rewards "
        "telling requisitions apart, which ranks nobody.",
        "The AUC is known roughly only: its 95% interval runs from .550 to .660, from 400 applications tested.",
        "It was not tested on later people than it learnt from, so what changes over time is not in its measures.",
        "Its probabilities are no better than saying the base rate to everybody: Brier score .260 against .250.",
        selection,
        "100 people left between leaving early and staying long: they are in none of its measures.",
        "7 of the tested decisions were taken with a rank in view: on these it is partly measured against its own opinions.",
        "The race ethnicity of nobody tested is known, so nothing is known of how it treats these groups.",
        "Protected data has holes; of 400 applications tested is unknown: sex of 40.",
        "Cannot be measured.",
    ]


def test_a_card_says_what_the_impact_check_found_and_why_a_person_approved(
    fresh_warehouse: Warehouse, demo_organisation: Organisation, settings: Settings, tmp_path: Path
) -> None:
    make_marts(fresh_warehouse)
    noon = datetime(2026, 7, 2, 12, tzinfo=UTC)
    add_version(fresh_warehouse, "quality", "champion", "Fine.", version="3", snapshot_hash="a" * 64)
    record_facts(fresh_warehouse, facts())
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute(
            "insert into governance.impact_checks (as_of_date, ranker, model_version, verdict, sentence, groups) "
            "values (%s, 'quality', '3', 'failed', 'quality: the scores put groups at a disadvantage: x.', '[]')",
            [AS_OF],
        )
        connection.execute(
            "insert into governance.approvals (ranker, model_version, question, asked_at, answer, answered_by, reason, "
            "answered_at) values ('quality', '3', 'May it?', %s, 'approved', 'ada', 'The job needs it.', %s)",
            [noon, noon],
        )
        record_champion(connection, "quality", "3", action="promoted", by="ada", at=noon)
    folder = build_site(fresh_warehouse, demo_organisation, replace(settings, var=tmp_path), AS_OF).parent / str(AS_OF)
    text = text_of(folder / "card-quality-3.html")
    assert "Promoted by ada at 2026-07-02 12:00 UTC: The job needs it." in text
    assert "before it scores: the scores put groups at a disadvantage: x. Impact ratios below .80" in text
    document = (folder / "card-quality-3.json").read_text(encoding="utf-8")
    check(document)
    assert json.loads(document)["impact"] == "quality: the scores put groups at a disadvantage: x."
    assert json.loads(document)["decisions"][0]["reason"] == "The job needs it."
