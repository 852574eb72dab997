"""Loading files into the landing tables: staged, checked, and appended in one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

import psycopg

from ml.errors import ConfigurationError, LoadError
from ml.load import candidates, rejected
from ml.load.formats import FileFormat
from ml.load.mapping_file import read_mapping
from ml.load.plan import Plan, plan_folder, plan_mapped
from ml.load.staging import Staged, stage
from ml.load.summary import FileCount, LoadSummary, summarise, write_load_log
from ml.warehouse.locks import Lock
from ml.warehouse.roles import LOADER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ml.load.contract import Table
    from ml.load.mapping import LoadMapping, Rule
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

# Sorts and hashes of a million rows stay in memory, and the server's memory stays small.
_SETTINGS = {"timezone": "UTC", "datestyle": "ISO, YMD", "work_mem": "64MB", "temp_buffers": "64MB"}


def load_folder(
    warehouse: Warehouse, folder: Path, *, loaded_as_of: dt.datetime, file_format: FileFormat | None = None
) -> LoadSummary:
    """Load files named after the landing tables (``applications.csv``, ``offers.parquet``, ...).

    Parameters
    ----------
    warehouse : Warehouse
        Where to.
    folder : Path
        A folder with ``.csv``, ``.tsv`` and ``.parquet`` files, at most one per table; other files are ignored.
    loaded_as_of : datetime
        The time of loading, with a zone; facts after it are refused.
    file_format : FileFormat, default FileFormat()
        How the files are written.

    Returns
    -------
    LoadSummary
        Rows loaded, unchanged and rejected, per file and table.

    Raises
    ------
    LoadError
        Files that cannot be loaded as they are; nothing is loaded then.
    """
    return _load(warehouse, plan_folder(folder, file_format or FileFormat()), loaded_as_of)


def load_mapped(warehouse: Warehouse, folder: Path, mapping: Path, *, loaded_as_of: dt.datetime) -> LoadSummary:
    """Load exported files by a mapping (docs/mapping.md).

    Parameters
    ----------
    warehouse : Warehouse
        Where to.
    folder : Path
        The folder that the mapping's file names are relative to.
    mapping : Path
        The mapping file.
    loaded_as_of : datetime
        The time of loading, with a zone; facts after it are refused.

    Returns
    -------
    LoadSummary
        Rows loaded, unchanged and rejected, per file and table.

    Raises
    ------
    ConfigurationError
        The mapping cannot be used as written, or does not fit the files.
    LoadError
        Files that cannot be loaded as they are; nothing is loaded then.
    """
    return _load(warehouse, plan_mapped(folder, read_mapping(mapping)), loaded_as_of)


def load_sources(
    warehouse: Warehouse, organisation: Organisation, folder: Path, *, loaded_as_of: dt.datetime
) -> tuple[LoadSummary, ...]:
    """Load every source of an organisation in the order of its file; paths are relative to ``folder``.

    Raises
    ------
    ConfigurationError
        A mapping cannot be used, or has a part of the lifecycle that the organisation does not declare.
    LoadError
        Files that cannot be loaded as they are; sources before the one that failed stay loaded.
    """
    for source in organisation.sources:
        if source.mapping is not None:
            _check_parts(read_mapping(folder / source.mapping), organisation)
    return tuple(
        load_folder(warehouse, folder / source.folder, loaded_as_of=loaded_as_of)
        if source.mapping is None
        else load_mapped(warehouse, folder / source.folder, folder / source.mapping, loaded_as_of=loaded_as_of)
        for source in organisation.sources
    )


def _check_parts(mapping: LoadMapping, organisation: Organisation) -> None:
    for part in mapping.parts:
        if part not in organisation.parts:
            raise ConfigurationError(
                f"{mapping.where}: parts: {part} is not a part of {organisation.name}, which has "
                f"{', '.join(organisation.parts)}; declare it in the organisation file."
            )


def _load(warehouse: Warehouse, plan: Plan, loaded_as_of: dt.datetime) -> LoadSummary:
    if loaded_as_of.tzinfo is None:
        raise LoadError(f"The time of loading needs a time zone, got {loaded_as_of}.")
    with _nothing_on_error(), warehouse.connect(LOADER) as connection:
        for name, value in _SETTINGS.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        connection.execute("select pg_advisory_xact_lock(%s)", [Lock.LOAD])
        staged = {name: stage(connection, file, number) for number, (name, file) in enumerate(plan.files.items())}
        counts = _keep_faults(connection, plan, staged, loaded_as_of)
        for table, rules in groupby(plan.rules, key=lambda rule: rule.table):
            counts += _load_table(connection, table, list(rules), staged, loaded_as_of)
        summary = summarise(counts)
        hashes = {file.name: file.content_hash() for file in plan.files.values()}
        write_load_log(connection, summary.counts, hashes, loaded_as_of)
    return summary


@contextmanager
def _nothing_on_error() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise LoadError(f"Nothing was loaded, the warehouse stopped: {reason}.") from error


def _keep_faults(
    connection: psycopg.Connection, plan: Plan, staged: Mapping[str, Staged], loaded_as_of: dt.datetime
) -> list[FileCount]:
    counts = []
    for name, (schema, table_name) in plan.faults.items():
        count = rejected.keep_faults(connection, staged[name], schema, table_name, loaded_as_of)
        if count.rejected:
            counts.append(count)
    return counts


def _load_table(
    connection: psycopg.Connection,
    table: Table,
    rules: Sequence[Rule],
    staged: Mapping[str, Staged],
    loaded_as_of: dt.datetime,
) -> list[FileCount]:
    candidates.create_candidates(connection, table)
    for rule in rules:
        candidates.add_candidates(connection, rule, staged[rule.source])
    candidates.refuse_impossible(connection, table, loaded_as_of)
    candidates.refuse_unknown_references(connection, table)
    candidates.refuse_conflicts(connection, table)
    rejected.keep_refused(connection, table, loaded_as_of)
    files = dict.fromkeys(staged[rule.source].file.name for rule in rules)
    return [_append(connection, table, file) for file in files]


def _append(connection: psycopg.Connection, table: Table, file_name: str) -> FileCount:
    refused, examples = rejected.count_refused(connection, table, file_name)
    sound, loaded = candidates.append_sound(connection, table, file_name)
    return FileCount(file_name, table.name, loaded, sound - loaded, refused, examples)
