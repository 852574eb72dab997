"""Matches as submitted, on a real warehouse: from which versions, computed how often, and never again."""

from __future__ import annotations

import datetime as dt
import shutil

import psycopg
import pytest

from ml.matching import submitted
from ml.matching.facts import FACTS
from ml.matching.submitted import match_submitted
from ml.warehouse.roles import ERASER, LOADER, OWNER, TRANSFORMER
from tests.ml.resumes.factories import land_texts
from tests.ml.scores.world import insert, rows

AS_OF = dt.date(2026, 10, 31)
MIDNIGHT = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
# In the quarter of the as-of date, whose corpus is empty unless a test fills it.
APPLIED = dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC)
LAST_QUARTER = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


@pytest.fixture
def match(fresh_warehouse, tmp_path):
    """Match as of a date; gives how many were matched."""

    def run(as_of: dt.date = AS_OF) -> int:
        land_texts(fresh_warehouse)
        return match_submitted(fresh_warehouse, as_of, cache_folder=tmp_path / "cache")

    return run


def require(warehouse, requisition="R-1", description="java python", *, recorded_at=APPLIED - 10 * DAY, title="123"):
    insert(
        warehouse, "landing.requisitions", requisition_id=requisition, title=title, description=description, openings=1,
        opened_at=recorded_at, recorded_at=recorded_at,
    )  # fmt: skip


def receive(warehouse, resume, text, *, received_at=APPLIED, recorded_at=None):
    insert(
        warehouse, "landing.resumes", resume_id=resume, candidate_id="C", received_at=received_at, content_text=text,
        recorded_at=recorded_at or received_at,
    )  # fmt: skip


def apply(warehouse, application, resume=None, requisition="R-1", *, applied_at=APPLIED, recorded_at=None):
    insert(
        warehouse, "landing.applications", application_id=application, candidate_id="C", requisition_id=requisition,
        applied_at=applied_at, source="direct", resume_id=resume, recorded_at=recorded_at or applied_at,
    )  # fmt: skip


def met(warehouse) -> dict[str, float | None]:
    """Share of the words asked for that each application's resume has."""
    found = rows(warehouse, "select application_id, matched_words_share from matching.submitted_matches")
    return dict(found)


def everything(warehouse):
    return rows(warehouse, "select * from matching.submitted_matches order by application_id")


def test_everybody_has_a_row_and_nobody_a_made_up_match(fresh_warehouse, match) -> None:
    require(fresh_warehouse)
    require(fresh_warehouse, "R-2", None)
    require(fresh_warehouse, "R-3", "the 42")
    for application, text in {"A-1": "java", "A-2": "gardening", "A-3": None, "A-4": "-- 2019"}.items():
        receive(fresh_warehouse, f"CV-{application}", text)
        apply(fresh_warehouse, application, f"CV-{application}")
    apply(fresh_warehouse, "A-5")
    apply(fresh_warehouse, "A-6", "CV-A-1", "R-2")
    apply(fresh_warehouse, "A-7", "CV-A-1", "R-3")
    apply(fresh_warehouse, "A-8", "CV-A-1", "R-9")
    apply(fresh_warehouse, "A-9", "CV-nowhere")
    assert match() == 9
    # One of two words asked for, none of them, and no answer without a text on either side.
    assert met(fresh_warehouse) == {"A-1": 0.5, "A-2": 0.0, **{f"A-{number}": None for number in range(3, 10)}}
    nothing = f"select application_id from matching.submitted_matches where num_nonnulls({', '.join(FACTS)}) = 0"
    assert {row for (row,) in rows(fresh_warehouse, nothing)} == {f"A-{number}" for number in range(3, 10)}


