"""Candidate rows of one landing table: typed where they are sound, with a reason where they are not.

A temporary table per landing table collects them from every rule; set-based checks then mark what the rows
say about each other and about what is loaded. Nothing reaches landing before all of it is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from ml.load.checks import problem, typed
from ml.load.compile import Compiled, all_of, compile_attributes, compile_condition, compile_value, each_once, either
from ml.load.contract import Table, table_named

if TYPE_CHECKING:
    import datetime as dt

    from ml.load.mapping import Rule
    from ml.load.staging import Staged

_SERVICE = sql.SQL("array['_id', '_file', '_line', '_reason', '_row', '_trouble']")


def candidate_table(table: Table) -> sql.Identifier:
    """Name of the temporary table."""
    return sql.Identifier(f"candidate_{table.name}")


def create_candidates(connection: psycopg.Connection, table: Table) -> None:
    """Make the temporary table; it lives as long as the transaction."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type)) for column in table.columns
    )
    connection.execute(
        sql.SQL(
            "create temporary table {} (_id bigint generated always as identity, _file text, _line bigint,"
            " _reason text, _row jsonb, {}) on commit drop"
        ).format(candidate_table(table), columns)
    )


def add_candidates(connection: psycopg.Connection, rule: Rule, staged: Staged) -> None:
    """Make the candidate rows of one rule in a single pass over its source."""
    compiled = {name: compile_value(value, staged.texts) for name, value in rule.values.items()}
    if rule.attributes:
        compiled["attributes"] = compile_attributes(rule.attributes, staged.texts)
    columns = [column for column in rule.table.columns if column.name in compiled]
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    values = sql.SQL(", ").join(
        sql.SQL("case when _reason is null then {} end").format(
            typed(column, sql.Identifier(column.name), compiled[column.name].format)
        )
        for column in columns
    )
    connection.execute(
        sql.SQL("""
            insert into {candidates} (_file, _line, _reason, _row, {names})
            select {file}, _line, _reason, case when _reason is not null then {content} end, {values}
            from (
                select t.*, {reason} as _reason
                from ({texts} offset 0) as t
                offset 0
            ) as judged
        """).format(
            candidates=candidate_table(rule.table),
            names=names,
            file=sql.Literal(staged.file.name),
            content=content("judged"),
            values=values,
            reason=_reason(rule.table, compiled),
            texts=_texts(rule, staged, compiled),
        )
    )


def _texts(rule: Rule, staged: Staged, compiled: dict[str, Compiled]) -> sql.Composable:
    columns = sql.SQL(", ").join(
        sql.SQL("{} as {}").format(value.text, sql.Identifier(name)) for name, value in compiled.items()
    )
    tests = [sql.SQL("s.fault is null"), *(compile_condition(test, staged.texts) for test in rule.when)]
    if rule.skip_without:
        made = compiled[rule.skip_without]
        tests.append(sql.SQL("({} is not null or {} is not null)").format(made.text, made.problem))
    group = sql.SQL(", ").join(map(staged.texts.column, rule.first_of))
    return sql.SQL("""
        select {first} s.line as _line, {trouble} as _trouble, {columns} from {source} as s where {tests} {order}
    """).format(
        first=sql.SQL("distinct on ({})").format(group) if rule.first_of else sql.SQL(""),
        trouble=each_once([value.problem for value in compiled.values()]),
        columns=columns,
        source=staged.table,
        tests=sql.SQL(" and ").join(tests),
        # The first of a group is the one that the file has first; and rows are numbered in the file's order.
        order=sql.SQL("order by {}, s.line").format(group) if rule.first_of else sql.SQL(""),
    )


def _reason(table: Table, compiled: dict[str, Compiled]) -> sql.Composable:
    problems = [
        problem(column, sql.Identifier(column.name), compiled[column.name].format, is_key=column.name in table.key)
        for column in table.columns
        if column.name in compiled
    ]
    if table.one_of:
        problems.append(_one_of(table, compiled))
    # What could not be made from the source says more than that the result is missing.
    return either([sql.SQL("_trouble"), all_of(problems)])


def _one_of(table: Table, compiled: dict[str, Compiled]) -> sql.Composable:
    given = sql.SQL(", ").join(sql.Identifier(name) if name in compiled else sql.NULL for name in table.one_of)
    message = f"exactly one of {' and '.join(table.one_of)} is required"
    return sql.SQL("case when num_nonnulls({}) <> 1 then {} end").format(given, sql.Literal(message))


