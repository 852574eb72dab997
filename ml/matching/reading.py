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
    connection: psycopg.Connection, cache: DocumentCache, versions: Mapping[str, tuple[str, dt.datetime]]
) -> int:
    """Tokenise the resumes whose text the cache does not have, in chunks.

    Parameters
    ----------
    connection : psycopg.Connection
        Reads ``resumes.texts``.
    cache : DocumentCache
        Where their words go.
    versions : mapping of str to (str, datetime)
        A version that has the text, ``resume_id`` and ``recorded_at``, by the text's hash.

    Returns
    -------
    int
        Resumes that were tokenised now.
    """
    missing = sorted((version, key) for key, version in versions.items() if key not in cache)
    for start in range(0, len(missing), RESUMES_PER_SEGMENT):
        chunk = missing[start : start + RESUMES_PER_SEGMENT]
        cache.add(read_texts(connection, {key: version for version, key in chunk}))
    return len(missing)


def read_texts(connection: psycopg.Connection, versions: Mapping[str, tuple[str, dt.datetime]]) -> dict[str, str]:
    """Read the redacted texts of some resumes, by their hash, given a version that has each."""
    hash_of = {version: key for key, version in versions.items()}
    keys = {"resume_ids": [key for key, _ in hash_of], "recorded_at": [moment for _, moment in hash_of]}
    rows = connection.execute((SQL / "resume_texts.sql").read_bytes(), keys)
    return {hash_of[resume, recorded_at]: text for resume, recorded_at, text in rows}
