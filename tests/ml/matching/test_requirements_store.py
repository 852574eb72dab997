"""Requirements in the warehouse: read once per version, again for another text or reader, and by whom."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest

from ml.matching.requirements import store
from ml.matching.requirements.store import read_descriptions
from ml.warehouse.roles import LOADER, OWNER, TRAINER, TRANSFORMER
from tests.ml.scores.world import insert, rows

MOMENT = dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
COLUMNS = "requisition_id, ordinal, kind, alternatives, minimum_years, is_required, quote, span_start, span_end"


def require(warehouse, requisition, description, *, recorded_at=MOMENT):
    insert(
        warehouse, "landing.requisitions", requisition_id=requisition, title="Clerk", description=description, openings=1,
        opened_at=MOMENT, recorded_at=recorded_at,
    )  # fmt: skip


def found(warehouse):
    return rows(warehouse, f"select {COLUMNS} from matching.requirements order by requisition_id, recorded_at, ordinal")


def test_what_is_written(fresh_warehouse) -> None:
    require(fresh_warehouse, "R-1", "5 years of Java or Kotlin; degree a plus; 2 years of experience")
    require(fresh_warehouse, "R-2", None)
    require(fresh_warehouse, "R-3", "We are nice.")
    assert read_descriptions(fresh_warehouse) == 2
    assert found(fresh_warehouse) == [
        ("R-1", 0, "skill", ["java", "kotlin"], 5.0, True, "5 years of Java or Kotlin", 0, 25),
        ("R-1", 1, "degree", ["bachelor"], None, False, "degree", 27, 33),
        ("R-1", 2, "experience", [], 2.0, True, "2 years", 42, 49),
    ]
    readers = rows(fresh_warehouse, "select distinct reader from matching.read_descriptions")
    assert readers == [(store.reader_version(),)]
    assert rows(fresh_warehouse, "select distinct reader from matching.requirements") == readers


def test_a_version_is_read_once(fresh_warehouse) -> None:
    require(fresh_warehouse, "R-1", "Java")
    require(fresh_warehouse, "R-2", "We are nice.")
    assert read_descriptions(fresh_warehouse) == 2
    assert read_descriptions(fresh_warehouse) == 0
    require(fresh_warehouse, "R-1", "Kotlin", recorded_at=MOMENT + DAY)
    assert read_descriptions(fresh_warehouse) == 1
    # The earlier version stays: an application may have been made to it.
    assert [row[3] for row in found(fresh_warehouse)] == [["java"], ["kotlin"]]


def test_another_text_or_reader_is_read_again(fresh_warehouse, monkeypatch) -> None:
    require(fresh_warehouse, "R-1", "Java and SQL")
    read_descriptions(fresh_warehouse)
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("update landing.requisitions set description = 'Kotlin'")
    assert read_descriptions(fresh_warehouse) == 1
    assert [row[3] for row in found(fresh_warehouse)] == [["kotlin"]]
    monkeypatch.setattr(store, "READER", "requirements-0")
    assert read_descriptions(fresh_warehouse) == 1
    assert read_descriptions(fresh_warehouse) == 0
    assert len(found(fresh_warehouse)) == 1


def test_a_run_that_broke_off_goes_on_where_it_was(fresh_warehouse, monkeypatch) -> None:
    for number in range(5):
        require(fresh_warehouse, f"R-{number}", "Java")
    monkeypatch.setattr(store, "DESCRIPTIONS_PER_STEP", 2)
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("alter table matching.requirements add constraint refused check (requisition_id <> 'R-3')")
    with pytest.raises(psycopg.errors.CheckViolation):
        read_descriptions(fresh_warehouse)
    # The second step left nothing, not even R-2.
    assert [row[0] for row in found(fresh_warehouse)] == ["R-0", "R-1"]
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("alter table matching.requirements drop constraint refused")
    assert read_descriptions(fresh_warehouse) == 3


def test_who_may_read_and_write_it(fresh_warehouse) -> None:
    count = "select count(*) from matching.requirements"
    assert rows(fresh_warehouse, count, role=TRANSFORMER) == rows(fresh_warehouse, count, role=TRAINER) == [(0,)]
    for role in (LOADER, TRANSFORMER):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(fresh_warehouse, "delete from matching.requirements returning 1", role=role)