def refuse_impossible(connection: psycopg.Connection, table: Table, loaded_as_of: dt.datetime) -> None:
    """Mark rows whose facts lie in the future, and periods that end before they start."""
    problems = [
        _future(column.name, loaded_as_of if column.type == "timestamptz" else loaded_as_of.date())
        for column in table.columns
        if column.type in ("timestamptz", "date") and not column.is_planned
    ]
    for start, end in table.periods:
        problems.append(
            sql.SQL("case when {end} < {start} then concat({end_name}, {end}, {before}, {start}) end").format(
                start=sql.Identifier(start),
                end=sql.Identifier(end),
                end_name=sql.Literal(f"{end} "),
                before=sql.Literal(f" is before {start} "),
            )
        )
    reason = all_of(problems)
    connection.execute(
        sql.SQL("update {} set _reason = {} where _reason is null and {} is not null").format(
            candidate_table(table), reason, reason
        )
    )


def _future(name: str, limit: dt.date) -> sql.Composable:
    column = sql.Identifier(name)
    return sql.SQL("case when {} > {} then concat({}, {}, {}) end").format(
        column, sql.Literal(limit), sql.Literal(f"{name} "), column, sql.Literal(" is in the future")
    )


def refuse_unknown_references(connection: psycopg.Connection, table: Table) -> None:
    """Mark rows that name a requisition, candidate, ... that neither landing nor this load has."""
    for reference in table.references:
        target = table_named(reference.table)
        connection.execute(
            sql.SQL("""
                update {candidates} as c
                set _reason = concat({before}, c.{column}, {after})
                where c._reason is null and c.{column} is not null
                and not exists (select from {target} as t where t.{key} = c.{column})
            """).format(
                candidates=candidate_table(table),
                column=sql.Identifier(reference.column),
                before=sql.Literal(f"{reference.column} '"),
                after=sql.Literal(f"' does not exist in {target.qualified}"),
                target=sql.Identifier(target.schema, target.name),
                key=sql.Identifier(target.key[0]),
            )
        )


def refuse_conflicts(connection: psycopg.Connection, table: Table) -> None:
    """Mark rows that contradict an earlier row of the load, or a loaded row, of the same key and ``recorded_at``."""
    key = sql.SQL(", ").join(map(sql.Identifier, (*table.key, "recorded_at")))
    earlier = sql.SQL("""(
        select distinct on ({key}) * from {candidates}
        where _reason is null and ({key}) in (
            select {key} from {candidates} where _reason is null group by {key} having count(*) > 1
        )
        order by {key}, _id
    )""").format(key=key, candidates=candidate_table(table))
    _refuse_contradictions(connection, table, earlier, sql.SQL("concat(o._file, ':', o._line)"))
    loaded = sql.Identifier(table.schema, table.name)
    _refuse_contradictions(connection, table, loaded, sql.SQL("'a loaded row'"))


def _refuse_contradictions(
    connection: psycopg.Connection, table: Table, other: sql.Composable, origin: sql.Composable
) -> None:
    columns = [name for name in table.column_names if name not in (*table.key, "recorded_at")]
    same_key = sql.SQL(" and ").join(
        sql.SQL("c.{0} = o.{0}").format(sql.Identifier(name)) for name in (*table.key, "recorded_at")
    )
    differing = _all_differing(columns)
    connection.execute(
        sql.SQL("""
            update {candidates} as c
            set _reason = concat('contradicts ', {origin}, ' in ', {differing}, {advice})
            from {other} as o
            where c._reason is null and {same_key} and {differing} <> ''
        """).format(
            candidates=candidate_table(table),
            advice=sql.Literal(f": same {', '.join(table.key)} and recorded_at; record corrections at a later time"),
            differing=differing,
            origin=origin,
            other=other,
            same_key=same_key,
        )
    )


def _all_differing(columns: list[str]) -> sql.Composable:
    """Give SQL for the names of the columns in which the rows ``c`` and ``o`` differ."""
    names = [
        sql.SQL("case when c.{0} is distinct from o.{0} then {1} end").format(sql.Identifier(name), sql.Literal(name))
        for name in columns
    ]
    return sql.SQL("concat_ws(', ', {})").format(sql.SQL(", ").join(names))


def append_sound(connection: psycopg.Connection, table: Table, file_name: str) -> tuple[int, int]:
    """Append a file's sound rows to the landing table; rows that are there already stay as they are.

    Returns
    -------
    (int, int)
        Sound rows, and how many of them were appended.
    """
    sound = sql.SQL("from {} where _reason is null and _file = {}").format(
        candidate_table(table), sql.Literal(file_name)
    )
    names = sql.SQL(", ").join(map(sql.Identifier, table.column_names))
    count = connection.execute(sql.SQL("select count(*) {}").format(sound)).fetchall()[0][0]
    insert = sql.SQL("insert into {} ({}) select {} {} on conflict do nothing")
    qualified = sql.Identifier(table.schema, table.name)
    return count, connection.execute(insert.format(qualified, names, names, sound)).rowcount


def content(alias: str) -> sql.Composable:
    """Give SQL for a candidate row as JSON, without empty values and service columns."""
    return sql.SQL("jsonb_strip_nulls(to_jsonb({}) - {})").format(sql.Identifier(alias), _SERVICE)
