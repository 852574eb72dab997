"""Mapping values to SQL over a staged source: a text, and the problem that the text could not be made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from psycopg import sql

from ml.load.checks import (
    DAY_PATTERN,
    as_number,
    example_date,
    expected,
    is_number,
    is_readable_date,
    iso_text,
    problem,
    typed,
)
from ml.load.contract import Column, PostgresType
from ml.load.mapping import (
    AttributeKind,
    AttributeValue,
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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ml.load.formats import FileFormat

_NULL = sql.SQL("null::text")
_TYPES: dict[AttributeKind, PostgresType] = {"numeric": "numeric", "categorical": "text", "boolean": "boolean"}
# Postgres functions take at most 100 arguments, two per key.
_KEYS_PER_CALL = 45


@dataclass(frozen=True)
class SourceText:
    """The columns of a staged source as SQL, and the format of their texts."""

    column: Callable[[str], sql.Composable]
    format: FileFormat


@dataclass(frozen=True)
class Compiled:
    """Give SQL for a text, for what is wrong with its source (null when nothing is), and the format of the text."""

    text: sql.Composable
    problem: sql.Composable
    format: FileFormat


@singledispatch
def compile_value(value: Value, source: SourceText) -> Compiled:
    """Compile one value of a rule."""
    raise TypeError(f"no SQL for {value!r} of {source!r}")


@compile_value.register
def _(value: ColumnValue, source: SourceText) -> Compiled:
    return Compiled(source.column(value.column), _NULL, source.format)


@compile_value.register
def _(value: Constant, source: SourceText) -> Compiled:
    return Compiled(sql.SQL("{}::text").format(sql.Literal(value.text)), _NULL, source.format.canonical())


@compile_value.register
def _(value: Template, source: SourceText) -> Compiled:
    pieces = [source.column(piece) if index % 2 else sql.Literal(piece) for index, piece in enumerate(value.pieces)]
    return Compiled(sql.SQL("({})").format(sql.SQL(" || ").join(pieces)), _NULL, source.format.canonical())


@compile_value.register
def _(value: MappedValue, source: SourceText) -> Compiled:
    column = source.column(value.column)
    known = [old for old, _ in value.values]
    cell = sql.SQL("coalesce({}, '')").format(column)
    pairs = [sql.SQL("when {} then {}::text").format(sql.Literal(old), sql.Literal(new)) for old, new in value.values]
    # An empty cell is empty again unless the map says otherwise.
    blank = [] if "" in known else [sql.SQL("when '' then null")]
    others: sql.Composable = (
        column if value.others == "keep" else sql.SQL("{}::text").format(sql.Literal(value.default))
    )
    text = sql.SQL("case {} {} else {} end").format(cell, sql.SQL(" ").join([*pairs, *blank]), others)
    trouble: sql.Composable = _NULL
    if value.others == "reject":
        listed = sql.SQL(", ").join(map(sql.Literal, known))
        message = expected(value.column, f"one of {', '.join(filter(None, known))}", column)
        trouble = sql.SQL("case when {} not in ({}) then {} end").format(column, listed, message)
    return Compiled(text, trouble, source.format.canonical())


@compile_value.register
def _(value: NumberValue, source: SourceText) -> Compiled:
    column = source.column(value.column)
    trouble = _not_a_number(value.column, source)
    text = sql.SQL("case when {} is null then trim_scale({} * {})::text end").format(
        trouble, as_number(column, source.format), sql.Literal(value.times)
    )
    return Compiled(text, trouble, source.format.canonical())


@compile_value.register
def _(value: DateValue, source: SourceText) -> Compiled:
    base = compile_value(value.base, source)
    iso = iso_text(base.text, base.format)
    day: sql.Composable = sql.SQL("substring({} from {})::date").format(iso, sql.Literal(DAY_PATTERN))
    rest = sql.SQL("regexp_replace({}, {}, '')").format(iso, sql.Literal(DAY_PATTERN))
    for shift in value.shifts:
        day = _moved(day, shift, source)
    trouble = either([_not_a_date(value.base, base), *(_not_an_amount(shift, source) for shift in value.shifts)])
    text = sql.SQL("case when {} is null then {}::text || {} end").format(trouble, day, rest)
    return Compiled(text, trouble, base.format.canonical())


def _moved(day: sql.Composable, shift: Shift, source: SourceText) -> sql.Composable:
    if isinstance(shift.amount, str):
        amount = as_number(source.column(shift.amount), source.format)
    else:
        amount = sql.SQL("{}::numeric").format(sql.Literal(shift.amount))
    if shift.unit == "days":
        return sql.SQL("({} + trunc({} * {})::integer)").format(day, sql.Literal(shift.sign), amount)
    months = sql.Literal(shift.sign * (12 if shift.unit == "years" else 1))
    return sql.SQL("landing.add_months({}, {} * {})").format(day, months, amount)


def _not_a_date(base: ColumnValue | Constant, compiled: Compiled) -> sql.Composable:
    name = base.column if isinstance(base, ColumnValue) else "date"
    iso = iso_text(compiled.text, compiled.format)
    day = sql.SQL("substring({} from {})").format(iso, sql.Literal(DAY_PATTERN))
    canonical = compiled.format.canonical()
    return sql.SQL("case when {} is not null and not coalesce({}, false) then {} end").format(
        compiled.text,
        is_readable_date(day, canonical),
        expected(name, f"a date such as {example_date(compiled.format)}", compiled.text),
    )


def _not_a_number(name: str, source: SourceText) -> sql.Composable:
    column = source.column(name)
    return sql.SQL("case when not ({}) then {} end").format(
        is_number(column, source.format), expected(name, "a number", column)
    )


def _not_an_amount(shift: Shift, source: SourceText) -> sql.Composable:
    if not isinstance(shift.amount, str):
        return _NULL
    # Postgres knows no dates before 4713 BC; a thousand years are enough.
    most = {"days": 365_000, "months": 12_000, "years": 1_000}[shift.unit]
    column = source.column(shift.amount)
    is_amount = sql.SQL("case when {} then abs({}) <= {} else false end").format(
        is_number(column, source.format), as_number(column, source.format), sql.Literal(most)
    )
    return sql.SQL("case when {} is not null and not {} then {} end").format(
        column, is_amount, expected(shift.amount, f"a number of {shift.unit} of at most {most}", column)
    )


def compile_attributes(attributes: Sequence[AttributeValue], source: SourceText) -> Compiled:
    """Compile the keys of ``attributes`` into one JSON object, empty values left out."""
    troubles, pairs = [], []
    for attribute in attributes:
        compiled = compile_value(attribute.value, source)
        column = Column(attribute.name, _TYPES[attribute.kind])
        trouble = either([compiled.problem, problem(column, compiled.text, compiled.format)])
        value = sql.SQL("case when {} is null then {} end").format(
            trouble, typed(column, compiled.text, compiled.format)
        )
        troubles.append(trouble)
        pairs.append(sql.SQL("{}::text, {}").format(sql.Literal(attribute.name), value))
    calls = [
        sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs[start : start + _KEYS_PER_CALL]))
        for start in range(0, len(pairs), _KEYS_PER_CALL)
    ]
    text = sql.SQL("jsonb_strip_nulls({})::text").format(sql.SQL(" || ").join(calls))
    return Compiled(text, all_of(troubles), source.format.canonical())


def compile_condition(condition: Condition, source: SourceText) -> sql.Composable:
    """Compile one condition of ``when``; an empty cell equals nothing but the empty value."""
    column = source.column(condition.column)
    tests = [sql.SQL("{} is not distinct from {}").format(column, sql.Literal(value)) for value in condition.values]
    test = sql.SQL("({})").format(sql.SQL(" or ").join(tests))
    return sql.SQL("not {}").format(test) if condition.negated else test


def either(problems: Sequence[sql.Composable]) -> sql.Composable:
    """Give SQL for the first of several problems."""
    return sql.SQL("coalesce({})").format(sql.SQL(", ").join(problems))


def all_of(problems: Sequence[sql.Composable]) -> sql.Composable:
    """Give SQL for several problems in one text, null when there is none."""
    return sql.SQL("nullif(array_to_string(array[{}]::text[], '; '), '')").format(sql.SQL(", ").join(problems))


def each_once(problems: Sequence[sql.Composable]) -> sql.Composable:
    """Give SQL for several problems in one text, each once; null when there is none."""
    listed = sql.SQL(", ").join(problems)
    return sql.SQL(
        "case when coalesce({0}) is not null then"
        " (select string_agg(distinct p, '; ') from unnest(array[{0}]::text[]) as p) end"
    ).format(listed)
