"""Loading by a mapping: what each form of the language makes of a row, and what it refuses."""

import datetime as dt
from pathlib import Path

import pytest

from ml.config import REPOSITORY
from ml.errors import ConfigurationError, LoadError
from ml.load.load import load_mapped, load_sources
from ml.load.mapping_file import read_mapping
from ml.load.plan import plan_mapped
from ml.organisation import Organisation, Source
from ml.warehouse.connection import Warehouse
from tests.ml.load.factories import NOW, map_and_load, rejections, rows, write

HEADER = "id;job;applied;status;months;salary;notes;sex\n"
FORMAT = "{file: export.csv, format: {delimiter: ';', decimal: ',', timezone: UTC, date_order: dmy, missing: ['-']}"
MAPPING = """
parts: [screening]
sources:
  export: %s, ignore: {free text: [notes]}}
tables:
  requisitions:
    - from: export
      first_of: [job]
      columns:
        requisition_id: job
        title: {template: "{job} wanted"}
        openings: {constant: 1}
        opened_at: {constant: 2020-01-01}
        recorded_at: {constant: 2020-01-01}
  candidates:
    - from: export
      columns: {candidate_id: id, created_at: applied, recorded_at: applied}
  applications:
    - from: export
      columns:
        application_id: {template: "{id}/{job}"}
        candidate_id: id
        requisition_id: job
        applied_at: applied
        source: {constant: direct}
        mean_tenure_months: {number: months, times: 12}
        recorded_at: applied
      attributes:
        numeric: [{pay: salary}]
        categorical: [status]
        boolean: [{is_joined: {column: status, values: {Joined: true, Refused: false}, default: null}}]
  application_events:
    - from: export
      when: {status: [Joined, Refused]}
      columns:
        event_id: {template: "e{@line}"}
        application_id: {template: "{id}/{job}"}
        event_type: {column: status, values: {Joined: onboarded, Refused: offer_declined}}
        occurred_at: {date: applied, plus: {months: months, days: 1}}
        recorded_at: {date: applied, plus: {years: 1}}
protected:
  - from: export
    columns: {candidate_id: id, collected_at: applied, recorded_at: applied}
    attributes: {sex: {column: sex, values: {f: female, m: male}}}
""".replace("%s", FORMAT).replace("{Joined: true, Refused: false}", '{Joined: "true", Refused: "false"}')


