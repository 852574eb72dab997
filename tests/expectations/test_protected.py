"""Names and values: what looks like a protected attribute is found, what is honest is let pass."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv

from expectations.protected import Examined, looks_protected, protected_subject

SUSPICIOUS_NAMES = {
    "sex": "sex or gender",
    "applicantGender": "sex or gender",
    "head_gender": "sex or gender",
    "race": "race, colour or ethnicity",
    "ethnicity_code": "race, colour or ethnicity",
    "religion": "religion",
    "Nationality": "national origin, citizenship or visa status",
    "visa_required": "national origin, citizenship or visa status",
    "country_of_birth": "national origin, citizenship or visa status",
    "has_disability": "disability or health",
    "is_pregnant": "pregnancy",
    "marital_status": "marital or family status",
    "number_of_children": "marital or family status",
    "is_veteran": "veteran or military status",
    "military": "veteran or military status",
    "age": "age",
    "age_group": "age",
    "candidate_age": "age",
    "dateOfBirth": "age",
    "birth_year": "age",
    "graduation_year": "age",
    "attribute_year_of_graduation": "age",
    "firstname": "a name",
    "last_name": "a name",
    "photo_url": "a photograph",
    "home_address": "an address or postcode",
    "zip_code": "an address or postcode",
    "postcode": "an address or postcode",
    "email": "a way to reach a person",
    "phone_number": "a way to reach a person",
    "social_security_number": "a personal number",
}
HONEST_NAMES = (
    "years_experience",
    "last_employer",
    "last_title",
    "notice_period_days",
    "mean_tenure_months",
    "employers_count",
    "is_willing_to_relocate",
    "source_detail",
    "field_of_study",
    "highest_degree",
    "years_above_minimum",
    "days_since_opened",
    "expected_salary_ratio",
    "requisition_title",
    "stage_name",
    "file_name",
    "previous_applications",
    "requisition_age_days",
    "coverage",
    "language",
    "manager_span",
    "percentage",
    "essex_office",
    "brace",
    "lead_generation",
    "years_college",
    "worked_during_school",
    "employment_holes",
    "selfcontrol",
    "greywage",
    "remote_policy_match",
)
SUSPICIOUS_VALUES = {
    "sex or gender": ("Female", "male", "prefer not to say"),
    "race, colour or ethnicity": ("White", "Black or African American", "Asian", "Two or More Races", "unknown"),
    "religion": ("catholic", "muslim", "hindu", "none"),
    "national origin, citizenship or visa status": ("H-1B", "Green Card", "US Citizen"),
    "disability or health": ("Disabled", "not disabled"),
    "pregnancy": ("pregnant", "not-pregnant"),
    "marital or family status": ("single", "married", "divorced", "friend of the house"),
    "veteran or military status": ("Protected veteran", "Not a protected veteran"),
    "age": ("18-24", "25-34", "35-44", "55 - 64"),
    "a name": ("Allison", "Kristen", "Lakisha", "Jamal", "Brad Miller", "Dr No"),
    "a full name": ("Allison Brown", "Kristen Lee Miller", "Jamal Jones", "Anne Smith"),
    "a photograph": ("a.jpg", "b.png"),
    "an address or postcode": ("10001", "94105-1420", "SW1A 1AA"),
    "a way to reach a person": ("ann@example.org", "+44 20 7946 0958"),
    "a personal number": ("078-05-1120", "219-09-9999"),
}
HONEST_VALUES = (
    ("white", "grey"),
    ("direct", "agency", "campus"),
    ("single", "multiple"),
    ("A", "B", "C", "F", "M"),
    ("full time", "part time"),
    ("Austin Instruments", "Madison Bank", "Chase", "IBM", "Jordan"),
    ("english", "german", "french", "spanish"),
    ("Bank of America", "British Airways", "Siemens"),
    ("hour", "day", "month"),
    ("h", "d", "m", "y"),
    ("2 years", "5 years", "10 years"),
    ("yes", "no"),
    (),
)


@pytest.mark.parametrize(("name", "kind"), SUSPICIOUS_NAMES.items())
def test_a_suspicious_name_is_found(name: str, kind: str) -> None:
    assert looks_protected(Examined(name, "text")) == f"its name looks like {kind}"


@pytest.mark.parametrize("name", HONEST_NAMES)
def test_an_honest_name_is_let_pass(name: str) -> None:
    assert looks_protected(Examined(name, "text")) is None


def test_a_yes_or_no_about_contact_details_names_nobody() -> None:
    assert looks_protected(Examined("has_email_address", "boolean")) is None
    assert looks_protected(Examined("has_email_address", "text")) == "its name looks like an address or postcode"


@pytest.mark.parametrize(("kind", "values"), SUSPICIOUS_VALUES.items())
def test_suspicious_values_are_found_under_an_honest_name(kind: str, values: tuple[str, ...]) -> None:
    found = looks_protected(Examined("category", "text", values))
    assert found is not None
    assert found.endswith(f"distinct values look like {kind}")
    assert not any(value.lower() in found.lower() for value in values)


@pytest.mark.parametrize("values", HONEST_VALUES, ids=", ".join)
def test_honest_values_are_let_pass(values: tuple[str, ...]) -> None:
    assert looks_protected(Examined("category", "text", values)) is None


def test_codes_count_only_when_they_are_all_there_is() -> None:
    assert looks_protected(Examined("category", "text", ("m", "F"))) == (
        "100% of its 2 distinct values look like sex or gender"
    )
    assert looks_protected(Examined("category", "text", ("m", "f", "k"))) is None


def test_the_share_is_of_distinct_values_that_say_something() -> None:
    # "unknown" says nothing; of the other four, three are religions.
    values = ("catholic", "muslim", "jewish", "chess club", "unknown")
    assert looks_protected(Examined("society", "text", values)) == "75% of its 4 distinct values look like religion"


def test_whole_numbers_that_are_years_are_found() -> None:
    years = tuple(str(year) for year in range(1971, 1999))
    assert looks_protected(Examined("y", "number", years)) == "100% of its 28 distinct values look like age"


@pytest.mark.parametrize("numbers", [range(30), range(1000, 90000, 1000), (1999, 2000), range(1900, 2300)])
def test_other_numbers_are_let_pass(numbers: range) -> None:
    assert looks_protected(Examined("n", "number", tuple(map(str, numbers)))) is None


@pytest.mark.parametrize("seed", range(10))
def test_the_order_case_and_repetition_of_values_do_not_matter(seed: int) -> None:
    generator = random.Random(seed)
    values = [value for group in SUSPICIOUS_VALUES.values() for value in group]
    chosen = generator.sample(values, 6)
    found = looks_protected(Examined("category", "text", tuple(chosen)))
    shuffled = [value.upper() if generator.random() < 0.5 else f" {value} " for value in chosen * 2]
    generator.shuffle(shuffled)
    assert looks_protected(Examined("category", "text", tuple(shuffled))) == found


def test_a_waived_column_is_a_note_and_no_finding() -> None:
    columns = [Examined("military", "boolean"), Examined("sex", "text")]
    subject = protected_subject("a file", columns, {"military": "the job is in a barracks"})
    assert subject.notes == (
        "military (its name looks like veteran or military status) is waived: the job is in a barracks",
    )
    assert list(subject.rows["finding"]) == [None, "sex (its name looks like sex or gender)"]


REAL_FILES = {
    "callbacks/quality_callbacks.csv": (",", {"firstname", "race", "gender", "military"}, {"military"}),
    "turnover/attrition_turnover.csv": (";", {"gender", "age", "head_gender"}, {"age"}),
    "offers/offers_synthetic.csv": (",", {"visa_required"}, {"visa_required"}),
}


@pytest.mark.parametrize("file", REAL_FILES)
def test_the_protected_columns_of_real_files_are_found_and_no_other(examples: Path, file: str) -> None:
    # Some are found by name only: a yes or no, or an age, could be anything.
    delimiter, protected, by_name_only = REAL_FILES[file]
    table = csv.read_csv(examples / file, parse_options=csv.ParseOptions(delimiter=delimiter))
    columns = {name: _examined(name, column) for name, column in zip(table.column_names, table.columns, strict=True)}
    assert {name for name, column in columns.items() if looks_protected(column)} == protected
    hidden = {name: looks_protected(replace(column, name="x")) for name, column in columns.items()}
    assert {name for name, why in hidden.items() if why} == protected - by_name_only


def _examined(name: str, column: pa.ChunkedArray) -> Examined:
    values = tuple(str(value) for value in column.unique().drop_null().to_pylist())
    if set(values) <= {"0", "1"}:
        return Examined(name, "boolean")
    return Examined(name, "text" if pa.types.is_string(column.type) else "number", values)
