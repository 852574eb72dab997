"""The small forms of a mapping file: texts, values, conditions, and the paths that error messages name."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from ml.errors import ConfigurationError
from ml.load.mapping import (
    ColumnValue,
    Condition,
    Constant,
    DateValue,
    MappedValue,
    NumberValue,
    Shift,
    Template,
    Value,
)
from ml.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FORMS = "a column name, or one of constant, template, column with values, number, date"
_UNITS = ("days", "months", "years")


def document(path: Path) -> dict[str, Any]:
    """Parse a YAML file whose top is a mapping."""
    return dict(entries(read_yaml(path, missing="no such mapping file."), path.name))


def keys(value: object, where: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Check the keys of a mapping."""
    found = dict(entries(value, where))
    for key in found:
        if key not in required + optional:
            raise ConfigurationError(f"{where}: unknown key {key!r}; known are {', '.join(required + optional)}.")
    for key in required:
        if key not in found:
            raise ConfigurationError(f"{where}: {key} is missing.")
    return found


def entries(value: object, where: str) -> Iterator[tuple[str, Any]]:
    """Give the keys, which must be text or plain numbers, and values of a mapping."""
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where}: expected keys and values, got {_shown(value)}.")
    for key, entry in value.items():
        yield cell(key, where) or "", entry


def items(value: object, where: str) -> Iterator[tuple[str, Any]]:
    """Give the places and entries of a list."""
    if not isinstance(value, list):
        raise ConfigurationError(f"{where}: expected a list, got {_shown(value)}.")
    for index, entry in enumerate(value):
        yield f"{where}[{index}]", entry


def text(value: object, where: str) -> str:
    """Check that a value is text."""
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{where}: expected text, got {_shown(value)}.")
    return value


def texts(value: object, where: str) -> tuple[str, ...]:
    """Check a list of texts."""
    return tuple(text(entry, place) for place, entry in items(value, where))


def cell(scalar: object, where: str) -> str | None:
    """Write a YAML scalar as the text that a cell of a file would have; null is the empty cell."""
    if isinstance(scalar, bool):
        raise ConfigurationError(f"{where}: YAML reads yes, no, on and off as true or false; put the value in quotes.")
    if scalar is None:
        return None
    if isinstance(scalar, dt.date):
        return scalar.isoformat()
    if isinstance(scalar, str | int | float):
        return str(scalar)
    raise ConfigurationError(f"{where}: expected one value, got {_shown(scalar)}.")


def value(form: object, where: str) -> Value:
    """Read one value: a column name, or a form named by its key."""
    if isinstance(form, str) and form:
        return ColumnValue(form)
    readers: dict[str, Callable[[object, str], Value]] = {
        "constant": _constant,
        "template": _template,
        "column": _mapped,
        "number": _number,
        "date": _date,
    }
    chosen = [readers[key] for key in readers if isinstance(form, dict) and key in form]
    if len(chosen) != 1:
        raise ConfigurationError(f"{where}: expected {_FORMS}; got {_shown(form)}.")
    return chosen[0](form, where)


def names_or_values(form: object, where: str) -> Iterator[tuple[str, Value]]:
    """Give names with their values, from a list of names (same name as the column) and of ``name: value``."""
    for place, entry in items(form, where):
        if isinstance(entry, dict):
            yield from ((name, value(inner, f"{place}.{name}")) for name, inner in entries(entry, place))
        else:
            yield text(entry, place), ColumnValue(text(entry, place))


def condition(column: str, test: object, where: str) -> Condition:
    """Read one condition: a value, a list of values, ``{not: ...}`` or ``{empty: true|false}``."""
    if isinstance(test, dict):
        form = keys(test, where, required=(), optional=("not", "empty"))
        if form.keys() == {"not"}:
            return Condition(column, _cells(form["not"], where), negated=True)
        if form.keys() == {"empty"} and isinstance(form["empty"], bool):
            return Condition(column, (None,), negated=not form["empty"])
        raise ConfigurationError(f"{where}: expected a value, a list of values, not: ... or empty: true or false.")
    return Condition(column, _cells(test, where))


def _cells(form: object, where: str) -> tuple[str | None, ...]:
    # An empty cell is null in the warehouse, however it was written.
    cells = [cell(entry, where) for entry in (form if isinstance(form, list) else [form])]
    if not cells:
        raise ConfigurationError(f"{where}: the list of values is empty.")
    return tuple(entry or None for entry in cells)


def _constant(form: object, where: str) -> Constant:
    constant = keys(form, where, required=("constant",))["constant"]
    if isinstance(constant, bool):
        return Constant(str(constant).lower())
    written = cell(constant, where)
    if not written:
        raise ConfigurationError(f"{where}: a constant cannot be empty; leave the column out instead.")
    return Constant(written)


def _template(form: object, where: str) -> Template:
    template = text(keys(form, where, required=("template",))["template"], where)
    pieces = re.split(r"\{([^{}]+)\}", template)
    if any("{" in piece or "}" in piece for piece in pieces):
        raise ConfigurationError(f"{where}: a brace is not closed in {template!r}.")
    return Template(tuple(pieces))


def _mapped(form: object, where: str) -> MappedValue:
    entry = keys(form, where, required=("column", "values"), optional=("default", "keep_others"))
    pairs = tuple((old, cell(new, f"{where}.values.{old}")) for old, new in entries(entry["values"], f"{where}.values"))
    if not pairs:
        raise ConfigurationError(f"{where}.values: expected at least one value and what it means.")
    column = text(entry["column"], f"{where}.column")
    if ("default" in entry and "keep_others" in entry) or entry.get("keep_others", True) is not True:
        raise ConfigurationError(f"{where}: expected either default: a value or keep_others: true.")
    if "keep_others" in entry:
        return MappedValue(column, pairs, "keep")
    if "default" in entry:
        return MappedValue(column, pairs, "default", cell(entry["default"], f"{where}.default"))
    return MappedValue(column, pairs)


def _number(form: object, where: str) -> NumberValue:
    entry = keys(form, where, required=("number", "times"))
    return NumberValue(text(entry["number"], f"{where}.number"), _decimal(entry["times"], f"{where}.times"))


def _date(form: object, where: str) -> DateValue:
    entry = keys(form, where, required=("date",), optional=("plus", "minus"))
    base = Constant(entry["date"].isoformat()) if isinstance(entry["date"], dt.date) else value(entry["date"], where)
    if not isinstance(base, ColumnValue | Constant):
        raise ConfigurationError(f"{where}.date: expected a column or a constant, such as 2024-05-31.")
    shifts = [
        Shift(sign, cast("Literal['days', 'months', 'years']", _unit(unit, where)), _amount(amount, where))
        for key, sign in (("plus", 1), ("minus", -1))
        for unit, amount in entries(entry.get(key, {}), f"{where}.{key}")
    ]
    return DateValue(base, tuple(shifts))


def _unit(name: str, where: str) -> str:
    if name not in _UNITS:
        raise ConfigurationError(f"{where}: unknown unit {name!r}; known are {', '.join(_UNITS)}.")
    return name


def _amount(amount: object, where: str) -> Decimal | str:
    return amount if isinstance(amount, str) and amount else _decimal(amount, where)


def _decimal(number: object, where: str) -> Decimal:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ConfigurationError(f"{where}: expected a number, got {_shown(number)}.")
    return Decimal(str(number))


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)
