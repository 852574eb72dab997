"""Small folders of landing files, and what a load made of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import psycopg

from ml.load.load import load_folder, load_mapped
from ml.load.summary import LoadSummary
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import OWNER

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

REQUISITIONS = (
    "requisition_id,title,openings,opened_at,recorded_at\nr1,Analyst,1,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n"
)
CANDIDATES = "candidate_id,created_at,recorded_at\nc1,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n"
APPLICATIONS = (
    "application_id,candidate_id,requisition_id,applied_at,source,recorded_at\n"
    "a1,c1,r1,2025-01-02T00:00:00Z,direct,2025-01-02T00:00:00Z\n"
)
BASE = {"requisitions.csv": REQUISITIONS, "candidates.csv": CANDIDATES, "applications.csv": APPLICATIONS}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files into a folder that may not exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def load(warehouse: Warehouse, folder: Path, files: dict[str, str | bytes], **arguments: Any) -> LoadSummary:
    """Load files in landing form."""
    return load_folder(warehouse, write(folder, files), loaded_as_of=NOW, **arguments)


def load_base(warehouse: Warehouse, folder: Path) -> None:
    """Load one requisition r1, candidate c1 and application a1."""
    summary = load(warehouse, folder / "base", dict(BASE))
    assert (summary.loaded, summary.rejected) == (3, 0)


def map_and_load(warehouse: Warehouse, folder: Path, files: dict[str, str | bytes], mapping: str) -> LoadSummary:
    """Load exported files by a mapping."""
    write(folder, files)
    path = folder / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    return load_mapped(warehouse, folder, path, loaded_as_of=NOW)


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    """Read rows as the owner."""
    with warehouse.connect(OWNER) as connection:
        connection.execute("set timezone to 'UTC'")
        return connection.execute(query.encode()).fetchall()


def rejections(warehouse: Warehouse, schema: str = "landing") -> list[tuple[str, str]]:
    """Give place and reason of every rejected row."""
    return rows(warehouse, f"select file_line, reason from {schema}.rejected_rows order by file_line, reason")


def execute(warehouse: Warehouse, statement: str) -> psycopg.Cursor[Any]:
    """Run a statement as the owner."""
    with warehouse.connect(OWNER) as connection:
        return connection.execute(statement.encode())
