"""Mapping files: what is not understood is refused with its place."""

from pathlib import Path

import pytest

from ml.errors import ConfigurationError
from ml.load.mapping import Condition, DateValue, MappedValue, Shift, Template
from ml.load.mapping_file import read_mapping

CANDIDATES = """
parts: [tenure]
sources:
  staff: {file: staff.csv}
tables:
  candidates:
    - from: staff
      columns: {candidate_id: id, created_at: hired, recorded_at: hired}
  employment_spells:
    - from: staff
      columns: {spell_id: id, candidate_id: id, started_on: hired, recorded_at: hired}
"""


def _read(folder: Path, text: str) -> None:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    read_mapping(path)


def test_a_mapping_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(CANDIDATES, encoding="utf-8")
    mapping = read_mapping(path)
    assert mapping.parts == ("tenure",)
    assert [rule.where for rule in mapping.rules] == [
        "mapping.yaml: tables.candidates[0]",
        "mapping.yaml: tables.employment_spells[0]",
    ]
    assert mapping.rules[1].columns == ("hired", "id")


def test_the_forms_of_values(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(
        CANDIDATES.replace("spell_id: id", "spell_id: {template: 'x-{id}-{@line}'}")
        .replace("started_on: hired", "started_on: {date: 2020-01-01, minus: {months: tenure, days: 1.5}}")
        .replace("spell_id:", "end_reason: {column: why, values: {1: voluntary, '': other}, default: null}, spell_id:")
        .replace(
            "employment_spells:\n    - from: staff",
            "employment_spells:\n    - from: staff\n      when: {why: {not: [a, 2]}}",
        ),
        encoding="utf-8",
    )
    rule = read_mapping(path).rules[1]
    assert rule.values["spell_id"] == Template(("x-", "id", "-", "@line", ""))
    started = rule.values["started_on"]
    assert isinstance(started, DateValue)
    assert started.shifts[0] == Shift(-1, "months", "tenure")
    assert str(started.shifts[1].amount) == "1.5"
    assert rule.values["end_reason"] == MappedValue("why", (("1", "voluntary"), ("", "other")), "default", None)
    assert rule.when == (Condition("why", ("a", "2"), negated=True),)
    assert rule.columns == ("hired", "id", "tenure", "why")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("parts:", "part:", "mapping.yaml: unknown key 'part'; known are parts, sources, tables, protected."),
        ("parts: [tenure]\n", "", "mapping.yaml: parts is missing."),
        (
            "[tenure]",
            "[tenures]",
            "mapping.yaml: parts: expected some of resumes, screening, offers, tenure, got 'tenures'.",
        ),
        (
            "[tenure]",
            "[tenure, offers]",
            "mapping.yaml: parts: offers needs rows in application_events, which has no rule.",
        ),
        ("[tenure]", "tenure", "mapping.yaml: parts: expected a list, got 'tenure'."),
        ("{file: staff.csv}", "staff.csv", "mapping.yaml: sources.staff: expected keys and values, got 'staff.csv'."),
        ("{file: staff.csv}", "{}", "mapping.yaml: sources.staff: file is missing."),
        (
            "{file: staff.csv}",
            "{file: staff.csv, format: {decimals: ','}}",
            "mapping.yaml: sources.staff.format: unknown key 'decimals'; "
            "known are encoding, delimiter, decimal, timezone, date_order, missing.",
        ),
        (
            "{file: staff.csv}",
            "{file: staff.csv, format: {timezone: Mars}}",
            "mapping.yaml: sources.staff.format.timezone: 'Mars' is unknown; use a name such as UTC or Europe/Berlin.",
        ),
        (
            "{file: staff.csv}",
            "{file: staff.csv, ignore: {why: coach}}",
            "mapping.yaml: sources.staff.ignore.why: expected a list, got 'coach'.",
        ),
        (
            "  candidates:",
            "  people:",
            "mapping.yaml: tables: unknown table 'people'; known are requisitions, candidates, resumes, applications, "
            "application_events, interviews, offers, employment_spells, decisions, requisition_grants, assignments, "
            "opt_outs.",
        ),
        (
            "candidate_id: id, created_at",
            "name: id, created_at",
            "mapping.yaml: tables.candidates[0].columns: candidates has no column 'name'; "
            "it has candidate_id, created_at, recorded_at.",
        ),
        (
            "candidate_id: id, created_at: hired",
            "candidate_id: id",
            "mapping.yaml: tables.candidates[0].columns: candidates requires created_at as well.",
        ),
        (
            "from: staff",
            "from: people",
            "mapping.yaml: tables.candidates[0]: unknown source 'people'; known are staff.",
        ),
        (
            "created_at: hired",
            "created_at: 2020-01-01",
            "mapping.yaml: tables.candidates[0].columns.created_at: expected a column name, or one of constant, template, "
            "column with values, number, date; got datetime.date(2020, 1, 1).",
        ),
        (
            "created_at: hired",
            "created_at: {constant: ''}",
            "mapping.yaml: tables.candidates[0].columns.created_at: a constant cannot be empty; "
            "leave the column out instead.",
        ),
        (
            "candidate_id: id, created_at",
            "candidate_id: {template: 'x{id'}, created_at",
            "mapping.yaml: tables.candidates[0].columns.candidate_id: a brace is not closed in 'x{id'.",
        ),
        (
            "created_at: hired",
            "created_at: {date: hired, plus: {weeks: 1}}",
            "mapping.yaml: tables.candidates[0].columns.created_at: unknown unit 'weeks'; known are days, months, years.",
        ),
        (
            "created_at: hired",
            "created_at: {date: hired, plus: {days: null}}",
            "mapping.yaml: tables.candidates[0].columns.created_at: expected a number, got nothing.",
        ),
        (
            "created_at: hired",
            "created_at: {date: {template: '{a}'}}",
            "mapping.yaml: tables.candidates[0].columns.created_at.date: expected a column or a constant, "
            "such as 2024-05-31.",
        ),
        (
            "candidate_id: id, created_at",
            "candidate_id: {column: id, values: {no: x}}, created_at",
            "mapping.yaml: tables.candidates[0].columns.candidate_id.values: YAML reads yes, no, on and off as true or "
            "false; put the value in quotes.",
        ),
        (
            "candidate_id: id, created_at",
            "candidate_id: {column: id, values: {a: [x]}}, created_at",
            "mapping.yaml: tables.candidates[0].columns.candidate_id.values.a: expected one value, got ['x'].",
        ),
        (
            "candidate_id: id, created_at",
            "candidate_id: {column: id, values: {a: x}, default: y, keep_others: true}, created_at",
            "mapping.yaml: tables.candidates[0].columns.candidate_id: expected either default: a value or "
            "keep_others: true.",
        ),
        (
            "candidate_id: id, created_at",
            "candidate_id: {column: id, values: {}}, created_at",
            "mapping.yaml: tables.candidates[0].columns.candidate_id.values: expected at least one value and what it means.",
        ),
        (
            "      columns: {candidate_id",
            "      when: {id: []}\n      columns: {candidate_id",
            "mapping.yaml: tables.candidates[0].when.id: the list of values is empty.",
        ),
        (
            "      columns: {candidate_id",
            "      when: {id: {empty: maybe}}\n      columns: {candidate_id",
            "mapping.yaml: tables.candidates[0].when.id: expected a value, a list of values, not: ... or empty: true or "
            "false.",
        ),
        (
            "      columns: {candidate_id",
            "      attributes: {}\n      columns: {candidate_id",
            "mapping.yaml: tables.candidates[0]: unknown key 'attributes'; known are from, columns, when, first_of.",
        ),
        (
            "tables:\n",
            "tables:\n  candidates: []\n",
            "mapping.yaml:6: not valid YAML: key 'candidates' occurs twice.",
        ),
        (
            "created_at: hired",
            "created_at: {constant: 2024-02-30}",
            "mapping.yaml: not readable as YAML in UTF-8: day is out of range for month.",
        ),
        ("tables:", "tables: [", "mapping.yaml:7: not valid YAML: expected the node content, but found '-'."),
    ],
)
def test_mistakes_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CANDIDATES
    with pytest.raises(ConfigurationError) as caught:
        _read(tmp_path, CANDIDATES.replace(old, new, 1))
    assert str(caught.value) == message


