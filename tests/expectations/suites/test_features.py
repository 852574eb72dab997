"""The features suite: every kind of breakage has its sentence. That good data meets it is ``test_gates``' part."""

from __future__ import annotations

import pytest

from expectations.suites import features
from ml.warehouse.roles import TRANSFORMER
from tests.expectations.conftest import Break, failures_of
from tests.expectations.factories import AS_OF, CONTRACT, RANKERS

TABLE = "features.application_features"
BREAKS = {
    "column outside the contract": (
        f"alter table {TABLE} add shoe_size double precision",
        f"{TABLE} must have exactly the columns of its contract: shoe_size is not expected.",
    ),
    "column of the contract missing": (
        f"alter table {TABLE} drop has_resume",
        f"{TABLE} must have exactly the columns of its contract: has_resume is missing.",
    ),
    "empty identifier": (
        f"update {TABLE} set requisition_id = null where application_id = 'a1'",
        f"{TABLE}.requisition_id must not be empty: 1 of 200 rows breaks this.",
    ),
    "two rows of an application": (
        f"update {TABLE} set application_id = 'a1' where application_id = 'a2'",
        f"{TABLE}.application_id must be unique: 2 of 200 rows break this, for example a1.",
    ),
    "from the future": (
        f"update {TABLE} set applied_at = timestamptz '2026-01-01 UTC' where application_id = 'a7'",
        f"{TABLE} must not have applications from the as-of date on: 1 row breaks this, for example a7.",
    ),
    "not a number": (
        f"update {TABLE} set years_experience = 'NaN' where application_id = 'a7'",
        f"{TABLE} must have finite numbers only: 1 row breaks this, for example a7.",
    ),
    "attribute without values": (
        f"update {TABLE} set attribute_honors = null",
        f"{TABLE}.attribute_honors must have values: there are none.",
    ),
    # Ages in months instead of years: 3 of 200 are more than one in a hundred.
    "wrong unit": (
        f"update {TABLE} set years_experience = 240 where application_id in ('a1', 'a2', 'a3')",
        f"{TABLE}.years_experience must lie between -80 and 80 in at least 99% of rows: "
        "3 of 200 rows break this, for example 240.",
    ),
    "no feature at all": (
        f"update {TABLE} set source = null, years_experience = null",
        f"{TABLE} must have values for onboard: no feature of onboard has a value.",
    ),
}


@pytest.mark.parametrize("case", BREAKS.values(), ids=BREAKS)
def test_a_break_is_named(broken: Break, case: tuple[str, str]) -> None:
    statements, sentence = case
    warehouse = broken(statements)
    failures = failures_of(TABLE, features.subjects(CONTRACT, RANKERS, AS_OF), warehouse, TRANSFORMER)
    assert failures[0] == sentence


def test_two_odd_people_of_two_hundred_are_let_pass(broken: Break) -> None:
    warehouse = broken(f"update {TABLE} set years_experience = 240 where application_id in ('a1', 'a2')")
    assert failures_of(TABLE, features.subjects(CONTRACT, RANKERS, AS_OF), warehouse, TRANSFORMER) == ()


def test_a_kind_that_is_not_the_contract_s_is_named(broken: Break) -> None:
    warehouse = broken(f"alter table {TABLE} alter has_resume type text")
    failures = failures_of("feature kinds", features.subjects(CONTRACT, RANKERS, AS_OF), warehouse, TRANSFORMER)
    assert failures == (
        "feature kinds must be those of its contract: 1 of 4 rows breaks this, for example has_resume is text.",
    )
