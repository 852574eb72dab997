"""Landing: every table as the contract has it, and rows for every part of the lifecycle that is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from expectations.checks import (
    Check,
    Subject,
    between,
    column_names,
    has_exactly_columns,
    has_rows,
    no_rows,
    one_of,
    required,
    statement,
    table_name,
    unique,
)
from ml.load.contract import TABLES, Column, Reference, Table, table_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

_ALWAYS_NEEDED = ("requisitions", "candidates", "applications")
_CATALOGUE_NAMES = {"integer": "int4", "boolean": "bool"}

_NEEDED = {
    "resumes": ("resumes", ()),
    "screening": ("application_events", ("screen_passed", "screen_failed")),
    "offers": ("application_events", ("offer_extended",)),
    "tenure": ("employment_spells", ()),
}


def subjects(parts: Iterable[str], as_of_date: date) -> list[Subject]:
    """Say what is expected of the rows known before a date.

    Parameters
    ----------
    parts : iterable of str
        The lifecycle parts that the organisation declares; each must have rows.
    as_of_date : datetime.date
        Midnight UTC; rows recorded from then on are not looked at.
    """
    tables = [_table(table, as_of_date) for table in TABLES]
    return [_types(), *tables, *(_part(part, as_of_date) for part in parts)]


def _types() -> Subject:
    rows = """
    select concat(table_schema, '.', table_name, '.', column_name, ' is ', udt_name) as declared
    from information_schema.columns
    where concat(table_schema, '.', table_name) = any({tables})
    """
    expected = [
        f"{table.qualified}.{column.name} is {_CATALOGUE_NAMES.get(column.type, column.type)}"
        for table in TABLES
        for column in table.columns
    ]
    checks = (has_rows(), one_of("declared", expected, "must be those of the landing contract"))
    tables = [table.qualified for table in TABLES]
    return Subject("landing column types", checks, statement(rows, tables=tables))


def _table(table: Table, as_of_date: date) -> Subject:
    checks = (
        has_exactly_columns(table.column_names),
        *([has_rows()] if table.name in _ALWAYS_NEEDED else []),
        *(check for column in table.columns for check in _column(column)),
        unique(*table.key, "recorded_at"),
        *(_refers(reference) for reference in table.references),
        *(_period(table, start, end) for start, end in table.periods),
        *([_exactly_one(table)] if table.one_of else []),
    )
    return Subject(table.qualified, checks, _known_rows(table, as_of_date), hides_values=table.schema == "protected")


def _known_rows(table: Table, as_of_date: date) -> str:
    rows = "select * from {table} where recorded_at < cast({as_of_date} as timestamp) at time zone 'UTC'"
    return statement(rows, table=table_name(table.qualified), as_of_date=as_of_date)


def _column(column: Column) -> Iterator[Check]:
    if column.required:
        yield required(column.name)
    if column.allowed:
        yield one_of(column.name, column.allowed)
    if column.minimum is not None:
        yield between(column.name, column.minimum, None)


def _refers(reference: Reference) -> Check:
    target = table_named(reference.table).qualified
    missing = statement(
        """
        select {column}
        from batch
        where
            {column} is not null
            and not exists (select from {target} as target where target.{column} = batch.{column})
        """,
        column=sql.Identifier(reference.column),
        target=table_name(target),
    )
    return no_rows(f"must refer by {reference.column} to rows of {target}", missing)


def _period(table: Table, start: str, end: str) -> Check:
    names = {"key": table.key[0], "start": start, "end": end}
    identifiers = {role: sql.Identifier(name) for role, name in names.items()}
    backwards = statement("select {key} from batch where {end} < {start}", **identifiers)
    return no_rows(f"must not have {end} before {start}", backwards)


def _exactly_one(table: Table) -> Check:
    several = statement(
        "select {key} from batch where num_nonnulls({columns}) <> 1",
        key=sql.Identifier(table.key[0]),
        columns=column_names(table.one_of),
    )
    return no_rows(f"must have exactly one of {', '.join(table.one_of)}", several)


def _part(part: str, as_of_date: date) -> Subject:
    table, event_types = _NEEDED[part]
    rows = _known_rows(table_named(table), as_of_date)
    if event_types:
        rows += statement(" and event_type = any({event_types})", event_types=list(event_types))
    rule = f"must have rows known before {as_of_date}, because the organisation file declares this part"
    return Subject(f"part {part}", (has_rows(rule),), rows)
