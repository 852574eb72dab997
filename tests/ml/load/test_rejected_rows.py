"""Rows that are refused one by one: the reason, the place, and where they are kept."""

from pathlib import Path

import pytest

from ml.load.formats import FileFormat
from ml.warehouse.connection import Warehouse
from tests.ml.load.factories import BASE, execute, load, load_base, rejections, rows

AT = "2025-02-01T00:00:00Z"
EVENT_TYPES = (
    "screen_passed, screen_failed, interview_passed, interview_failed, offer_extended, offer_accepted, "
    "offer_declined, offer_rescinded, offer_expired, background_check_failed, onboarded, no_show, withdrawn, "
    "closed_unreviewed"
)


@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        (
            "application_events",
            {"event_id": "e1", "application_id": "a9", "event_type": "screen_passed", "occurred_at": AT},
            "application_id 'a9' does not exist in landing.applications",
        ),
        (
            "application_events",
            {"event_id": "e1", "application_id": "a1", "event_type": "Joined", "occurred_at": AT},
            f"event_type: expected one of {EVENT_TYPES}, got 'Joined'",
        ),
        (
            "application_events",
            {
                "event_id": "e1",
                "application_id": "a1",
                "event_type": "onboarded",
                "occurred_at": "2026-01-01T00:00:01Z",
            },
            "occurred_at 2026-01-01 00:00:01+00 is in the future",
        ),
        (
            "application_events",
            {"event_id": "", "application_id": "a1", "event_type": "onboarded", "occurred_at": ""},
            "event_id is required and empty; occurred_at is required and empty",
        ),
        (
            "application_events",
            {"event_id": "e" * 501, "application_id": "a1", "event_type": "onboarded", "occurred_at": AT},
            "event_id: longer than 500 characters",
        ),
        (
            "application_events",
            {"event_id": "e1", "application_id": "a1", "event_type": "onboarded", "occurred_at": "2025-02-01 10:00"},
            "occurred_at: '2025-02-01 10:00' has no time zone; declare the time zone of the file's timestamps",
        ),
        (
            "application_events",
            {"event_id": "e1", "application_id": "a1", "event_type": "onboarded", "occurred_at": "now"},
            "occurred_at: expected a date and time such as 2024-05-31T14:00:00Z, got 'now'",
        ),
        (
            "employment_spells",
            {"spell_id": "s1", "candidate_id": "c1", "started_on": "2025-02-01", "ended_on": "2025-01-31"},
            "ended_on 2025-01-31 is before started_on 2025-02-01",
        ),
        (
            "employment_spells",
            {"spell_id": "s1", "candidate_id": "c1", "started_on": "2026-01-02", "ended_on": ""},
            "started_on 2026-01-02 is in the future",
        ),
        (
            "employment_spells",
            {"spell_id": "s1", "candidate_id": "c1", "started_on": "02/01/2025", "ended_on": "2025-02-30"},
            "started_on: expected a date such as 2024-05-31, got '02/01/2025'; "
            "ended_on: expected a date such as 2024-05-31, got '2025-02-30'",
        ),
        (
            "requisitions",
            {
                "requisition_id": "r2",
                "title": "t",
                "openings": "0",
                "opened_at": AT,
                "closed_at": "2025-01-01T00:00:00Z",
            },
            "openings: expected at least 1, got '0'",
        ),
        (
            "requisitions",
            {
                "requisition_id": "r2",
                "title": "t",
                "openings": "1",
                "opened_at": AT,
                "closed_at": "2025-01-01T00:00:00Z",
            },
            "closed_at 2025-01-01 00:00:00+00 is before opened_at 2025-02-01 00:00:00+00",
        ),
        (
            "requisitions",
            {"requisition_id": "r2", "title": "t", "openings": "1.5", "opened_at": AT, "salary_min": "50.000,00"},
            "salary_min: expected a number, got '50.000,00'; openings: expected a whole number, got '1.5'",
        ),
        (
            "requisitions",
            {"requisition_id": "r2", "title": "t", "openings": "9999999999", "opened_at": AT, "salary_min": "NaN"},
            "salary_min: expected a number, got 'NaN'; "
            "openings: expected a whole number of at most nine digits, got '9999999999'",
        ),
        (
            "applications",
            {
                "application_id": "a2",
                "candidate_id": "c1",
                "requisition_id": "r1",
                "applied_at": AT,
                "source": "direct",
                "is_willing_to_relocate": "perhaps",
                "attributes": "[1]",
            },
            "is_willing_to_relocate: expected true or false (or yes, no, 1, 0), got 'perhaps'; "
            "attributes: expected a JSON object, got '[1]'",
        ),
        (
            "resumes",
            {"resume_id": "v1", "candidate_id": "c1", "received_at": AT, "content": "plain", "content_text": "text"},
            "content: expected bytes as \\x and hexadecimal digits, got 'plain'; "
            "exactly one of content and content_text is required",
        ),
        (
            "resumes",
            {"resume_id": "v1", "candidate_id": "c1", "received_at": AT},
            "exactly one of content and content_text is required",
        ),
    ],
)
def test_reasons(module_warehouse: Warehouse, tmp_path: Path, table: str, row: dict[str, str], reason: str) -> None:
    load(module_warehouse, tmp_path / "base", dict(BASE))
    execute(module_warehouse, "delete from landing.rejected_rows")
    names, cells = ",".join(row), ",".join('"' + cell.replace('"', '""') + '"' for cell in row.values())
    file = f"{table}.csv"
    summary = load(module_warehouse, tmp_path / "bad", {file: f"{names},recorded_at\n{cells},{AT}\n"})
    assert (summary.loaded, summary.rejected) == (0, 1)
    assert rejections(module_warehouse) == [(f"{file}:2", reason)]
    # The row is kept as it was written, without its empty cells.
    content = rows(module_warehouse, "select row_content from landing.rejected_rows")[0][0]
    assert set(content) == {name for name, cell in row.items() if cell} | {"recorded_at"}
    assert f"{file}:2: {reason}" in summary.describe()