def test_the_versions_are_those_of_the_application(fresh_warehouse, match) -> None:
    require(fresh_warehouse, description="cobol fortran", recorded_at=APPLIED - 20 * DAY)
    require(fresh_warehouse, description="java python", recorded_at=APPLIED - 10 * DAY)
    # As in requisition_versions: what was recorded in the very moment was not what the person applied to.
    require(fresh_warehouse, description="ada", recorded_at=APPLIED)
    receive(fresh_warehouse, "CV-1", "cobol", received_at=APPLIED - 20 * DAY)
    receive(fresh_warehouse, "CV-1", "java", received_at=APPLIED)
    receive(fresh_warehouse, "CV-1", "java python", received_at=APPLIED, recorded_at=APPLIED + dt.timedelta(seconds=1))
    apply(fresh_warehouse, "A-1", "CV-1")
    # The application is corrected later: it names another resume, which was not submitted.
    receive(fresh_warehouse, "CV-2", "java python")
    apply(fresh_warehouse, "A-1", "CV-2", recorded_at=APPLIED + DAY)
    match()
    assert met(fresh_warehouse) == {"A-1": 0.5}


def test_what_came_with_it_counts_even_if_it_is_on_record_late(fresh_warehouse, match) -> None:
    late = APPLIED + 3 * DAY
    require(fresh_warehouse, recorded_at=late)
    receive(fresh_warehouse, "CV-1", "java", recorded_at=late)
    receive(fresh_warehouse, "CV-1", "java python", recorded_at=late + DAY)
    apply(fresh_warehouse, "A-1", "CV-1")
    match()
    assert met(fresh_warehouse) == {"A-1": 0.5}
    assert rows(fresh_warehouse, "select known_at from matching.submitted_matches") == [(late,)]


def test_a_resume_that_was_received_on_a_later_day_was_not_submitted(fresh_warehouse, match) -> None:
    """Somebody who passes the screen is asked for a resume: having one must not tell."""
    require(fresh_warehouse)
    receive(fresh_warehouse, "CV-1", "java", received_at=APPLIED.replace(hour=23))
    receive(fresh_warehouse, "CV-2", "java", received_at=APPLIED + DAY)
    apply(fresh_warehouse, "A-1", "CV-1")
    apply(fresh_warehouse, "A-2", "CV-2")
    # On record the day after, and the resume with it.
    apply(fresh_warehouse, "A-3", "CV-2", recorded_at=APPLIED + DAY)
    match()
    assert met(fresh_warehouse) == {"A-1": 0.5, "A-2": None, "A-3": 0.5}


def test_the_corpus_is_that_of_the_quarter_of_applying(fresh_warehouse, match) -> None:
    require(fresh_warehouse, description="java pension", recorded_at=LAST_QUARTER)
    receive(fresh_warehouse, "CV-1", "java", received_at=LAST_QUARTER)
    apply(fresh_warehouse, "A-1", "CV-1", applied_at=LAST_QUARTER)
    apply(fresh_warehouse, "A-2", "CV-1")
    match()
    # Before any resume both words are asked for; afterwards only java, which somebody had.
    assert met(fresh_warehouse) == {"A-1": 0.5, "A-2": 1.0}
    assert rows(fresh_warehouse, "select quarter_start, documents from scores.match_corpora order by 1") == [
        (dt.date(2026, 7, 1), 0),
        (dt.date(2026, 10, 1), 1),
    ]


def test_an_application_is_matched_once(fresh_warehouse, match) -> None:
    require(fresh_warehouse)
    receive(fresh_warehouse, "CV-1", "java")
    apply(fresh_warehouse, "A-1", "CV-1")
    apply(fresh_warehouse, "A-2", recorded_at=MIDNIGHT)
    assert match() == 1
    first = everything(fresh_warehouse)
    # Later facts of every kind: a new version of everything, and another applicant with another resume.
    receive(fresh_warehouse, "CV-1", "java python", received_at=APPLIED, recorded_at=APPLIED + DAY)
    require(fresh_warehouse, description="cobol", recorded_at=APPLIED + DAY)
    apply(fresh_warehouse, "A-1", None, recorded_at=APPLIED + DAY)
    receive(fresh_warehouse, "CV-3", "python")
    apply(fresh_warehouse, "A-3", "CV-3", applied_at=APPLIED + DAY)
    assert match() == 1
    assert everything(fresh_warehouse)[0] == first[0]
    assert match(AS_OF + DAY) == 1
    # An earlier date needs nothing that is not there.
    assert match(APPLIED.date()) == 0
    assert everything(fresh_warehouse)[0] == first[0]


