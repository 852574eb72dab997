"""The corpus that gives words their weight: resumes received, and known, before a calendar quarter.

It stays the same for the whole quarter, whoever applies, and is stored with its version in the warehouse. The next
quarter's is made of it and of what came in between, so that each resume is counted once and not once per quarter.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql

from ml.matching.bm25 import Corpus
from ml.matching.reading import SQL, cache_resumes
from ml.matching.tokens import TOKENISER
from ml.warehouse.arrow import compose, stream_arrow
from ml.warehouse.copy import copy_batches
from ml.warehouse.locks import Lock
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import psycopg

    from ml.matching.documents import DocumentCache
    from ml.warehouse.connection import Warehouse


def quarter_start(as_of_date: dt.date) -> dt.datetime:
    """First midnight (UTC) of the quarter that an as-of date lies in.

    Examples
    --------
    >>> quarter_start(datetime.date(2026, 10, 1)).date(), quarter_start(datetime.date(2026, 9, 30)).date()
    (datetime.date(2026, 10, 1), datetime.date(2026, 7, 1))
    """
    return dt.datetime(as_of_date.year, 3 * ((as_of_date.month - 1) // 3) + 1, 1, tzinfo=dt.UTC)


def corpus_ids(connection: psycopg.Connection, starts: Collection[dt.datetime]) -> dict[dt.datetime, str]:
    """Give the version of the corpus of each quarter, from what is in the warehouse now.

    Parameters
    ----------
    connection : psycopg.Connection
        Reads ``resumes.texts``.
    starts : collection of datetime
        First midnights (UTC) of quarters.
    """
    statement = (SQL / "corpus_arrivals.sql").read_bytes()
    last = max(starts, default=None)
    arrivals = connection.execute(statement, {"quarter_start": last}).fetchall() if last else []
    contents = {start: [content for quarter, content in arrivals if quarter < start] for start in starts}
    return {
        start: hashlib.sha256(f"{TOKENISER} {start.astimezone(dt.UTC).date()} {content}".encode()).hexdigest()
        for start, content in contents.items()
    }


def read_corpus(warehouse: Warehouse, cache: DocumentCache, start: dt.datetime, words: Iterable[str]) -> Corpus:
    """Give the statistics of a quarter's corpus, computing and storing them if this version is new.

    Parameters
    ----------
    warehouse : Warehouse
        Where resumes and statistics are.
    cache : DocumentCache
        Resumes already tokenised; takes up those that are not.
    start : datetime
        First midnight (UTC) of the quarter.
    words : iterable of str
        Words whose frequencies are wanted.
    """
    with warehouse.connect(TRAINER) as connection:
        corpus_id = corpus_ids(connection, [start])[start]
        # Two runs at once must not compute the same corpus twice.
        connection.execute("select pg_advisory_xact_lock(%s)", [Lock.MATCH_CORPUS])
        found = connection.execute(
            "select documents from scores.match_corpora where corpus_id = %s", [corpus_id]
        ).fetchone()
        documents = found[0] if found else _store(warehouse, connection, cache, corpus_id, start)
        frequencies = connection.execute(
            (SQL / "term_frequencies.sql").read_bytes(), {"corpus_id": corpus_id, "words": list(words)}
        ).fetchall()
    return Corpus(corpus_id, documents, dict(frequencies))


@dataclass(frozen=True)
class _Stored:
    """A corpus in the warehouse, without its words."""

    corpus_id: str
    start: dt.datetime
    documents: int


# Before everything, and without resumes.
_NOTHING = _Stored("", dt.datetime.min.replace(tzinfo=dt.UTC), 0)


def _store(
    warehouse: Warehouse,
    connection: psycopg.Connection,
    cache: DocumentCache,
    corpus_id: str,
    start: dt.datetime,
) -> int:
    import pyarrow as pa

    earlier = _newest_before(connection, start)
    boundaries = {"earlier_start": sql.Literal(earlier.start), "quarter_start": sql.Literal(start)}
    statement = compose(SQL / "corpus_changes.sql", **boundaries)
    changes = [row for batch in stream_arrow(warehouse, TRAINER, statement) for row in batch.to_pylist()]
    cache_resumes(connection, cache, {row["content_hash"]: (row["resume_id"], row["recorded_at"]) for row in changes})
    resumes: Counter[str] = Counter()
    for row in changes:
        resumes[row["content_hash"]] += row["change"]
    frequencies = count_documents(cache, resumes)
    documents = earlier.documents + resumes.total()
    connection.execute(
        "insert into scores.match_corpora values (%s, %s, %s, %s)",
        [corpus_id, start.astimezone(dt.UTC).date(), TOKENISER, documents],
    )
    connection.execute("create temporary table corpus_changes (term text, documents bigint) on commit drop")
    columns = {
        "term": pa.array(list(frequencies), pa.string()),
        "documents": pa.array(list(frequencies.values()), pa.int64()),
    }
    copy_batches(connection, sql.Identifier("corpus_changes"), [pa.RecordBatch.from_pydict(columns)])
    connection.execute(
        (SQL / "corpus_statistics.sql").read_bytes(), {"corpus_id": corpus_id, "earlier_id": earlier.corpus_id}
    )
    return documents


def _newest_before(connection: psycopg.Connection, start: dt.datetime) -> _Stored:
    """Give the newest stored corpus of an earlier quarter that is still what the warehouse holds."""
    rows = connection.execute(
        "select corpus_id, quarter_start, documents from scores.match_corpora where quarter_start < %s",
        [start.astimezone(dt.UTC).date()],
    )
    stored = [_Stored(name, quarter_start(day), documents) for name, day, documents in rows]
    current = corpus_ids(connection, {corpus.start for corpus in stored})
    valid = [corpus for corpus in stored if current[corpus.start] == corpus.corpus_id]
    return max(valid, key=lambda corpus: corpus.start, default=_NOTHING)


def count_documents(cache: DocumentCache, resumes: Counter[str]) -> dict[str, int]:
    """Count in how many resumes each word occurs.

    Parameters
    ----------
    cache : DocumentCache
        Has all of them.
    resumes : Counter of str
        How many resumes have each text, by its hash; negative for those to be taken away.
    """
    frequencies: Counter[str] = Counter()
    for segment, rows in cache.segments(set(resumes)):
        copies = np.zeros(len(segment.hashes), np.int64)
        copies[rows] = [resumes[segment.hashes[row]] for row in rows]
        per_entry = np.repeat(copies, np.diff(segment.indptr))
        counted = np.bincount(segment.indices, weights=per_entry, minlength=len(segment.words)).astype(np.int64)
        frequencies.update({word: n for word, n in zip(segment.words, counted.tolist(), strict=True) if n})
    return dict(frequencies)
