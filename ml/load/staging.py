"""Staging: the rows of a file in a temporary table of texts, as they are, with their line numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from ml.load.compile import SourceText
from ml.load.mapping import LINE

if TYPE_CHECKING:
    from ml.load.files import DataFile


@dataclass(frozen=True)
class Staged:
    """A file whose rows are in a temporary table: ``line``, ``fault`` and one text column ``c1``, ``c2``... each.

    The columns are numbered because a file may name them as it likes: longer than Postgres allows, or ``ctid``.
    """

    file: DataFile
    table: sql.Identifier

    @property
    def texts(self) -> SourceText:
        """The columns as SQL on the alias ``s``, with every sign of a missing value as null."""
        return SourceText(self._column, self.file.format)

    def _column(self, name: str) -> sql.Composable:
        if name == LINE:
            return sql.SQL("s.line::text")
        column: sql.Composable = sql.Identifier("s", f"c{self.file.columns.index(name) + 1}")
        for sign in self.file.format.missing:
            column = sql.SQL("nullif({}, {})").format(column, sql.Literal(sign))
        return column


def stage(connection: psycopg.Connection, file: DataFile, number: int) -> Staged:
    """Copy a file into a temporary table that lives as long as the transaction.

    Raises
    ------
    LoadError
        The file cannot be read to its end.
    """
    table = sql.Identifier(f"source_{number}")
    texts = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(f"c{n + 1}")) for n in range(len(file.columns)))
    connection.execute(
        sql.SQL("create temporary table {} (line bigint, fault jsonb, {}) on commit drop").format(table, texts)
    )
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin (null '')").format(table)) as copy:
        for block in file.blocks():
            copy.write(block)
    return Staged(file, table)
