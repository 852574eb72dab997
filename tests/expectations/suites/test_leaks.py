"""The leak suite at the gate: it stops a ranker, names the column, and a waiver in the contract lets it pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from expectations.gates import GateFailedError, run_gate
from expectations.suites import leaks
from ml.contract import Feature, FeatureContract
from ml.organisation import Organisation
from ml.rankers.snapshot import Snapshot
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import REVIEWER, TRAINER
from tests.expectations.conftest import Break, all_failures
from tests.expectations.factories import RUN_AT
from tests.ml.rankers.factories import CONTRACT, make_snapshot, make_table

ORGANISATION = Organisation(name="demo")
AS_OF = dt.date(2025, 10, 1)
RULE = "must not give the label away (drop it, or say in its leak_waiver why it was known before the outcome)"


def contract_with(waiver: str = "", name: str = "attribute_note") -> FeatureContract:
    return FeatureContract(
        (*CONTRACT.features, Feature(name, "numeric", ("quality",), "", "declared", leak_waiver=waiver))
    )


def frozen(folder: Path, note: pa.Array | None = None, name: str = "attribute_note") -> Snapshot:
    """Six hundred rows with one more column, by default filled for the positives only."""
    table = make_table()
    labels = table["label"].to_numpy()
    filled = pa.array(np.where(labels == 1, 50.0 + np.arange(600) % 7, np.nan), from_pandas=True)
    return make_snapshot(folder, table.append_column(name, filled if note is None else note), contract=contract_with())


def notes_of(warehouse: Warehouse, snapshot: Snapshot, contract: FeatureContract) -> tuple[str, ...]:
    return leaks.subjects(warehouse, ORGANISATION, snapshot, contract)[0].notes


def test_a_leak_stops_the_ranker_and_names_its_column(broken: Break, tmp_path: Path) -> None:
    warehouse = broken("")
    with pytest.raises(GateFailedError) as refusal:
        run_gate(
            warehouse, ORGANISATION, "snapshot", AS_OF,
            docs_folder=tmp_path, run_at=RUN_AT, contract=contract_with(), snapshot=frozen(tmp_path),
        )  # fmt: skip
    sentence = str(refusal.value)
    # The positives are of 236 candidates, 236 / (236 + 3.84); the negatives of 310, 3.84 / (310 + 3.84).
    assert sentence.startswith(
        f"The snapshot gate stopped the data of 2025-10-01. leaks of the quality snapshot.attribute_note {RULE}: "
        "100% [98.4, 100] of the positives and 0% [0, 1.22] of the negatives have a value "
        "(AUC of having one 1.000 [1.000, 1.000] on 600 labels, all features above suspicion together ."
    )
    with warehouse.connect(REVIEWER) as connection:
        query = "select suite, evaluated, failed, details from governance.latest_gate_results where subject = %s"
        row = connection.execute(query, ["leaks of the quality snapshot"]).fetchone()
    assert row is not None
    suite, evaluated, failed, details = row
    # Four features and the note.
    assert (suite, evaluated, failed) == ("leaks", 5, 1)
    assert details["notes"][0].startswith("Of 600 labels, the strongest features alone, by AUC: attribute_note 1.000")
    assert "attribute_note" in (tmp_path / details["page"]).read_text(encoding="utf-8")


def test_a_waiver_in_the_contract_lets_it_pass_and_is_on_record(broken: Break, tmp_path: Path) -> None:
    warehouse, contract = broken(""), contract_with(waiver="the note is written before the screen")
    run_gate(
        warehouse, ORGANISATION, "snapshot", AS_OF,
        docs_folder=tmp_path, run_at=RUN_AT, contract=contract, snapshot=frozen(tmp_path),
    )  # fmt: skip
    page = (tmp_path / "2025-10-01/snapshot/leaks_of_the_quality_snapshot.html").read_text(encoding="utf-8")
    assert "attribute_note is waived (100% [98.4, 100] of the positives and " in page
    assert "): the note is written before the screen." in page
    assert "to note)" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_waiver_that_waives_nothing_is_reported(good_warehouse: Warehouse, tmp_path: Path) -> None:
    harmless = pa.array(np.arange(600) % 7 * 1.0)
    assert notes_of(good_warehouse, frozen(tmp_path, harmless), contract_with(waiver="to be safe"))[-1] == (
        "The leak_waiver of attribute_note waives nothing for quality: delete it unless another ranker needs it"
    )


def test_honest_features_pass(good_warehouse: Warehouse, tmp_path: Path) -> None:
    subjects = leaks.subjects(good_warehouse, ORGANISATION, make_snapshot(tmp_path), CONTRACT)
    assert all_failures(subjects, good_warehouse, TRAINER) == ()


def test_people_under_two_names_stop_the_ranker(good_warehouse: Warehouse, tmp_path: Path) -> None:
    table = make_table()
    again = table.slice(0, 300).set_column(1, "candidate_id", pa.array([f"again {row}" for row in range(300)]))
    again = again.set_column(0, "application_id", pa.array([f"b{row:05}" for row in range(300)]))
    snapshot = make_snapshot(tmp_path, pa.concat_tables([table, again]))
    organisation = replace(ORGANISATION, rankers=replace(ORGANISATION.rankers, minimum_labels=10_000))
    subjects = leaks.subjects(good_warehouse, organisation, snapshot, CONTRACT)
    (sentence,) = all_failures(subjects, good_warehouse, TRAINER)
    assert sentence.startswith(
        "near-duplicates in the quality snapshot must not be rows that validation trains on under another name "
        "(load them as one candidate, or as one application): "
    )
    assert "tested rows (" in sentence
    assert sentence.endswith("whose labels tell theirs with an AUC of 1.000 [1.000, 1.000].")


@pytest.mark.parametrize("columns", [{"labelled_at": None}, {"label": 2}, {"years": None}])
def test_what_cannot_be_measured_is_not_passed_over(
    good_warehouse: Warehouse, tmp_path: Path, columns: dict[str, int | None]
) -> None:
    table = make_table()
    for name, value in columns.items():
        place = table.column_names.index(name)
        if name == "years":
            table = table.remove_column(place)
        else:
            changed = pa.array([value, *table[name].to_pylist()[1:]], table[name].type)
            table = table.set_column(place, name, changed)
    subjects = leaks.subjects(good_warehouse, ORGANISATION, make_snapshot(tmp_path, table), CONTRACT)
    assert all_failures(subjects, good_warehouse, TRAINER) == (
        "leaks of the quality snapshot must be measurable: a feature, an identifier, a time or a label is missing.",
    )


VERSIONS = """
-- n to 100 were on record a day after they applied, a month before their outcome; 101 to 150 a month after it.
insert into labels.quality_labels
select
    date '2025-10-01', 'v' || n, 'c1', 'r1', null, timestamptz '2025-03-01 UTC', timestamptz '2025-04-01 UTC',
    timestamptz '2025-04-02 UTC', 'observed', n % 2, false