def test_rows_are_made_as_the_mapping_says(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    export = HEADER + (
        "c1;clerk;01.02.2024;Joined;1,5;1000,50;x;f\n"
        "c2;clerk;2024-02-01 10:00;Refused;-;-;x;-\n"
        "c3;cook;2024-03-01T00:00:00+02:00;Open;2;;;m\n"
    )
    summary = map_and_load(fresh_warehouse, tmp_path, {"export.csv": export}, MAPPING)
    assert (summary.loaded, summary.rejected) == (2 + 3 + 3 + 1 + 2, 1)
    assert rows(fresh_warehouse, "select requisition_id, title from landing.requisitions order by 1") == [
        ("clerk", "clerk wanted"),
        ("cook", "cook wanted"),
    ]
    applications = (
        "select application_id, applied_at, mean_tenure_months, attributes from landing.applications order by 1"
    )
    assert rows(fresh_warehouse, applications) == [
        (
            "c1/clerk",
            dt.datetime(2024, 2, 1, tzinfo=dt.UTC),
            18,
            {"pay": 1000.5, "status": "Joined", "is_joined": True},
        ),
        ("c2/clerk", dt.datetime(2024, 2, 1, 10, tzinfo=dt.UTC), None, {"status": "Refused", "is_joined": False}),
        ("c3/cook", dt.datetime(2024, 2, 29, 22, tzinfo=dt.UTC), 24, {"status": "Open"}),
    ]
    # 1.5 months after 1 February: 1 March and half of its 31 days, rounded down, and one day more.
    events = "select event_id, event_type, occurred_at, recorded_at from landing.application_events"
    assert rows(fresh_warehouse, events) == [
        ("e2", "onboarded", dt.datetime(2024, 3, 17, tzinfo=dt.UTC), dt.datetime(2025, 2, 1, tzinfo=dt.UTC))
    ]
    # Without a tenure there is no date, and without a date no event.
    assert rejections(fresh_warehouse) == [("export.csv:3", "occurred_at is required and empty")]
    # An empty protected value makes no row.
    assert rows(fresh_warehouse, "select candidate_id, value from protected.protected_attributes order by 1") == [
        ("c1", "female"),
        ("c3", "male"),
    ]


def test_a_constant_that_is_no_date_is_refused(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    mapping = MAPPING.replace("{date: applied, plus: {years: 1}}", "{date: {constant: '2024-02-30'}, plus: {years: 1}}")
    map_and_load(fresh_warehouse, tmp_path, {"export.csv": HEADER + "c1;clerk;01.02.2024;Joined;1;1;;f\n"}, mapping)
    assert rejections(fresh_warehouse) == [
        ("export.csv:2", "date: expected a date such as 2024-05-31, got '2024-02-30'")
    ]


@pytest.mark.parametrize(
    ("row", "schema", "reason"),
    [
        (
            "c1;clerk;01.02.2024;Joined;many;1;;f",
            "landing",
            "months: expected a number of months of at most 12000, got 'many'",
        ),
        (
            "c1;clerk;01.02.2024;Joined;99999;1;;f",
            "landing",
            "months: expected a number of months of at most 12000, got '99999'",
        ),
        ("c1;clerk;01.02.2024;Open;many;1;;f", "landing", "months: expected a number, got 'many'"),
        (
            "c1;clerk;01.02.2024;Open;1;1.000,50;;f",
            "landing",
            "pay: expected a number with decimal comma, got '1.000,50'",
        ),
        ("c1;clerk;01.02.2024;Open;1;1;;x", "protected", "sex: expected one of f, m, got 'x'"),
        (
            "c1;clerk;31.02.2024;Joined;1;1;;f",
            "landing",
            "applied: expected a date such as 31.05.2024, got '31.02.2024'",
        ),
        ("c1;clerk;01.02.2024", "protected", "expected 8 fields, got 3"),
    ],
)
def test_what_cannot_be_made_is_refused(
    fresh_warehouse: Warehouse, tmp_path: Path, row: str, schema: str, reason: str
) -> None:
    map_and_load(fresh_warehouse, tmp_path, {"export.csv": HEADER + row + "\n"}, MAPPING)
    assert ("export.csv:2", reason) in rejections(fresh_warehouse, schema)


def test_no_protected_value_reaches_landing(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    export = HEADER + "c1;clerk;01.02.2024;Joined;x;1;secret;secret\nc2;clerk;secret\nc3;clerk;;Open;1;1;;secret\n"
    map_and_load(fresh_warehouse, tmp_path, {"export.csv": export}, MAPPING)
    names = rows(fresh_warehouse, "select table_name from information_schema.tables where table_schema = 'landing'")
    assert len(names) > 10
    for (name,) in names:
        assert rows(fresh_warehouse, f"select from landing.{name} as t where t::text like '%secret%'") == []
    assert len(rows(fresh_warehouse, "select from protected.rejected_rows")) == 3


@pytest.mark.parametrize(
    ("test", "ids"),
    [
        ("Open", ["c2"]),
        ("[Open, Joined]", ["c1", "c2"]),
        ("{not: Open}", ["c1", "c3"]),
        ("{empty: true}", ["c3"]),
        ("{empty: false}", ["c1", "c2"]),
    ],
)
def test_conditions(fresh_warehouse: Warehouse, tmp_path: Path, test: str, ids: list[str]) -> None:
    mapping = f"""
    parts: [tenure]
    sources: {{x: {{file: x.csv, format: {{timezone: UTC}}}}}}
    tables:
      candidates:
        - from: x
          when: {{status: {test}}}
          columns: {{candidate_id: id, created_at: {{constant: 2024-01-01}}, recorded_at: {{constant: 2024-01-01}}}}
      employment_spells:
        - from: x
          when: {{id: nobody}}
          columns: {{spell_id: id, candidate_id: id, started_on: status, recorded_at: status}}
    """
    map_and_load(fresh_warehouse, tmp_path, {"x.csv": "id,status\nc1,Joined\nc2,Open\nc3,\n"}, mapping)
    assert [row[0] for row in rows(fresh_warehouse, "select candidate_id from landing.candidates order by 1")] == ids


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("{column: how, values: {Web: direct}, default: other}", ["direct", "other", None]),
        ("{column: how, values: {Web: direct}, keep_others: true}", ["direct", "agency", None]),
        ("{column: how, values: {Web: direct, '': social}, default: other}", ["direct", "other", "social"]),
        ("{column: how, values: {Web: direct}, default: null}", ["direct", None, None]),
    ],
)
def test_value_maps(fresh_warehouse: Warehouse, tmp_path: Path, values: str, expected: list[str | None]) -> None:
    mapping = f"""
    parts: [resumes]
    sources: {{x: {{file: x.csv, format: {{timezone: UTC}}}}}}
    tables:
      candidates:
        - from: x
          columns: {{candidate_id: id, created_at: &at {{constant: 2024-01-01}}, recorded_at: *at}}
      resumes:
        - from: x
          columns: {{resume_id: id, candidate_id: id, received_at: *at, recorded_at: *at, file_name: {values}, content_text: id}}
    """
    map_and_load(fresh_warehouse, tmp_path, {"x.csv": "id,how\n1,Web\n2,agency\n3,\n"}, mapping)
    assert [
        row[0] for row in rows(fresh_warehouse, "select file_name from landing.resumes order by resume_id")
    ] == expected


def test_more_attributes_than_one_call_takes(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    names = [f"k{number}" for number in range(100)]
    header = ";".join([HEADER.strip(), *names])
    row = ";".join(["c1;clerk;01.02.2024;Open;1;1;;f", *map(str, range(100))])
    mapping = MAPPING.replace("numeric: [{pay: salary}]", f"numeric: [{{pay: salary}}, {', '.join(names)}]")
    map_and_load(fresh_warehouse, tmp_path, {"export.csv": f"{header}\n{row}\n"}, mapping)
    attributes = rows(fresh_warehouse, "select attributes from landing.applications")[0][0]
    assert [attributes[name] for name in names] == list(range(100))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            HEADER.replace("sex", "sex;religion;age"),
            "mapping.yaml: sources.export: nothing says what to do with 'religion', 'age' of export.csv; "
            "map each column, or list it under protected or ignore.",
        ),
        (
            HEADER.replace("salary", "pay"),
            "mapping.yaml: tables.applications[0]: export.csv has no column 'salary'; "
            "it has id, job, applied, status, months, pay, notes, sex.",
        ),
        (
            HEADER.replace("notes", "remarks"),
            "mapping.yaml: sources.export.ignore: export.csv has no column 'notes'; "
            "it has id, job, applied, status, months, salary, remarks, sex.",
        ),
    ],
)
def test_a_mapping_fits_its_files(tmp_path: Path, header: str, message: str) -> None:
    write(tmp_path, {"mapping.yaml": MAPPING, "export.csv": header})
    with pytest.raises(ConfigurationError) as caught:
        plan_mapped(tmp_path, read_mapping(tmp_path / "mapping.yaml"))
    assert str(caught.value) == message