def test_decimal_points_under_a_declared_comma(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    content = f"offer_id;application_id;extended_at;base_salary;recorded_at\no1;a1;{AT};50000.50;{AT}\n"
    load(fresh_warehouse, tmp_path / "bad", {"offers.csv": content}, file_format=FileFormat(decimal=","))
    assert rejections(fresh_warehouse) == [
        ("offers.csv:2", "base_salary: expected a number with decimal comma, got '50000.50'")
    ]


@pytest.mark.parametrize(("order", "example"), [("dmy", "31.05.2024"), ("mdy", "05/31/2024")])
def test_the_message_shows_the_declared_order(
    fresh_warehouse: Warehouse, tmp_path: Path, order: str, example: str
) -> None:
    load_base(fresh_warehouse, tmp_path)
    content = f"spell_id,candidate_id,started_on,recorded_at\ns1,c1,13/13/2024,{AT}\n"
    load(
        fresh_warehouse, tmp_path / "bad", {"employment_spells.csv": content}, file_format=FileFormat(date_order=order)
    )  # type: ignore[arg-type]
    assert rejections(fresh_warehouse) == [
        ("employment_spells.csv:2", f"started_on: expected a date such as {example}, got '13/13/2024'")
    ]


def test_plans_may_lie_in_the_future(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    files: dict[str, str | bytes] = {
        "offers.csv": f"offer_id,application_id,extended_at,proposed_start_on,recorded_at\no1,a1,{AT},2027-01-01,{AT}\n",
        "employment_spells.csv": "spell_id,candidate_id,started_on,ended_on,recorded_at\n"
        f"s1,c1,2025-01-01,2026-06-30,{AT}\n",
    }
    assert load(fresh_warehouse, tmp_path / "new", files).rejected == 0


def test_contradictions_within_a_file(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    header = "offer_id,application_id,extended_at,title,base_salary,recorded_at\n"
    lines = [
        f"o1,a1,{AT},A,1,{AT}",
        f"o1,a1,{AT},A,1.0,{AT}",
        f"o1,a1,{AT},B,2,{AT}",
        f"o1,a1,{AT},B,2,2025-03-01T00:00:00Z",
    ]
    summary = load(fresh_warehouse, tmp_path / "new", {"offers.csv": header + "\n".join(lines) + "\n"})
    # The first wins, the second says the same, the third contradicts it, the fourth is a later version.
    assert (summary.loaded, summary.unchanged, summary.rejected) == (2, 1, 1)
    assert rejections(fresh_warehouse) == [
        (
            "offers.csv:4",
            "contradicts offers.csv:2 in title, base_salary: same offer_id and recorded_at; "
            "record corrections at a later time",
        )
    ]


def test_contradictions_of_what_is_loaded(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    changed = {"applications.csv": str(BASE["applications.csv"]).replace("direct", "agency")}
    summary = load(fresh_warehouse, tmp_path / "new", dict(changed))
    assert (summary.loaded, summary.unchanged, summary.rejected) == (0, 0, 1)
    assert rejections(fresh_warehouse) == [
        (
            "applications.csv:2",
            "contradicts a loaded row in source: same application_id and recorded_at; "
            "record corrections at a later time",
        )
    ]


def test_rows_that_depend_on_a_refused_row_are_refused(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    files = {**BASE, "candidates.csv": "candidate_id,created_at,recorded_at\nc1,yesterday,2025-01-01T00:00:00Z\n"}
    assert load(fresh_warehouse, tmp_path, files).rejected == 2
    assert rejections(fresh_warehouse) == [
        ("applications.csv:2", "candidate_id 'c1' does not exist in landing.candidates"),
        ("candidates.csv:2", "created_at: expected a date and time such as 2024-05-31T14:00:00Z, got 'yesterday'"),
    ]


def test_rows_of_another_width_are_kept_as_lists(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    content = str(BASE["candidates.csv"]) + "c2,2025-01-01T00:00:00Z\n"
    summary = load(fresh_warehouse, tmp_path, {"candidates.csv": content})
    assert summary.describe() == (
        "candidates.csv -> candidates: 1 loaded, 0 unchanged, 1 rejected\n"
        "  candidates.csv:3: expected 3 fields, got 2\n"
        "total: 1 loaded, 0 unchanged, 1 rejected"
    )
    assert rows(fresh_warehouse, "select row_content from landing.rejected_rows") == [(["c2", "2025-01-01T00:00:00Z"],)]


def test_protected_rows_stay_protected(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    header = "candidate_id,attribute,value,collected_at,recorded_at\n"
    lines = f"c1,sex,female,{AT},{AT}\nc9,sex,secret,{AT},{AT}\nc1,sex\n"
    summary = load(fresh_warehouse, tmp_path / "new", {"protected_attributes.csv": header + lines})
    assert (summary.loaded, summary.rejected) == (1, 2)
    assert rejections(fresh_warehouse) == []
    assert rejections(fresh_warehouse, "protected") == [
        ("protected_attributes.csv:3", "candidate_id 'c9' does not exist in landing.candidates"),
        ("protected_attributes.csv:4", "expected 5 fields, got 2"),
    ]
    # What a person reads on the screen or in a log shows no protected value.
    assert summary.describe() == (
        "protected_attributes.csv -> protected_attributes: 1 loaded, 0 unchanged, 2 rejected\n"
        "  protected_attributes.csv:4: expected 5 fields, got 2\n"
        "total: 1 loaded, 0 unchanged, 2 rejected"
    )
