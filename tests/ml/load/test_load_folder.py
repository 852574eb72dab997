"""Files in landing form: what is loaded, what a repeated load does, and what refuses the load as a whole."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from ml.errors import LoadError
from ml.load.contract import TABLES
from ml.load.formats import FileFormat
from ml.load.load import load_folder
from ml.load.plan import plan_folder
from ml.warehouse.connection import Warehouse
from tests.ml.load.factories import (
    APPLICATIONS,
    BASE,
    CANDIDATES,
    NOW,
    REQUISITIONS,
    execute,
    load,
    load_base,
    rejections,
    rows,
    write,
)

EVENTS = "event_id,application_id,event_type,occurred_at,recorded_at\n"
EVENT = "e1,a1,screen_passed,2025-02-01T00:00:00Z,2025-02-01T00:00:00Z\n"


def test_a_folder_is_loaded_and_logged(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    summary = load(fresh_warehouse, tmp_path, {**BASE, "README.md": "not data"})
    assert summary.describe() == (
        "requisitions.csv -> requisitions: 1 loaded, 0 unchanged, 0 rejected\n"
        "candidates.csv -> candidates: 1 loaded, 0 unchanged, 0 rejected\n"
        "applications.csv -> applications: 1 loaded, 0 unchanged, 0 rejected\n"
        "total: 3 loaded, 0 unchanged, 0 rejected"
    )
    log = rows(
        fresh_warehouse, "select file_name, table_name, loaded, loaded_at from landing.load_log order by load_id"
    )
    assert log == [
        ("requisitions.csv", "requisitions", 1, NOW),
        ("candidates.csv", "candidates", 1, NOW),
        ("applications.csv", "applications", 1, NOW),
    ]


def test_every_table_of_the_contract_can_be_loaded(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    values = {"text": "a1", "timestamptz": "2025-01-01T00:00:00Z", "date": "2025-01-01", "integer": "1"}
    files: dict[str, str | bytes] = {}
    for table in TABLES:
        columns = [column for column in table.columns if column.required or column.name in table.one_of[1:]]
        cells = [column.allowed[0] if column.allowed else values[column.type] for column in columns]
        files[f"{table.name}.csv"] = ",".join(c.name for c in columns) + "\n" + ",".join(cells) + "\n"
    summary = load(fresh_warehouse, tmp_path, files)
    assert (summary.loaded, summary.rejected) == (len(TABLES), 0)


def test_loading_again_changes_nothing(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    bad = APPLICATIONS + "a2,c9,r1,2025-01-02T00:00:00Z,direct,2025-01-02T00:00:00Z\n"
    files = {**BASE, "applications.csv": bad}
    first, second = load(fresh_warehouse, tmp_path, files), load(fresh_warehouse, tmp_path, files)
    assert (first.loaded, first.unchanged, first.rejected) == (3, 0, 1)
    assert (second.loaded, second.unchanged, second.rejected) == (0, 3, 1)
    # The refused row is kept once.
    assert rejections(fresh_warehouse) == [
        ("applications.csv:3", "candidate_id 'c9' does not exist in landing.candidates")
    ]


def test_a_later_version_is_appended(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    later = APPLICATIONS.replace("direct,2025-01-02", "agency,2025-01-05")
    assert load(fresh_warehouse, tmp_path, {"applications.csv": later}).loaded == 1
    assert rows(fresh_warehouse, "select source from landing.applications order by recorded_at") == [
        ("direct",),
        ("agency",),
    ]


@pytest.mark.parametrize(
    ("content", "file_format"),
    [
        ("﻿" + "application_id,candidate_id,requisition_id,applied_at,source,university,recorded_at\n", {}),
        ("application_id;candidate_id;requisition_id;applied_at;source;university;recorded_at\n", {}),
        ("application_id\tcandidate_id\trequisition_id\tapplied_at\tsource\tuniversity\trecorded_at\n", {}),
        (
            "application_id;candidate_id;requisition_id;applied_at;source;university;recorded_at\n",
            {"encoding": "latin-1", "delimiter": ";"},
        ),
    ],
)
def test_formats_load_the_same(
    fresh_warehouse: Warehouse, tmp_path: Path, content: str, file_format: dict[str, Any]
) -> None:
    load_base(fresh_warehouse, tmp_path)
    delimiter = next(sign for sign in ",;\t" if sign in content)
    cells = ["a2", "c1", "r1", "2025-01-02T00:00:00Z", "direct", '"École\nde Paris"', "2025-01-02T00:00:00Z"]
    text = content + delimiter.join(cells) + "\n"
    declared = FileFormat(**file_format)
    files: dict[str, str | bytes] = {"applications.csv": text.encode(declared.encoding)}
    assert load(fresh_warehouse, tmp_path / "new", files, file_format=declared).loaded == 1
    assert rows(fresh_warehouse, "select university from landing.applications where application_id = 'a2'") == [
        ("École\nde Paris",)
    ]


def test_parquet_loads(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    at = dt.datetime(2025, 1, 2, tzinfo=dt.UTC)
    row = {"application_id": "a2", "candidate_id": "c1", "requisition_id": "r1", "applied_at": at, "source": "campus"}
    more = {"years_experience": 2.5, "employers_count": 3, "is_willing_to_relocate": True, "recorded_at": at}
    folder = write(tmp_path / "new", {})
    table = pa.Table.from_pylist([{**row, **more}]).append_column("attributes", [[{"shift": "night"}]])
    parquet.write_table(table, folder / "applications.parquet")
    assert load_folder(fresh_warehouse, folder, loaded_as_of=NOW).loaded == 1
    loaded = "select applied_at, years_experience, employers_count, is_willing_to_relocate, attributes"
    assert rows(fresh_warehouse, f"{loaded} from landing.applications where application_id = 'a2'") == [
        (at, 2.5, 3, True, {"shift": "night"})
    ]


@pytest.mark.parametrize(
    ("written", "timezone", "expected"),
    [
        ("2025-07-01T12:00:00Z", None, dt.datetime(2025, 7, 1, 12, tzinfo=dt.UTC)),
        ("2025-07-01 12:00:00+02", None, dt.datetime(2025, 7, 1, 10, tzinfo=dt.UTC)),
        ("2025-07-01 12:00 UTC", None, dt.datetime(2025, 7, 1, 12, tzinfo=dt.UTC)),
        ("2025-07-01T12:00:00.5-0530", None, dt.datetime(2025, 7, 1, 17, 30, 0, 500_000, tzinfo=dt.UTC)),
        # Berlin is two hours ahead in July and one in January; a zone in the value wins.
        ("2025-07-01 12:00", "Europe/Berlin", dt.datetime(2025, 7, 1, 10, tzinfo=dt.UTC)),
        ("2025-01-10", "Europe/Berlin", dt.datetime(2025, 1, 9, 23, tzinfo=dt.UTC)),
        ("2025-07-01T12:00:00Z", "Europe/Berlin", dt.datetime(2025, 7, 1, 12, tzinfo=dt.UTC)),
    ],
)
def test_timestamps(
    module_warehouse: Warehouse, tmp_path: Path, written: str, timezone: str | None, expected: dt.datetime
) -> None:
    # One candidate per case, for the warehouse is shared.
    row = f"{written} {timezone},{written},{written}\n"
    content = "candidate_id,created_at,recorded_at\n" + row
    summary = load(module_warehouse, tmp_path, {"candidates.csv": content}, file_format=FileFormat(timezone=timezone))
    assert (summary.loaded, summary.rejected) == (1, 0)
    query = f"select created_at from landing.candidates where candidate_id = '{written} {timezone}'"
    assert rows(module_warehouse, query) == [(expected,)]


def test_decimal_commas_and_day_first_dates_are_declared(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    load_base(fresh_warehouse, tmp_path)
    files: dict[str, str | bytes] = {
        "offers.csv": "offer_id;application_id;extended_at;base_salary;proposed_start_on;recorded_at\n"
        "o1;a1;01.02.2025 08:30;50000,50;31.12.2026;1/2/2025\n"
        "o2;a1;2025-02-01;n/a;n/a;2025-02-01\n"
    }
    declared = FileFormat(decimal=",", date_order="dmy", timezone="UTC", missing=("n/a",))
    assert load(fresh_warehouse, tmp_path / "new", files, file_format=declared).loaded == 2
    assert rows(
        fresh_warehouse, "select extended_at::text, base_salary::text, proposed_start_on from landing.offers"
    ) == [
        ("2025-02-01 08:30:00+00", "50000.50", dt.date(2026, 12, 31)),
        ("2025-02-01 00:00:00+00", None, None),
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "{folder}: no file is named after a landing table, such as requisitions.csv."),
        (
            {"aplications.csv": APPLICATIONS},
            "aplications.csv: no landing table has this name; there are requisitions, candidates, resumes, applications, "
            "application_events, interviews, offers, employment_spells, decisions, requisition_grants, assignments, "
            "opt_outs, protected_attributes.",
        ),
        (
            {"candidates.csv": CANDIDATES, "candidates.tsv": CANDIDATES},
            "candidates.csv and candidates.tsv are for the same table; keep one of them.",
        ),
        (
            {"candidates.csv": "candidate_id,created_at,recorded_at,gender\n"},
            "candidates.csv: unknown column 'gender'; candidates has candidate_id, created_at, recorded_at.",
        ),
        (
            {"candidates.csv": "candidate_id\n"},
            "candidates.csv: without created_at, recorded_at, which candidates requires.",
        ),
        ({"candidates.csv": ""}, "candidates.csv: the file is empty; it needs at least a header line."),
    ],
)
def test_folders_that_cannot_be_loaded(tmp_path: Path, files: dict[str, str | bytes], message: str) -> None:
    with pytest.raises(LoadError) as caught:
        plan_folder(write(tmp_path, files), FileFormat())
    assert str(caught.value) == message.format(folder=tmp_path)


def test_a_missing_folder_and_a_naive_time_are_refused(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        load_folder(fresh_warehouse, tmp_path / "nowhere", loaded_as_of=NOW)
    assert str(caught.value) == f"{tmp_path / 'nowhere'}: no such folder."
    with pytest.raises(LoadError) as caught:
        load_folder(fresh_warehouse, write(tmp_path, dict(BASE)), loaded_as_of=dt.datetime(2026, 1, 1))  # noqa: DTZ001
    assert str(caught.value) == "The time of loading needs a time zone, got 2026-01-01 00:00:00."


def test_a_header_alone_loads_nothing(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    summary = load(fresh_warehouse, tmp_path, {"candidates.csv": "candidate_id,created_at,recorded_at\n"})
    assert (summary.loaded, summary.unchanged, summary.rejected) == (0, 0, 0)


def test_a_file_that_breaks_half_way_undoes_the_load(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    files = {**BASE, "application_events.csv": (EVENTS + EVENT).encode() + b"\xff\xfe"}
    with pytest.raises(LoadError) as caught:
        load(fresh_warehouse, tmp_path, files)
    assert str(caught.value) == (
        "application_events.csv:3: byte 0xff is not utf-8; declare the file's encoding, for instance latin-1."
    )
    assert rows(fresh_warehouse, "select from landing.requisitions") == []


def test_a_warehouse_that_breaks_half_way_undoes_the_load(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    execute(fresh_warehouse, "alter table landing.applications add check (source <> 'direct')")
    with pytest.raises(LoadError) as caught:
        load(fresh_warehouse, tmp_path, dict(BASE))
    assert str(caught.value) == (
        'Nothing was loaded, the warehouse stopped: new row for relation "applications" violates check constraint '
        '"applications_source_check".'
    )
    assert rows(fresh_warehouse, "select from landing.requisitions") == []
    assert rows(fresh_warehouse, "select from landing.load_log") == []


def test_tables_are_loaded_after_those_they_refer_to(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    # Alphabetically the events would come before candidates and requisitions.
    files = {"application_events.csv": EVENTS + EVENT, **BASE}
    assert load(fresh_warehouse, tmp_path, files).rejected == 0


def test_identical_rows_within_a_file_count_as_unchanged(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    twice: dict[str, str | bytes] = {"requisitions.csv": REQUISITIONS + REQUISITIONS.splitlines()[1] + "\n"}
    summary = load(fresh_warehouse, tmp_path, twice)
    assert (summary.loaded, summary.unchanged, summary.rejected) == (1, 1, 0)
