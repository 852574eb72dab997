"""Retraining's own decisions; what it composes is tested where it is made, and end to end."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from expectations.gates import GateFailedError
from ml import transform
from ml.jobs import NothingToDoError, ingest, retrain
from ml.jobs.builds import NotBuiltError, record_build, record_passed
from ml.jobs.dates import Trigger
from ml.jobs.retrainings import record_retraining
from ml.rankers.records import record_champion, record_version
from ml.simulate import SimulationConfig, simulate
from ml.simulate.config import LEAKS
from ml.warehouse.roles import OWNER, REVIEWER, TRAINER

JULY = date(2026, 7, 1)


def test_the_date_is_the_organisations_or_the_start_of_the_quarter(install):
    trigger = Trigger(datetime(2026, 7, 1, 6, tzinfo=UTC))
    install()
    assert retrain.default_date(trigger) == JULY
    install("as_of_date: 2001-10-01\n")
    assert retrain.default_date(trigger) == date(2001, 10, 1)


def test_labels_and_features_of_the_date_are_waited_for(installation):
    record_build(installation.warehouse, JULY, "run 1")
    record_passed(installation.warehouse, JULY, "labels")
    with pytest.raises(NotBuiltError) as error:
        retrain.wait_for_labels(JULY)
    assert str(error.value) == "No features as of 2026-07-01 that passed their gate: run ingest as of that date first."
    record_passed(installation.warehouse, JULY, "features")
    retrain.wait_for_labels(JULY)


def test_rankers_without_their_part_are_noted(install):
    installation = install("parts: [screening]\n")
    assert retrain.list_rankers(JULY) == ["quality"]
    with installation.warehouse.connect(OWNER) as connection:
        noted = connection.execute("select ranker, status, sentence from governance.model_versions order by 1")
        name = installation.organisation.name
        assert noted.fetchall() == [
            (ranker, "no labels", f"{ranker}: no labels, the data of {name} does not have that part.")
            for ranker in ("attrition", "onboard")
        ]
        assert connection.execute("select as_of_date from governance.retrainings").fetchall() == [(JULY,)]


@pytest.mark.parametrize("decision", ["reject", "ask"])
def test_only_what_was_decided_to_be_promoted_is(installation, decision):
    installation.snapshots.mkdir(parents=True)
    description = {
        "path": "quality-2026-07-01-abc.parquet", "ranker": "quality", "as_of_date": "2026-07-01", "content_hash": "abc",
        "contract_hash": "def", "invocation_id": "run 1", "rows": 1, "positives": 1, "label_statuses": {},
    }  # fmt: skip
    (installation.snapshots / "quality-2026-07-01-abc.json").write_text(json.dumps(description))
    with pytest.raises(NothingToDoError) as error:
        retrain.promote("quality-2026-07-01-abc", "3", decision)
    assert str(error.value) == f"quality version 3 is not promoted: the comparison said {decision}."


def test_new_champions_are_named(installation, caplog):
    caplog.set_level("INFO", logger="ml.jobs")
    warehouse, noon = installation.warehouse, datetime(2026, 7, 1, 12, tzinfo=UTC)
    record_retraining(warehouse, JULY, noon)
    for ranker in ("quality", "attrition", "onboard"):
        record_version(warehouse, as_of_date=JULY, ranker=ranker, version="1", status="challenger", sentence="Judged.")
    for ranker in ("quality", "attrition"):
        with warehouse.connect(TRAINER) as connection:
            record_champion(connection, ranker, "1", action="promoted", by="retrain", at=noon)
    retrain.announce(JULY)
    assert caplog.messages == ["New champions as of 2026-07-01: attrition, quality"]
    # The same date again, and nothing is promoted.
    record_retraining(warehouse, JULY, noon + timedelta(hours=1))
    with pytest.raises(NothingToDoError, match="No ranker has a new champion as of 2026-07-01"):
        retrain.announce(JULY)
    with pytest.raises(NothingToDoError) as error:
        retrain.announce(date(2026, 10, 1))
    assert str(error.value) == "No ranker has a new champion as of 2026-10-01."


PLANTED = ("screening_note_length", "pre_score", "queue_number")


def declared(waiver: str = "") -> str:
    """Declare what the simulator plants as features of the quality ranker."""
    entries = [f"  - {{name: {name}, kind: numeric, rankers: [quality], why: w{waiver}}}\n" for name in PLANTED]
    return "attributes:\n" + "".join(entries)


def test_planted_leaks_stop_the_ranker_until_the_contract_waives_them(install):
    installation = install(declared())
    simulate(SimulationConfig(2500, 4, JULY, leaks=LEAKS), installation.folder / "inbox" / "simulated")
    ingest.load_sources()
    ingest.build(JULY)
    record_passed(installation.warehouse, JULY, "labels")
    snapshot = retrain.freeze("quality", JULY)
    with pytest.raises(GateFailedError) as error:
        retrain.gate_snapshot(snapshot)
    stopped = str(error.value)
    for name in PLANTED:
        assert f"leaks of the quality snapshot.attribute_{name} must not give the label away" in stopped
    # All other features, some thirty of them, are honest.
    assert "more." not in stopped

    waived = install(declared(waiver=", leak_waiver: planted"))
    transform.build(waived.warehouse, waived.organisation, waived.settings, JULY, select="application_features")
    # What is learned from did not change, so neither did the snapshot or its contract's hash.
    assert retrain.freeze("quality", JULY) == snapshot
    retrain.gate_snapshot(snapshot)
    with installation.warehouse.connect(REVIEWER) as connection:
        query = "select details -> 'notes' from governance.latest_gate_results where subject = %s"
        (notes,) = connection.execute(query, ["leaks of the quality snapshot"]).fetchone()
    assert [f"attribute_{name} is waived" in " ".join(notes) for name in PLANTED] == [True, True, True]
