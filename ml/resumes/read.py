"""The task ``read`` of ``ingest``: every resume that landed and is not read yet, into ``resumes.*``.

What is read already is never read again: not the same version, nor the same bytes in another version, unless the reader
has changed since. Some hundred resumes are written in one transaction, so that a run may be killed at any point and the
next one goes on where it was.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.rows import class_row

from ml.resumes.reader import Reading, Resume, make_reader, unreadable
from ml.resumes.reading.kinds import MEGABYTE
from ml.resumes.versions import FACTS, READER
from ml.resumes.workers import Limits, Lost, Workers
from ml.resumes.write import Landed, describe_limits, write_readings
from ml.warehouse.arrow import compose
from ml.warehouse.locks import Lock
from ml.warehouse.roles import TRANSFORMER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    import psycopg

    from ml.organisation import ReadingLimits
    from ml.warehouse.connection import Warehouse

SQL = Path(__file__).parent / "sql"
PROCESSES = 2
# What is in memory, and in one transaction, at a time.
RESUMES_PER_CHUNK = 500
BYTES_PER_CHUNK = 32 * MEGABYTE
_SECONDS_BETWEEN_REPORTS = 5.0


def read_resumes(
    warehouse: Warehouse,
    limits: ReadingLimits,
    *,
    say: Callable[[str], object],
    make_work: Callable[[ReadingLimits], Callable[[Resume], Reading]] = make_reader,
) -> int:
    """Read every resume of ``landing.resumes`` that is new, and write ``resumes.*``.

    Two runs wait for each other.

    Parameters
    ----------
    warehouse : Warehouse
        Read and written as the transformer.
    limits : ReadingLimits
        What is refused, and what each process may take.
    say : callable
        Is told every few seconds how far the work is.
    make_work : callable
        Makes what reads a resume, in a process of its own.

    Returns
    -------
    int
        Versions of resumes that have rows now and had none, or outdated ones, before; the unreadable ones included.

    Raises
    ------
    WorkerError
        A process does not start.
    """
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [Lock.READ_RESUMES])
        versions = {"reader": READER, "facts_version": FACTS, "limits": describe_limits(limits)}
        connection.execute(
            compose(SQL / "pending.sql", **{name: sql.Literal(value) for name, value in versions.items()})
        )
        (total,) = connection.execute("select count(*) from pending").fetchone() or (0,)
        if total:
            process = Limits(limits.seconds, limits.memory_megabytes)
            with Workers(partial(make_work, limits), processes=PROCESSES, limits=process) as workers:
                _read_all(warehouse, workers, connection, limits, _Progress(total, say))
    return int(total)


def _read_all(
    warehouse: Warehouse,
    workers: Workers[Resume, Reading],
    connection: psycopg.Connection,
    limits: ReadingLimits,
    progress: _Progress,
) -> None:
    for keys in _chunks(connection, limits):
        with warehouse.connect(TRANSFORMER) as writing:
            landed = _landed(writing, keys, limits)
            copies = Counter(row.source_hash for row in landed)
            readings = {}
            for resume, outcome in workers.map(_distinct(landed)):
                reading = unreadable(outcome.reason) if isinstance(outcome, Lost) else outcome
                readings[resume.source_hash] = reading
                progress.add(copies[resume.source_hash])
            write_readings(writing, [(row, readings[row.source_hash]) for row in landed], limits)


def _chunks(connection: psycopg.Connection, limits: ReadingLimits) -> Iterator[list[tuple[str, dt.datetime]]]:
    """Yield the keys of what is pending, so many that their files fit into memory."""
    chunk: list[tuple[str, dt.datetime]] = []
    size = 0
    with connection.cursor(name="pending") as cursor:
        cursor.execute("select resume_id, recorded_at, size_bytes from pending order by resume_id, recorded_at")
        for resume_id, recorded_at, size_bytes in cursor:
            # A file beyond its limit is not fetched.
            fetched = size_bytes if size_bytes <= limits.file_megabytes * MEGABYTE else 0
            if chunk and (len(chunk) == RESUMES_PER_CHUNK or size + fetched > BYTES_PER_CHUNK):
                yield chunk
                chunk, size = [], 0
            chunk.append((resume_id, recorded_at))
            size += fetched
    if chunk:
        yield chunk


def _landed(connection: psycopg.Connection, keys: list[tuple[str, dt.datetime]], limits: ReadingLimits) -> list[Landed]:
    parameters = {
        "resume_ids": [key for key, _ in keys],
        "recorded_at": [moment for _, moment in keys],
        "largest": limits.file_megabytes * MEGABYTE,
        "reader": READER,
    }
    with connection.cursor(row_factory=class_row(Landed)) as cursor:
        return cursor.execute((SQL / "contents.sql").read_bytes(), parameters).fetchall()


def _distinct(landed: list[Landed]) -> Iterator[Resume]:
    """Give each file once, with all the days on which it was received."""
    same: dict[str, list[Landed]] = defaultdict(list)
    for row in landed:
        same[row.source_hash].append(row)
    for source_hash, rows in same.items():
        row = rows[0]
        # The other one is null.
        content = row.content if row.content is not None else row.content_text
        days = tuple(sorted({row.received_on for row in rows}))
        yield Resume(source_hash, row.size_bytes, None if row.known else content, row.known, days)


class _Progress:
    """Says every few seconds how far the work is."""

    def __init__(self, total: int, say: Callable[[str], object]) -> None:
        self._total = total
        self._say = say
        self._done = 0
        self._began = self._said = time.monotonic()

    def add(self, resumes: int) -> None:
        self._done += resumes
        now = time.monotonic()
        if now - self._said >= _SECONDS_BETWEEN_REPORTS:
            self._said = now
            rate = self._done / (now - self._began)
            self._say(f"{self._done:,} of {self._total:,} resumes read, {rate:,.0f} a second")
