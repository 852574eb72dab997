"""The landing suite: every kind of breakage has its sentence. That good data meets it is ``test_gates``' part."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.suites import landing
from ml.load.contract import TABLES
from ml.warehouse.roles import LOADER
from tests.expectations.conftest import Break, failures_of
from tests.expectations.factories import AS_OF, ORGANISATION

ROWS = sum(len(table.columns) for table in TABLES)

BREAKS = {
    "type": (
        "alter table landing.applications alter years_experience type text",
        "landing column types",
        f"landing column types must be those of the landing contract: 1 of {ROWS} rows breaks this, "
        "for example landing.applications.years_experience is text.",
    ),
    "unexpected column": (
        "alter table landing.offers add gender text",
        "landing.offers",
        "landing.offers must have exactly the columns of its contract: gender is not expected.",
    ),
    "missing column": (
        "alter table landing.offers drop title",
        "landing.offers",
        "landing.offers must have exactly the columns of its contract: title is missing.",
    ),
    "no rows": (
        "delete from landing.requisitions",
        "landing.requisitions",
        "landing.requisitions must have rows: there are none.",
    ),
    "empty": (
        "alter table landing.applications alter applied_at drop not null;"
        "update landing.applications set applied_at = null where application_id = 'a1'",
        "landing.applications",
        "landing.applications.applied_at must not be empty: 1 of 2 rows breaks this.",
    ),
    "value not allowed": (
        "update landing.applications set source = 'carrier pigeon' where application_id = 'a1'",
        "landing.applications",
        "landing.applications.source must be one of direct, employee_referral, agency, campus, social, other: "
        "1 of 2 rows breaks this, for example carrier pigeon.",
    ),
    "below minimum": (
        "update landing.requisitions set openings = 0",
        "landing.requisitions",
        "landing.requisitions.openings must not be below 1: 1 of 1 rows breaks this, for example 0.",
    ),
    "duplicate key": (
        "alter table landing.candidates drop constraint candidates_pkey;"
        "insert into landing.candidates select * from landing.candidates where candidate_id = 'c2'",
        "landing.candidates",
        "landing.candidates must be unique by candidate_id, recorded_at: 2 of 3 rows break this, "
        "for example c2 and 2025-03-02T00:00:00+00:00.",
    ),
    "unknown reference": (
        "update landing.application_events set application_id = 'a9' where event_id = 'e3'",
        "landing.application_events",
        "landing.application_events must refer by application_id to rows of landing.applications: "
        "1 row breaks this, for example a9.",
    ),
    "ends before it starts": (
        "update landing.employment_spells set ended_on = date '2024-01-01'",
        "landing.employment_spells",
        "landing.employment_spells must not have ended_on before started_on: 1 row breaks this, for example p1.",
    ),
    "two contents": (
        "update landing.resumes set content = '\\x00'",
        "landing.resumes",
        "landing.resumes must have exactly one of content, content_text: 2 rows break this, for example s1, s2.",
    ),
    "part without rows": (
        "delete from landing.application_events where event_type = 'offer_extended'",
        "part offers",
        "part offers must have rows known before 2026-01-01, because the organisation file declares this part: "
        "there are none.",
    ),
    "protected value": (
        "update protected.protected_attributes set candidate_id = 'c9'",
        "protected.protected_attributes",
        "protected.protected_attributes must refer by candidate_id to rows of landing.candidates: 1 row breaks this.",
    ),
}


@pytest.mark.parametrize("case", BREAKS.values(), ids=BREAKS)
def test_a_break_is_named(broken: Break, case: tuple[str, str, str]) -> None:
    statements, name, sentence = case
    warehouse = broken(statements)
    assert failures_of(name, landing.subjects(ORGANISATION.parts, AS_OF), warehouse, LOADER) == (sentence,)


def test_only_declared_parts_must_have_rows() -> None:
    names = {subject.name for subject in landing.subjects(("screening",), AS_OF)}
    assert {name for name in names if name.startswith("part ")} == {"part screening"}


def test_rows_recorded_from_the_date_on_are_not_looked_at(broken: Break) -> None:
    # All rows are recorded on 2 March 2025: the day before, nothing is known yet, not even what is wrong.
    warehouse = broken("update landing.applications set source = 'carrier pigeon'")
    subjects = landing.subjects(ORGANISATION.parts, date(2025, 3, 2))
    (sentence,) = failures_of("landing.applications", subjects, warehouse, LOADER)
    assert sentence == "landing.applications must have rows: there are none."