from generate_series(1, 150) as n;
insert into landing.applications (application_id, candidate_id, requisition_id, applied_at, source, attributes, recorded_at)
select 'v' || n, 'c1', 'r1', timestamptz '2025-03-01 UTC', 'direct', {first}, timestamptz '2025-03-02 UTC'
from generate_series(1, 100) as n;
insert into landing.applications (application_id, candidate_id, requisition_id, applied_at, source, attributes, recorded_at)
select 'v' || n, 'c1', 'r1', timestamptz '2025-03-01 UTC', 'direct', '{{"note": 5}}', timestamptz '2025-05-02 UTC'
from generate_series(1, 150) as n;
-- What was recorded after the as-of date proves nothing.
insert into landing.applications (application_id, candidate_id, requisition_id, applied_at, source, attributes, recorded_at)
select 'v' || n, 'c1', 'r1', timestamptz '2025-03-01 UTC', 'direct', '{{"years": 5}}', timestamptz '2025-11-02 UTC'
from generate_series(1, 150) as n;
"""


@pytest.fixture
def harmless(tmp_path: Path) -> Snapshot:
    """A snapshot in which nothing but the versions says when the note was written."""
    return frozen(tmp_path, pa.array(np.arange(600) % 7 * 1.0))


@pytest.mark.parametrize("first", ["null", "'{}'", """'{"note": " "}'"""])
def test_versions_that_prove_a_value_to_be_late_stop_the_ranker(broken: Break, harmless: Snapshot, first: str) -> None:
    warehouse = broken(VERSIONS.format(first=first))
    subjects = leaks.subjects(warehouse, ORGANISATION, harmless, contract_with())
    assert all_failures(subjects, warehouse, TRAINER) == (
        f"leaks of the quality snapshot.attribute_note {RULE}: of 100 applications that were on record before their "
        "outcome, 0 had its value by then and 100 got it after; the 50 that have it here were recorded after their "
        "outcome.",
    )
    assert subjects[0].notes[-1] == (
        "50 of 150 applications were first recorded after their outcome: "
        "nothing proves that what they say is what was submitted"
    )


def test_versions_that_correct_what_was_submitted_stop_nothing(broken: Break, harmless: Snapshot) -> None:
    warehouse = broken(VERSIONS.format(first="""'{"note": 4}'"""))
    subjects = leaks.subjects(warehouse, ORGANISATION, harmless, contract_with())
    assert all_failures(subjects, warehouse, TRAINER) == ()
