"""What a load will do: which files, and which rules over them; all that can be refused before a row is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.errors import ConfigurationError, LoadError
from ml.load.contract import TABLES, Table
from ml.load.files import SUFFIXES, DataFile, open_data_file
from ml.load.mapping import ColumnValue, LoadMapping, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ml.load.formats import FileFormat


@dataclass(frozen=True)
class Plan:
    """Files by source name, and the rules over them in the order of the contract's tables.

    ``faults`` says where the rows of a source go that are no rows (too few fields): schema and table name.
    """

    files: Mapping[str, DataFile]
    rules: tuple[Rule, ...]
    faults: Mapping[str, tuple[str, str]]


def plan_folder(folder: Path, file_format: FileFormat) -> Plan:
    """Plan the load of files that are named after the landing tables and have their columns.

    Raises
    ------
    LoadError
        No folder or no file, a file or column that the contract does not know, or a required column missing.
    """
    paths = _landing_paths(folder)
    files = {name: open_data_file(path, file_format, path.name) for name, path in paths.items()}
    tables = [table for table in TABLES if table.name in files]
    for table in tables:
        _check_landing_columns(table, files[table.name])
    rules = tuple(_identity_rule(table, files[table.name]) for table in tables)
    return Plan(files, rules, {table.name: (table.schema, table.name) for table in tables})


def _landing_paths(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise LoadError(f"{folder}: no such folder.")
    known = [table.name for table in TABLES]
    paths: dict[str, Path] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES):
        if path.stem not in known:
            raise LoadError(f"{path.name}: no landing table has this name; there are {', '.join(known)}.")
        if path.stem in paths:
            raise LoadError(f"{paths[path.stem].name} and {path.name} are for the same table; keep one of them.")
        paths[path.stem] = path
    if not paths:
        raise LoadError(f"{folder}: no file is named after a landing table, such as {known[0]}.csv.")
    return paths


def _check_landing_columns(table: Table, file: DataFile) -> None:
    for name in file.columns:
        if name not in table.column_names:
            raise LoadError(f"{file.name}: unknown column {name!r}; {table.name} has {', '.join(table.column_names)}.")
    missing = [column.name for column in table.columns if column.required and column.name not in file.columns]
    if missing:
        raise LoadError(f"{file.name}: without {', '.join(missing)}, which {table.name} requires.")


def _identity_rule(table: Table, file: DataFile) -> Rule:
    return Rule(file.name, table, table.name, {name: ColumnValue(name) for name in file.columns})


def plan_mapped(folder: Path, mapping: LoadMapping) -> Plan:
    """Plan the load of exported files by a mapping.

    Raises
    ------
    LoadError
        A file is missing or its header cannot be used.
    ConfigurationError
        The mapping names a column that a file does not have, or a file has one that it does not mention.
    """
    files = {
        name: open_data_file(folder / source.file, source.format, source.file)
        for name, source in mapping.sources.items()
    }
    for rule in mapping.rules:
        for column in rule.columns:
            if column not in files[rule.source].columns:
                raise _no_column(rule.where, files[rule.source], column)
    for name, file in files.items():
        used = {column for rule in mapping.rules if rule.source == name for column in rule.columns}
        _check_mentions(f"{mapping.where}: sources.{name}", file, used, mapping.sources[name].ignore)
    # Rows of an export may hold protected values in any field.
    return Plan(files, mapping.rules, {name: ("protected", name) for name in files})


def _no_column(where: str, file: DataFile, column: str) -> ConfigurationError:
    return ConfigurationError(f"{where}: {file.name} has no column {column!r}; it has {', '.join(file.columns)}.")


def _check_mentions(where: str, file: DataFile, used: set[str], ignored: Mapping[str, str]) -> None:
    for column in ignored:
        if column not in file.columns:
            raise _no_column(f"{where}.ignore", file, column)
        if column in used:
            raise ConfigurationError(f"{where}.ignore: column {column!r} is used by a rule.")
    unmentioned = [column for column in file.columns if column not in used and column not in ignored]
    if unmentioned:
        raise ConfigurationError(
            f"{where}: nothing says what to do with {', '.join(map(repr, unmentioned))} of {file.name}; "
            "map each column, or list it under protected or ignore."
        )
