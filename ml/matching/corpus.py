"""The corpus that gives words their weight: resumes received, and known, before a calendar quarter.

It stays the same for the whole quarter, whoever applies, and is stored with its version in the warehouse.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
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
        Reads ``landing.resumes``.
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
            "select documents, average_length from scores.match_corpora where corpus_id = %s", [corpus_id]
        ).fetchone()
        if found is None:
            found = _store(warehouse, connection, cache, corpus_id, start)
        frequencies = connection.execute(
            (SQL / "term_frequencies.sql").read_bytes(), {"corpus_id": corpus_id, "words": list(words)}
        ).fetchall()
    return Corpus(corpus_id, found[0], found[1], dict(frequencies))


def _store(
    warehouse: Warehouse,
    connection: psycopg.Connection,
    cache: DocumentCache,
    corpus_id: str,
    start: dt.datetime,
) -> tuple[int, float | None]:
    import pyarrow as pa

    statement = compose(SQL / "corpus_resumes.sql", quarter_start=sql.Literal(start))
    resumes = [row for batch in stream_arrow(warehouse, TRAINER, statement) for row in batch.to_pylist()]
    cache_resumes(connection, cache, {row["content_hash"]: (row["resume_id"], row["recorded_at"]) for row in resumes})
    frequencies, length = count_documents(cache, Counter(row["content_hash"] for row in resumes))
    average = length / len(resumes) if resumes else None
    connection.execute(
        "insert into scores.match_corpora values (%s, %s, %s, %s, %s)",
        [corpus_id, start.astimezone(dt.UTC).date(), TOKENISER, len(resumes), average],
    )
    words = sorted(frequencies)
    columns = {
        "corpus_id": pa.array([corpus_id] * len(words), pa.string()),
        "term": pa.array(words, pa.string()),
        "documents": pa.array([frequencies[word] for word in words], pa.int64()),
    }
    copy_batches(connection, sql.Identifier("scores", "match_statistics"), [pa.RecordBatch.from_pydict(columns)])
    return len(resumes), average


def count_documents(cache: DocumentCache, resumes: Counter[str]) -> tuple[dict[str, int], int]:
    """Count in how many resumes each word occurs, and all words.

    Parameters
    ----------
    cache : DocumentCache
        Has all of them.
    resumes : Counter of str
        How many resumes have each text, by its hash.
    """
    frequencies: Counter[str] = Counter()
    length = 0
    for segment, rows in cache.segments(set(resumes)):
        copies = np.zeros(len(segment.hashes), np.int64)
        copies[rows] = [resumes[segment.hashes[row]] for row in rows]
        length += int(segment.lengths() @ copies)
        per_entry = np.repeat(copies, np.diff(segment.indptr))
        counted = np.bincount(segment.indices, weights=per_entry, minlength=len(segment.words)).astype(np.int64)
        frequencies.update({word: n for word, n in zip(segment.words, counted.tolist(), strict=True) if n})
    return dict(frequencies), length
