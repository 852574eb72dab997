"""The words in which suites are written: a ``Check`` is one expectation, a ``Subject`` the rows it is held against.

A suite module builds these without importing Great Expectations; ``expectations.gx`` turns them into its classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pandas as pd

RULES = Path(__file__).parent / "rules"


@dataclass(frozen=True)
class Check:
    """One expectation.

    Attributes
    ----------
    expectation : str
        Name of a Great Expectations class, or ``ExpectNoRows``.
    arguments : mapping
        Keyword arguments of that class.
    rule : str
        Completes the sentence that starts with the subject and the column: ``must not be empty``.
    column : str
        The column that is spoken of, empty when it is about whole rows or the table.
    finds_sentences : bool
        True where the failing values are themselves what there is to say.
    """

    expectation: str
    arguments: Mapping[str, Any]
    rule: str
    column: str = ""
    finds_sentences: bool = False


@dataclass(frozen=True)
class Subject:
    """Rows, and what is expected of them.

    Attributes
    ----------
    name : str
        What a reader calls it, usually ``schema.table``; unique within a gate.
    checks : tuple of Check
        In the order in which failures are reported.
    rows : str or pandas.DataFrame
        A select statement for the warehouse, or the rows themselves.
    hides_values : bool
        True where values are protected: counts are shown, values never.
    notes : tuple of str
        What a reader should know although it breaks nothing, such as waivers.
    """

    name: str
    checks: tuple[Check, ...]
    rows: str | pd.DataFrame = field(repr=False)
    hides_values: bool = False
    notes: tuple[str, ...] = ()


def statement(template: LiteralString, **parts: object) -> str:
    """Compose SQL from a template, its ``{names}`` filled with identifiers, lists of them, or quoted values.

    Parameters
    ----------
    template : str
        As for ``psycopg.sql.SQL``.
    **parts : psycopg.sql.Composable or value
        Composables as they are, other values as literals.
    """
    composed = {name: part if isinstance(part, sql.Composable) else sql.Literal(part) for name, part in parts.items()}
    return sql.SQL(template).format(**composed).as_string(None)


def table_name(qualified: str) -> sql.Identifier:
    """Quote ``schema.table``."""
    return sql.Identifier(*qualified.split("."))


def column_names(names: Iterable[str]) -> sql.Composed:
    """Quote and list columns."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


def partition(qualified: str, as_of_date: date) -> str:
    """Select the rows of one as-of date."""
    rows = "select * from {table} where as_of_date = {as_of_date}"
    return statement(rows, table=table_name(qualified), as_of_date=as_of_date)


def has_exactly_columns(names: Iterable[str], rule: str = "must have exactly the columns of its contract") -> Check:
    """Expect these columns and no other; the order is free."""
    return Check("ExpectTableColumnsToMatchSet", {"column_set": list(names), "exact_match": True}, rule)


def has_columns(names: Iterable[str]) -> Check:
    """Expect at least these columns."""
    arguments = {"column_set": list(names), "exact_match": False}
    return Check("ExpectTableColumnsToMatchSet", arguments, "must have the columns of its contract")


def has_rows(rule: str = "must have rows") -> Check:
    """Expect at least one row."""
    return Check("ExpectTableRowCountToBeBetween", {"min_value": 1}, rule)


def required(column: str) -> Check:
    """Expect a value in every row."""
    return Check("ExpectColumnValuesToNotBeNull", {"column": column}, "must not be empty", column)


def one_of(column: str, values: Iterable[object], rule: str = "") -> Check:
    """Expect every value that is not empty to be one of these; a rule given here speaks of the rows as such."""
    allowed = list(values)
    arguments = {"column": column, "value_set": allowed}
    if rule:
        return Check("ExpectColumnValuesToBeInSet", arguments, rule)
    return Check("ExpectColumnValuesToBeInSet", arguments, f"must be one of {', '.join(map(str, allowed))}", column)


def unique(*columns: str) -> Check:
    """Expect no two rows with the same values in these columns."""
    if len(columns) == 1:
        return Check("ExpectColumnValuesToBeUnique", {"column": columns[0]}, "must be unique", columns[0])
    name = ", ".join(columns)
    arguments = {"column_list": list(columns)}
    return Check("ExpectCompoundColumnsToBeUnique", arguments, f"must be unique by {name}")


def between(column: str, low: float | None, high: float | None, mostly: float = 1.0) -> Check:
    """Expect values within bounds, ends included; at most a share of ``1 - mostly`` may lie outside."""
    rule = f"must not be below {low}" if high is None else f"must lie between {low} and {high}"
    if mostly < 1:
        rule += f" in at least {mostly:.0%} of rows"
    arguments = {"column": column, "min_value": low, "max_value": high, "mostly": mostly}
    return Check("ExpectColumnValuesToBeBetween", arguments, rule, column)


def known_before(column: str, limit: datetime) -> Check:
    """Expect every time to be earlier than a limit."""
    arguments = {"column": column, "max_value": limit, "strict_max": True}
    return Check("ExpectColumnValuesToBeBetween", arguments, f"must be before {limit:%Y-%m-%d}", column)


def has_some_value(column: str) -> Check:
    """Expect a value in at least one row."""
    arguments = {"column": column, "min_value": 0, "strict_min": True}
    return Check("ExpectColumnProportionOfNonNullValuesToBeBetween", arguments, "must have values", column)


def no_findings(rule: str) -> Check:
    """Expect an empty column ``finding`` in a frame whose rows are things examined and whose findings are sentences."""
    return Check("ExpectColumnValuesToBeNull", {"column": "finding"}, rule, finds_sentences=True)


def no_rows(rule: str, statement: str) -> Check:
    """Expect a select statement over the subject's rows, which it calls ``batch``, to give nothing.

    Its one column identifies the rows that break the rule; named ``finding``, it says by itself what is wrong.
    """
    # Great Expectations names a subquery of its own accord, but not in a statement that joins, and up to Postgres 15
    # every subquery needs a name: with a join to one empty row here, naming it is always up to us.
    rows = "with batch as (select subject.* from {batch} as subject cross join (select) as one_row)"
    query = f"{rows}\n{statement.strip()}"
    return Check("ExpectNoRows", {"unexpected_rows_query": query}, rule, finds_sentences="as finding" in statement)


def rules(folder: str, **values: int) -> tuple[Check, ...]:
    """Read the rules of a folder below ``rules/``, one SQL file each, in the order of their names.

    The first line of a file is a comment that completes the sentence about the subject, the rest is a statement
    for `no_rows`; ``$name`` stands for one of the values.
    """
    return tuple(_rule(file, values) for file in sorted((RULES / folder).glob("*.sql")))


def _rule(file: Path, values: Mapping[str, int]) -> Check:
    comment, statement = Template(file.read_text(encoding="utf-8")).substitute(values).split("\n", maxsplit=1)
    return no_rows(comment.removeprefix("-- "), statement)
