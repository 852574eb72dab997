"""Making sure that the resumes one works on are in the document cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import psycopg

    from ml.matching.documents import DocumentCache

SQL = Path(__file__).parent / "sql"
# About 15 MB of text: what is in memory at a time.
RESUMES_PER_SEGMENT = 5_000


def cache_resumes(
    connection: psycopg.Connection,
    cache: DocumentCache,
    resumes: Mapping[str, str],
    *,
    known_before: dt.datetime,
) -> int:
    """Tokenise the resumes whose text the cache does not have, in chunks.

    Parameters
    ----------
    connection : psycopg.Connection
        Reads ``landing.resumes``.
    cache : DocumentCache
        Where their words go.
    resumes : mapping of str to str
        A resume that has the text, by the text's hash.
    known_before : datetime.date
        The text meant is the newest that was recorded before this instant.

    Returns
    -------
    int
        Resumes that were tokenised now.
    """
    statement = (SQL / "resume_texts.sql").read_bytes()
    hash_of = {resume: key for key, resume in resumes.items() if key not in cache}
    names = sorted(hash_of)
    for start in range(0, len(names), RESUMES_PER_SEGMENT):
        chunk = names[start : start + RESUMES_PER_SEGMENT]
        rows = connection.execute(statement, {"known_before": known_before, "resume_ids": chunk})
        cache.add({hash_of[resume]: text for resume, text in rows})
    return len(hash_of)
