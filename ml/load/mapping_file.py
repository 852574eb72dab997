"""Reading a mapping file: YAML to the forms of ``mapping``, everything unknown refused with its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ml.errors import ConfigurationError
from ml.load import mapping_values as read
from ml.load.contract import TABLES, Table, table_named
from ml.load.formats import FileFormat
from ml.load.mapping import (
    PARTS,
    AttributeKind,
    AttributeValue,
    Condition,
    Constant,
    LoadMapping,
    Rule,
    SourceFile,
    Value,
)
from ml.organisation import parse_record

if TYPE_CHECKING:
    from pathlib import Path

_TABLE_OF_PART = {
    "resumes": "resumes",
    "screening": "application_events",
    "offers": "application_events",
    "tenure": "employment_spells",
}
_KINDS: tuple[AttributeKind, ...] = ("numeric", "categorical", "boolean")


def read_mapping(path: Path) -> LoadMapping:
    """Parse a mapping file.

    Raises
    ------
    ConfigurationError
        The file is missing or not YAML, a key is unknown, missing or repeated, a rule lacks a required column,
        or a protected column is used for a landing table.
    """
    document = read.document(path)
    where = path.name
    read.keys(document, where, required=("parts", "sources", "tables"), optional=("protected",))
    sources = {
        name: _source(entry, f"{where}: sources.{name}")
        for name, entry in read.entries(document["sources"], f"{where}: sources")
    }
    rules = (
        *_landing_rules(document["tables"], f"{where}: tables"),
        *_protected_rules(document.get("protected", []), f"{where}: protected"),
    )
    mapping = LoadMapping(where, _parts(document["parts"], f"{where}: parts"), sources, _in_load_order(rules))
    _check_sources(mapping)
    _check_parts(mapping)
    _check_protected(mapping)
    return mapping


def _parts(document: object, where: str) -> tuple[str, ...]:
    parts = read.texts(document, where)
    for part in parts:
        if part not in PARTS:
            raise ConfigurationError(f"{where}: expected some of {', '.join(PARTS)}, got {part!r}.")
    return parts


def _source(document: object, where: str) -> SourceFile:
    entry = read.keys(document, where, required=("file",), optional=("format", "ignore"))
    try:
        file_format = parse_record(FileFormat, entry.get("format", {}), f"{where}.format")
    except ConfigurationError as error:
        prefix = "" if str(error).startswith(where) else f"{where}.format."
        raise ConfigurationError(f"{prefix}{error}") from None
    ignore = {
        column: reason
        for reason, columns in read.entries(entry.get("ignore", {}), f"{where}.ignore")
        for column in read.texts(columns, f"{where}.ignore.{reason}")
    }
    return SourceFile(read.text(entry["file"], f"{where}.file"), file_format, ignore)


def _landing_rules(document: object, where: str) -> list[Rule]:
    rules = []
    names = [table.name for table in TABLES if table.schema == "landing"]
    for name, entries in read.entries(document, where):
        if name not in names:
            raise ConfigurationError(f"{where}: unknown table {name!r}; known are {', '.join(names)}.")
        for place, entry in read.items(entries, f"{where}.{name}"):
            rules.append(_landing_rule(table_named(name), entry, place))
    return rules


def _landing_rule(table: Table, document: object, where: str) -> Rule:
    optional = ("when", "first_of", "attributes") if table.name == "applications" else ("when", "first_of")
    entry = read.keys(document, where, required=("from", "columns"), optional=optional)
    values = _values(table, entry["columns"], where)
    attributes = _attributes(entry.get("attributes", {}), f"{where}.attributes")
    if attributes and "attributes" in values:
        raise ConfigurationError(f"{where}: give attributes either beside columns or as one of them, not both.")
    _check_required(table, tuple(values), f"{where}.columns")
    selection = _selection(entry, where)
    return Rule(where, table, selection.source, values, attributes, selection.when, selection.first_of)


def _protected_rules(document: object, where: str) -> list[Rule]:
    table = table_named("protected_attributes")
    rules = []
    for place, item in read.items(document, where):
        entry = read.keys(item, place, required=("from", "columns", "attributes"), optional=("when", "first_of"))
        values = _values(table, entry["columns"], place)
        for name, value in read.entries(entry["attributes"], f"{place}.attributes"):
            path = f"{place}.attributes.{name}"
            both = {**values, "attribute": Constant(name), "value": read.value(value, path)}
            _check_required(table, tuple(both), f"{place}.columns")
            selection = _selection(entry, place)
            rules.append(
                Rule(
                    path,
                    table,
                    selection.source,
                    both,
                    when=selection.when,
                    first_of=selection.first_of,
                    skip_without="value",
                )
            )
    return rules


@dataclass(frozen=True)
class _Selection:
    source: str
    when: tuple[Condition, ...]
    first_of: tuple[str, ...]


def _selection(entry: dict[str, Any], where: str) -> _Selection:
    return _Selection(
        read.text(entry["from"], f"{where}.from"),
        tuple(read.condition(c, test, f"{where}.when.{c}") for c, test in read.entries(entry.get("when", {}), where)),
        read.texts(entry.get("first_of", []), f"{where}.first_of"),
    )


def _values(table: Table, document: object, where: str) -> dict[str, Value]:
    values = {}
    for name, value in read.entries(document, f"{where}.columns"):
        if name not in table.column_names:
            raise ConfigurationError(
                f"{where}.columns: {table.name} has no column {name!r}; it has {', '.join(table.column_names)}."
            )
        values[name] = read.value(value, f"{where}.columns.{name}")
    return values


def _check_required(table: Table, given: tuple[str, ...], where: str) -> None:
    missing = [column.name for column in table.columns if column.required and column.name not in given]
    if missing:
        raise ConfigurationError(f"{where}: {table.name} requires {', '.join(missing)} as well.")


def _attributes(document: object, where: str) -> tuple[AttributeValue, ...]:
    attributes = []
    for kind, entries in read.entries(document, where):
        if kind not in _KINDS:
            raise ConfigurationError(f"{where}: expected {', '.join(_KINDS)}, got {kind!r}.")
        for name, value in read.names_or_values(entries, f"{where}.{kind}"):
            attributes.append(AttributeValue(name, cast("AttributeKind", kind), value))
    names = [attribute.name for attribute in attributes]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"{where}: {name!r} is given twice.")
    return tuple(attributes)


def _in_load_order(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    order = [table.name for table in TABLES]
    return tuple(sorted(rules, key=lambda rule: order.index(rule.table.name)))


def _check_sources(mapping: LoadMapping) -> None:
    for rule in mapping.rules:
        if rule.source not in mapping.sources:
            known = ", ".join(mapping.sources)
            raise ConfigurationError(f"{rule.where}: unknown source {rule.source!r}; known are {known}.")


def _check_parts(mapping: LoadMapping) -> None:
    filled = {rule.table.name for rule in mapping.rules}
    for part in mapping.parts:
        table = _TABLE_OF_PART[part]
        if table not in filled:
            raise ConfigurationError(f"{mapping.where}: parts: {part} needs rows in {table}, which has no rule.")


def _check_protected(mapping: LoadMapping) -> None:
    # By file, since two sources may read the same one.
    files = {name: source.file for name, source in mapping.sources.items()}
    protected = {
        (files[rule.source], column)
        for rule in mapping.rules
        if rule.is_protected
        for column in rule.values["value"].columns
    }
    for rule in mapping.rules:
        for column in rule.columns:
            if not rule.is_protected and (files[rule.source], column) in protected:
                raise ConfigurationError(
                    f"{rule.where}: column {column!r} is protected; it cannot be used for {rule.table.qualified}."
                )
