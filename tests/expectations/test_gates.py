"""A gate records what it found, renders pages that need no network, and stops the run with a sentence."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from expectations.checks import RULES, Subject, no_rows
from expectations.gates import GateFailedError, run_gate
from expectations.gx import validate
from expectations.sentences import outcome_of
from expectations.suites import protected
from ml.organisation import Organisation, Waiver
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import LOADER, REVIEWER, TRAINER
from tests.expectations.conftest import Break, all_failures
from tests.expectations.factories import AS_OF, BATCH, CONTRACT, ORGANISATION, RUN_AT, make_snapshot
from tests.expectations.suites import test_features, test_labels, test_landing, test_scores

LATEST = "select subject, suite, evaluated, failed, passed, sentence, details from governance.latest_gate_results"


@pytest.mark.parametrize("layer", ["landing", "labels", "features", "snapshot", "scores"])
def test_good_data_passes_and_is_recorded(good_warehouse: Warehouse, tmp_path: Path, layer: Any) -> None:
    inputs = {"contract": CONTRACT, "snapshot": make_snapshot(tmp_path), "batch_id": BATCH}
    result = run_gate(good_warehouse, ORGANISATION, layer, AS_OF, docs_folder=tmp_path, run_at=RUN_AT, **inputs)
    assert result.evaluated > len(result.outcomes) > 0
    assert result.sentence == (
        f"The {layer} gate let the data of 2026-01-01 pass: {result.evaluated} expectations were met."
    )
    with good_warehouse.connect(REVIEWER) as connection:
        rows = connection.execute(f"{LATEST} where layer = %s and passed", [layer]).fetchall()
    assert sum(row[2] for row in rows) == result.evaluated
    for *_, details in rows:
        _assert_readable_offline(tmp_path / details["page"], good_warehouse)
    _assert_readable_offline(tmp_path / "index.html", good_warehouse)


def test_a_break_stops_the_run_and_is_recorded(broken: Break, tmp_path: Path) -> None:
    warehouse = broken(
        "update landing.requisitions set openings = 0;"
        "update landing.applications set source = '<script>alert(1)</script>' where application_id = 'a1'"
    )
    with pytest.raises(GateFailedError) as refusal:
        run_gate(warehouse, ORGANISATION, "landing", AS_OF, docs_folder=tmp_path, run_at=RUN_AT)
    assert str(refusal.value) == (
        "The landing gate stopped the data of 2026-01-01. "
        "landing.requisitions.openings must not be below 1: 1 of 1 rows breaks this, for example 0. "
        "landing.applications.source must be one of direct, employee_referral, agency, campus, social, other: "
        "1 of 2 rows breaks this, for example <script>alert(1)</script>."
    )
    with warehouse.connect(REVIEWER) as connection:
        (row,) = connection.execute(f"{LATEST} where subject = 'landing.requisitions'").fetchall()
    subject, suite, evaluated, failed, passed, sentence, details = row
    assert (subject, suite, failed, passed) == ("landing.requisitions", "landing", 1, False)
    assert details["failures"] == [sentence]
    page = (tmp_path / details["page"]).read_text(encoding="utf-8")
    assert f"1 of {evaluated} expectations were not met" in page
    for written in tmp_path.rglob("*.html"):
        assert "<script>" not in written.read_text(encoding="utf-8")
    assert "must not be below 1" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_more_than_three_failures_are_counted(broken: Break, tmp_path: Path) -> None:
    warehouse = broken("update labels.quality_labels set label_status = 'gone', label = 7, rank_seen = null")
    organisation = Organisation(name="demo", parts=("screening",))
    with pytest.raises(GateFailedError, match=r"for example 7\. And 1 more\.$"):
        run_gate(warehouse, organisation, "labels", AS_OF, docs_folder=tmp_path, run_at=RUN_AT)


def test_the_latest_run_is_the_one_that_counts(broken: Break, tmp_path: Path) -> None:
    warehouse = broken(
        "truncate governance.gate_results; update scores.batch_models set model_version = '9' where facet = 'q'"
    )
    with pytest.raises(GateFailedError, match="quality version 9"):
        run_gate(warehouse, ORGANISATION, "scores", AS_OF, docs_folder=tmp_path, run_at=RUN_AT, batch_id=BATCH)
    with warehouse.connect("facetrank_owner") as connection:
        connection.execute("update scores.batch_models set model_version = '1' where facet = 'q'")
    later = RUN_AT + timedelta(hours=1)
    run_gate(warehouse, ORGANISATION, "scores", AS_OF, docs_folder=tmp_path, run_at=later, batch_id=BATCH)
    with warehouse.connect(REVIEWER) as connection:
        assert connection.execute(f"select bool_and(passed) from ({LATEST}) as latest").fetchone() == (True,)
        assert connection.execute("select count(*) from governance.gate_results").fetchone() == (8,)


def test_what_looks_protected_inside_attributes_is_found(broken: Break) -> None:
    warehouse = broken(
        """update landing.applications set attributes = '{"more": {"Gender": "X1"}, "society": "catholic"}'
        where application_id = 'a1'"""
    )
    subject = protected.in_attributes(warehouse, ORGANISATION, AS_OF)
    assert all_failures([subject], warehouse, LOADER) == (
        "names and values of landing.applications.attributes must not look like a protected attribute (map such a "
        "column to protected, ignore it, or waive it with its reason in the organisation file): "
        "Gender (its name looks like sex or gender); society (100% of its 1 distinct values look like religion).",
    )


def test_a_waiver_lets_pass_and_is_on_record(broken: Break, tmp_path: Path) -> None:
    warehouse = broken("update features.application_features set source = 'ann' || application_id || '@example.org'")
    with pytest.raises(GateFailedError, match=r"source \(100% of its 200 distinct values look like a way to reach"):
        run_gate(warehouse, ORGANISATION, "features", AS_OF, docs_folder=tmp_path, run_at=RUN_AT, contract=CONTRACT)
    waived = Organisation(name="demo", waivers=(Waiver("protected", "source", "mailboxes of agencies"),))
    run_gate(warehouse, waived, "features", AS_OF, docs_folder=tmp_path, run_at=RUN_AT, contract=CONTRACT)
    page = tmp_path / "2026-01-01/features/names_and_values_of_features.application_features.html"
    assert "is waived: mailboxes of agencies." in page.read_text(encoding="utf-8")


def test_a_protected_looking_snapshot_stops_the_run(good_warehouse: Warehouse, tmp_path: Path) -> None:
    import pyarrow as pa

    frozen = make_snapshot(tmp_path, source=pa.array(["female", "male"]))
    with pytest.raises(GateFailedError, match=r"source \(100% of its 2 distinct values look like sex or gender\)"):
        run_gate(
            good_warehouse,
            ORGANISATION,
            "snapshot",
            AS_OF,
            docs_folder=tmp_path,
            run_at=RUN_AT,
            contract=CONTRACT,
            snapshot=frozen,
        )


def test_no_page_shows_a_protected_value(broken: Break, tmp_path: Path) -> None:
    warehouse = broken(
        "alter table protected.protected_attributes drop constraint protected_attributes_pkey;"
        "insert into protected.protected_attributes select * from protected.protected_attributes;"
        "update protected.protected_attributes set value = 'protected-value', candidate_id = 'protected-person'"
    )
    with pytest.raises(GateFailedError) as refusal:
        run_gate(warehouse, ORGANISATION, "landing", AS_OF, docs_folder=tmp_path, run_at=RUN_AT)
    assert str(refusal.value) == (
        "The landing gate stopped the data of 2026-01-01. "
        "protected.protected_attributes must be unique by candidate_id, attribute, collected_at, recorded_at: "
        "2 of 2 rows break this. "
        "protected.protected_attributes must refer by candidate_id to rows of landing.candidates: 2 rows break this."
    )
    with warehouse.connect(REVIEWER) as connection:
        assert "protected-" not in str(connection.execute(LATEST).fetchall())
    for page in tmp_path.rglob("*.html"):
        assert "protected-" not in page.read_text(encoding="utf-8")


def test_a_suite_without_expectations_fails(good_warehouse: Warehouse) -> None:
    subject = Subject("an empty suite", (), "select 1 as one")
    (result,) = validate([subject], gate="test", url=good_warehouse.url(TRAINER), run_at=RUN_AT)
    assert outcome_of(subject, result).failures == (
        "an empty suite: nothing was checked: the suite has no expectation.",
    )


def test_a_check_that_cannot_be_evaluated_fails(broken: Break, tmp_path: Path) -> None:
    warehouse = broken("alter table labels.onboard_labels rename label to verdict")
    with pytest.raises(GateFailedError) as refusal:
        run_gate(warehouse, ORGANISATION, "labels", AS_OF, docs_folder=tmp_path, run_at=RUN_AT)
    assert str(refusal.value).startswith(
        "The labels gate stopped the data of 2026-01-01. "
        "labels.onboard_labels must have the columns of its contract: label is missing. "
        "labels.onboard_labels.label must be one of 0, 1: it could not be checked ("
    )
    for page in tmp_path.rglob("*.html"):
        assert "Traceback" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "statement", ["select one from batch", "select b.one from batch as a join batch as b using (one)"]
)
def test_the_rows_of_a_check_have_a_name(good_warehouse: Warehouse, statement: str) -> None:
    # Postgres 15 refuses a subquery without one, which the server of the tests allows.
    sent: list[str] = []
    subject = Subject("one row", (no_rows("must not be", statement),), "select 1 as one")

    def keep(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        sent.append(sql)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        (result,) = validate([subject], gate="test", url=good_warehouse.url(TRAINER), run_at=RUN_AT)
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    assert outcome_of(subject, result).failures == ("one row must not be: 1 row breaks this, for example 1.",)
    checks = [sql for sql in sent if "from batch" in sql]
    assert checks
    assert [sql for sql in checks if not re.search(r"\(select 1 as one\s*\) as \w", sql)] == []


def test_every_rule_is_broken_by_a_test() -> None:
    told = " ".join(sentence for breaks in _all_breaks() for *_, sentence in breaks.values())
    rules = [file.read_text(encoding="utf-8").split("\n")[0].removeprefix("-- ") for file in RULES.rglob("*.sql")]
    assert len(rules) >= 15
    assert [rule for rule in rules if rule not in told] == []


def _all_breaks() -> list[dict[str, Any]]:
    return [module.BREAKS for module in (test_landing, test_labels, test_features, test_scores)]


def _assert_readable_offline(page: Path, warehouse: Warehouse) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", text) == []
    assert "@import" not in text
    assert not any(password in text for password in warehouse.passwords.values())
