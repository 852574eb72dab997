"""Rows that were refused: kept beside the landing tables with their reason and place, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from ml.load.candidates import candidate_table, content
from ml.load.summary import FileCount

if TYPE_CHECKING:
    import datetime as dt

    from ml.load.contract import Table
    from ml.load.staging import Staged

EXAMPLES = 3


def keep_refused(connection: psycopg.Connection, table: Table, loaded_as_of: dt.datetime) -> None:
    """Keep the candidate rows that have a reason; protected ones stay in the schema ``protected``."""
    rows = sql.SQL("""
        select {} as table_name, coalesce(_row, {}) as row_content, _reason as reason,
            concat(_file, ':', _line) as file_line
        from {} as c where _reason is not null
    """).format(sql.Literal(table.name), content("c"), candidate_table(table))
    _keep(connection, table.schema, rows, loaded_as_of)


def count_refused(connection: psycopg.Connection, table: Table, file_name: str) -> tuple[int, tuple[str, ...]]:
    """Count the refused candidate rows of a file, and describe the first few unless they are protected."""
    refused = sql.SQL("from {} where _reason is not null and _file = {}").format(
        candidate_table(table), sql.Literal(file_name)
    )
    count = int(connection.execute(sql.SQL("select count(*) {}").format(refused)).fetchall()[0][0])
    if table.schema == "protected":
        return count, ()
    first = sql.SQL("select concat(_file, ':', _line, ': ', _reason) {} order by _line limit {}")
    rows = connection.execute(first.format(refused, sql.Literal(EXAMPLES))).fetchall()
    return count, tuple(example for (example,) in rows)


def keep_faults(
    connection: psycopg.Connection, staged: Staged, schema: str, table_name: str, loaded_as_of: dt.datetime
) -> FileCount:
    """Keep and count the rows whose number of fields is not that of the header."""
    rows = sql.SQL("""
        select {} as table_name, fault as row_content,
            concat({}, jsonb_array_length(fault)) as reason, concat({}, line) as file_line
        from {} where fault is not null
    """).format(
        sql.Literal(table_name),
        sql.Literal(f"expected {len(staged.file.columns)} fields, got "),
        sql.Literal(f"{staged.file.name}:"),
        staged.table,
    )
    _keep(connection, schema, rows, loaded_as_of)
    first = connection.execute(sql.SQL("select concat(file_line, ': ', reason) from ({}) as r").format(rows)).fetchall()
    examples = tuple(example for (example,) in first[:EXAMPLES])
    return FileCount(staged.file.name, table_name, rejected=len(first), examples=examples)


def _keep(connection: psycopg.Connection, schema: str, rows: sql.Composable, loaded_as_of: dt.datetime) -> None:
    # The same file may be loaded again: its refused rows are kept once.
    connection.execute(
        sql.SQL("""
            insert into {kept} (table_name, row_content, reason, file_line, rejected_at)
            select r.table_name, r.row_content, r.reason, r.file_line, {now}
            from ({rows}) as r
            where not exists (
                select from {kept} as k
                where k.table_name = r.table_name and k.file_line = r.file_line
                and k.reason = r.reason and k.row_content = r.row_content
            )
        """).format(kept=sql.Identifier(schema, "rejected_rows"), rows=rows, now=sql.Literal(loaded_as_of))
    )