APPLICATIONS = """
  applications:
    - from: staff
      columns: {application_id: id, candidate_id: id, requisition_id: job, applied_at: hired, source: how, recorded_at: hired}
      attributes: {numeric: [score]}
protected:
  - from: staff
    columns: {candidate_id: id, collected_at: hired, recorded_at: hired}
    attributes: {sex: gender}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "requisition_id: job",
            "requisition_id: {template: '{gender}'}",
            "mapping.yaml: tables.applications[0]: column 'gender' is protected; "
            "it cannot be used for landing.applications.",
        ),
        (
            "[score]",
            "[score, gender]",
            "mapping.yaml: tables.applications[0]: column 'gender' is protected; "
            "it cannot be used for landing.applications.",
        ),
        (
            "      attributes: {numeric",
            "      when: {gender: f}\n      attributes: {numeric",
            "mapping.yaml: tables.applications[0]: column 'gender' is protected; "
            "it cannot be used for landing.applications.",
        ),
        (
            "numeric: [score]",
            "number: [score]",
            "mapping.yaml: tables.applications[0].attributes: expected numeric, categorical, boolean, got 'number'.",
        ),
        (
            "numeric: [score]",
            "numeric: [score], boolean: [{score: other}]",
            "mapping.yaml: tables.applications[0].attributes: 'score' is given twice.",
        ),
        (
            "source: how,",
            "source: how, attributes: json,",
            "mapping.yaml: tables.applications[0]: give attributes either beside columns or as one of them, not both.",
        ),
        (
            "collected_at: hired, ",
            "",
            "mapping.yaml: protected[0].columns: protected_attributes requires collected_at as well.",
        ),
    ],
)
def test_protected_columns_and_attributes(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in APPLICATIONS
    with pytest.raises(ConfigurationError) as caught:
        _read(tmp_path, CANDIDATES + APPLICATIONS.replace(old, new, 1))
    assert str(caught.value) == message


def test_a_missing_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_mapping(tmp_path / "mapping.yaml")
    assert str(caught.value) == f"{tmp_path / 'mapping.yaml'}: no such mapping file."