def test_history_that_is_loaded_later_is_taken_up_and_the_order_of_loading_does_not_matter(
    fresh_warehouse, match, tmp_path
) -> None:
    require(fresh_warehouse, description="java pension")
    receive(fresh_warehouse, "CV-1", "java")
    apply(fresh_warehouse, "A-1", "CV-1")
    apply(fresh_warehouse, "A-2", "CV-2")
    assert match() == 2
    assert met(fresh_warehouse) == {"A-1": 0.5, "A-2": None}
    # An older delivery: a resume of the last quarter, and one that the second application named.
    receive(fresh_warehouse, "CV-2", "java", received_at=APPLIED)
    receive(fresh_warehouse, "CV-0", "java", received_at=LAST_QUARTER)
    assert match() == 2
    assert met(fresh_warehouse) == {"A-1": 1.0, "A-2": 1.0}
    assert match() == 0
    in_steps = everything(fresh_warehouse)
    with fresh_warehouse.connect(ERASER) as connection:
        connection.execute("delete from matching.submitted_matches")
    shutil.rmtree(tmp_path / "cache")
    assert match() == 2
    assert everything(fresh_warehouse) == in_steps


def test_a_resume_that_is_read_anew_is_matched_anew(fresh_warehouse, match) -> None:
    require(fresh_warehouse)
    for number in (1, 2):
        receive(fresh_warehouse, f"CV-{number}", "java")
        apply(fresh_warehouse, f"A-{number}", f"CV-{number}")
    assert match() == 2
    reread = "update resumes.texts set content_text = 'java python', content_hash = 'other' where resume_id = 'CV-1'"
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute(reread)
    assert match() == 1
    assert met(fresh_warehouse) == {"A-1": 1.0, "A-2": 0.5}
    assert match() == 0


def test_a_corpus_of_texts_that_are_read_anew_is_another(fresh_warehouse, match) -> None:
    require(fresh_warehouse, description="java pension")
    receive(fresh_warehouse, "CV-0", "java", received_at=LAST_QUARTER)
    receive(fresh_warehouse, "CV-1", "java")
    apply(fresh_warehouse, "A-1", "CV-1")
    match()
    assert met(fresh_warehouse) == {"A-1": 1.0}
    reread = "update resumes.texts set content_text = 'java pension', content_hash = 'other' where resume_id = 'CV-0'"
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute(reread)
    # Somebody says "pension" now: it is asked for as well.
    assert match() == 1
    assert met(fresh_warehouse) == {"A-1": 0.5}


def test_a_run_that_broke_off_goes_on_where_it_was(fresh_warehouse, match, monkeypatch) -> None:
    require(fresh_warehouse)
    for number in range(5):
        receive(fresh_warehouse, f"CV-{number}", f"java {'x ' * number}")
        apply(fresh_warehouse, f"A-{number}", f"CV-{number}")
    monkeypatch.setattr(submitted, "APPLICATIONS_PER_STEP", 2)
    refuse = "alter table matching.submitted_matches add constraint refused check (application_id <> 'A-3')"
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute(refuse)
    with pytest.raises(psycopg.errors.CheckViolation):
        match()
    # The second step left nothing, not even A-2.
    assert set(met(fresh_warehouse)) == {"A-0", "A-1"}
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("alter table matching.submitted_matches drop constraint refused")
    assert match() == 3
    assert len(met(fresh_warehouse)) == 5


def test_a_resume_of_two_versions_and_two_applications(fresh_warehouse, match) -> None:
    require(fresh_warehouse)
    receive(fresh_warehouse, "CV-1", "java")
    receive(fresh_warehouse, "CV-1", "java python", received_at=APPLIED + DAY)
    apply(fresh_warehouse, "A-1", "CV-1")
    apply(fresh_warehouse, "A-2", "CV-1", applied_at=APPLIED + DAY)
    match()
    assert met(fresh_warehouse) == {"A-1": 0.5, "A-2": 1.0}


def test_nobody_has_applied(match) -> None:
    assert match() == 0


def test_who_may_read_and_write_it(fresh_warehouse) -> None:
    count = "select count(*) from matching.submitted_matches"
    assert rows(fresh_warehouse, count, role=TRANSFORMER) == [(0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(fresh_warehouse, count, role=LOADER)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(fresh_warehouse, "delete from matching.submitted_matches returning 1", role=TRANSFORMER)
