"""What a load did: rows loaded, unchanged and rejected, per file and table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import psycopg

_LOG = """
    insert into landing.load_log
        (file_name, content_hash, table_name, loaded, unchanged, rejected, loaded_at)
    values (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class FileCount:
    """What became of the rows that one file has for one table.

    Attributes
    ----------
    file, table : str
        Where from and where to.
    loaded, unchanged, rejected : int
        Rows appended, rows that were there already, and rows kept apart with a reason.
    examples : tuple of str
        The first rejected rows as ``file:line: reason``; none of protected tables, whose values they may show.
    """

    file: str
    table: str
    loaded: int = 0
    unchanged: int = 0
    rejected: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadSummary:
    """Everything one load did, file by file in the order of the contract's tables."""

    counts: tuple[FileCount, ...]

    @property
    def loaded(self) -> int:
        """Rows appended to all tables."""
        return sum(count.loaded for count in self.counts)

    @property
    def unchanged(self) -> int:
        """Rows that were loaded before, or that the load has twice."""
        return sum(count.unchanged for count in self.counts)

    @property
    def rejected(self) -> int:
        """Rows kept apart in ``landing.rejected_rows`` and ``protected.rejected_rows``."""
        return sum(count.rejected for count in self.counts)

    def describe(self) -> str:
        """Say it in lines for a person: one per file and table, the first rejected rows, and the total."""
        lines = []
        for count in self.counts:
            lines.append(f"{count.file} -> {count.table}: {_words(count)}")
            lines += [f"  {example}" for example in count.examples]
        return "\n".join([*lines, f"total: {_words(self)}"])


def _words(count: FileCount | LoadSummary) -> str:
    return f"{count.loaded:,} loaded, {count.unchanged:,} unchanged, {count.rejected:,} rejected"


def summarise(counts: Iterable[FileCount]) -> LoadSummary:
    """Add up the counts of the same file and table."""
    totals: dict[tuple[str, str], FileCount] = {}
    for count in counts:
        total = totals.get((count.file, count.table), FileCount(count.file, count.table))
        totals[count.file, count.table] = FileCount(
            count.file,
            count.table,
            total.loaded + count.loaded,
            total.unchanged + count.unchanged,
            total.rejected + count.rejected,
            total.examples + count.examples,
        )
    return LoadSummary(tuple(totals.values()))


def write_load_log(
    connection: psycopg.Connection, counts: Sequence[FileCount], hashes: Mapping[str, str], loaded_as_of: dt.datetime
) -> None:
    """Append one row per file and table to ``landing.load_log``; ``hashes`` are the files' SHA-256."""
    with connection.cursor() as cursor:
        cursor.executemany(
            _LOG,
            [(c.file, hashes[c.file], c.table, c.loaded, c.unchanged, c.rejected, loaded_as_of) for c in counts],
        )