def test_a_column_is_used_or_ignored_not_both(tmp_path: Path) -> None:
    write(tmp_path, {"mapping.yaml": MAPPING.replace("[notes]", "[notes, job]"), "export.csv": HEADER})
    with pytest.raises(ConfigurationError) as caught:
        plan_mapped(tmp_path, read_mapping(tmp_path / "mapping.yaml"))
    assert str(caught.value) == "mapping.yaml: sources.export.ignore: column 'job' is used by a rule."


def test_a_missing_source_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"mapping.yaml": MAPPING})
    with pytest.raises(LoadError) as caught:
        plan_mapped(tmp_path, read_mapping(tmp_path / "mapping.yaml"))
    assert str(caught.value) == f"{tmp_path / 'export.csv'}: no such file."


def test_repeating_a_mapped_load_changes_nothing(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    export = {"export.csv": HEADER + "c1;clerk;01.02.2024;Joined;1,5;1000,50;x;f\n"}
    first = map_and_load(fresh_warehouse, tmp_path, dict(export), MAPPING)
    second = load_mapped(fresh_warehouse, tmp_path, tmp_path / "mapping.yaml", loaded_as_of=NOW)
    assert (first.loaded, second.loaded, second.unchanged) == (5, 0, 5)


def test_identifiers_and_values_cannot_break_out(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    name = """x"; drop table landing.candidates; --' %s {}"""
    mapping = f"""
    parts: [resumes]
    sources: {{x: {{file: x.csv, format: {{delimiter: ',', timezone: UTC}}}}}}
    tables:
      candidates:
        - from: x
          columns: {{candidate_id: &id {{column: {name!r}, values: {{"it's": {name!r}}}}}, created_at: &at {{constant: 2024-01-01}}, recorded_at: *at}}
      resumes:
        - from: x
          columns: {{resume_id: *id, candidate_id: *id, received_at: *at, recorded_at: *at, content_text: *id}}
    """.replace("\\'", "''")
    export = '"' + name.replace('"', '""') + "\"\nit's\n"
    summary = map_and_load(fresh_warehouse, tmp_path, {"x.csv": export}, mapping)
    assert (summary.loaded, summary.rejected) == (2, 0)
    assert rows(fresh_warehouse, "select candidate_id from landing.candidates") == [(name,)]


def test_sources_of_an_organisation(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    write(tmp_path / "exports", {"export.csv": HEADER + "c1;clerk;01.02.2024;Joined;1,5;1000,50;x;f\n"})
    write(tmp_path, {"mapping.yaml": MAPPING})
    write(tmp_path / "landing", {"candidates.csv": "candidate_id,created_at,recorded_at\n"})
    sources = (Source("exports", "mapping.yaml"), Source("landing"))
    organisation = Organisation(name="mine", parts=("screening",), sources=sources)
    first, second = load_sources(fresh_warehouse, organisation, tmp_path, loaded_as_of=NOW)
    assert (first.loaded, second.loaded) == (5, 0)


def test_parts_must_be_declared_by_the_organisation(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    write(tmp_path, {"mapping.yaml": MAPPING})
    organisation = Organisation(name="mine", parts=("offers", "tenure"), sources=(Source(".", "mapping.yaml"),))
    with pytest.raises(ConfigurationError) as caught:
        load_sources(fresh_warehouse, organisation, tmp_path, loaded_as_of=NOW)
    assert str(caught.value) == (
        "mapping.yaml: parts: screening is not a part of mine, which has offers, tenure; "
        "declare it in the organisation file."
    )


def test_the_worked_example_of_the_documentation(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    blocks = (REPOSITORY / "docs" / "mapping.md").read_text(encoding="utf-8").split("```")
    export = next(block for block in blocks if block.startswith("\nKennung")).lstrip("\n").encode("latin-1")
    mapping = next(block for block in blocks if block.startswith("yaml\nparts")).removeprefix("yaml\n")
    summary = map_and_load(fresh_warehouse, tmp_path, {"applications.csv": export}, mapping)
    # One requisition, and of two people each: candidate, application, event, sex.
    assert (summary.loaded, summary.rejected) == (1 + 2 * 4, 0)
    applications = "select application_id, applied_at, source, years_experience from landing.applications order by 1"
    assert rows(fresh_warehouse, applications) == [
        ("B-17/Koch", dt.datetime(2025, 2, 2, 23, tzinfo=dt.UTC), "other", 4.5),
        ("B-18/Koch", dt.datetime(2025, 2, 4, 23, tzinfo=dt.UTC), "employee_referral", None),
    ]
