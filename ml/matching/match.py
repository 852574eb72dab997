"""The match step of a batch: t and its evidence for every application that the batch scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql

from ml.matching.bm25 import relevance, weigh_descriptions
from ml.matching.corpus import quarter_start, read_corpus
from ml.matching.documents import DocumentCache
from ml.matching.evidence import evidence
from ml.matching.pairs import read_chunks
from ml.matching.reading import SQL, cache_resumes
from ml.matching.tokens import count_words
from ml.scores.batch import read_batch, written_partition
from ml.warehouse.arrow import compose, stream_arrow
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.matching.bm25 import Corpus, Descriptions
    from ml.scores.batch import Batch
    from ml.warehouse.connection import Warehouse

NO_DESCRIPTION = "the requisition has no description"
NO_RESUME = "there is no resume"
NO_TEXT = "the resume has no readable text"


def match_batch(warehouse: Warehouse, batch_id: int, *, cache_folder: Path) -> int:
    """Match every application of a batch, and write ``scores.match_evidence``.

    Replaces what an earlier or killed run of this step wrote. Only requisitions, applications and resumes recorded
    before the batch's as-of date are read.

    Parameters
    ----------
    warehouse : Warehouse
        Where the batch is.
    batch_id : int
        A batch that is being built.
    cache_folder : Path
        Where word counts of resumes are kept between runs; may be deleted.

    Returns
    -------
    int
        Applications written; those without a match have a reason instead.
    """
    batch = read_batch(warehouse, batch_id)
    cache = DocumentCache(cache_folder)
    pairs = _read_pairs(warehouse, batch)
    texts = _read_descriptions(warehouse, batch.as_of, pairs)
    words = {word for text in texts.values() for word in count_words(text)}
    corpus = read_corpus(warehouse, cache, quarter_start(batch.as_of_date), words)
    with warehouse.connect(TRAINER) as connection:
        versions = zip(pairs["resume_id"].to_pylist(), pairs["resume_recorded_at"].to_pylist(), strict=True)
        texts_of = dict(zip(pairs["content_hash"].to_pylist(), versions, strict=True))
        texts_of.pop(None, None)
        cache_resumes(connection, cache, texts_of)
    descriptions = weigh_descriptions(texts, corpus)
    with written_partition(warehouse, "scores.match_evidence", batch_id, step="match") as (connection, table):
        rows = _match(batch_id, pairs, descriptions, corpus, cache)
        return copy_batches(connection, table, rows, jsonb={"evidence"}, freeze=True)


def _read_pairs(warehouse: Warehouse, batch: Batch) -> pa.Table:
    import pyarrow as pa

    statement = compose(
        SQL / "pairs.sql",
        as_of_date=sql.Literal(batch.as_of_date),
        as_of=sql.Literal(batch.as_of),
        is_everybody=sql.Literal(batch.population == "all"),
    )
    batches = list(stream_arrow(warehouse, TRAINER, statement))
    names = ["application_id", "requisition_id", "resume_id", "resume_recorded_at", "content_hash", "unreadable_reason"]
    schema = pa.schema([(name, pa.string()) for name in names])
    return pa.Table.from_batches(batches, schema=batches[0].schema if batches else schema)


def _read_descriptions(warehouse: Warehouse, as_of: dt.datetime, pairs: pa.Table) -> dict[str, str]:
    wanted = set(pairs["requisition_id"].unique().to_pylist())
    with warehouse.connect(TRAINER) as connection:
        rows = connection.execute((SQL / "descriptions.sql").read_bytes(), {"as_of": as_of}).fetchall()
    return {requisition: text for requisition, text in rows if requisition in wanted and text is not None}


def _match(
    batch_id: int, pairs: pa.Table, descriptions: Descriptions, corpus: Corpus, cache: DocumentCache
) -> Iterator[pa.RecordBatch]:
    """Yield the rows to write: first those without a match, then, segment by segment, those with one."""
    import pyarrow as pa

    described = np.array([descriptions.rows.get(key, -1) for key in pairs["requisition_id"].to_pylist()], np.int64)
    has_resume = pairs["resume_id"].is_valid().to_numpy(zero_copy_only=False)
    has_text = pairs["content_hash"].is_valid().to_numpy(zero_copy_only=False)
    unreadable = pairs["unreadable_reason"].fill_null(NO_TEXT).to_numpy(zero_copy_only=False)
    reasons = np.select([described < 0, ~has_resume, ~has_text], [NO_DESCRIPTION, NO_RESUME, unreadable], default="")
    for reason in sorted(set(reasons) - {""}):
        yield _without_match(batch_id, pairs.filter(pa.array(reasons == reason)), reason)
    is_matched = pa.array(reasons == "")
    matched, rows = pairs.filter(is_matched), described[reasons == ""]
    for chunk in read_chunks(cache, matched["content_hash"].to_pylist(), descriptions.words):
        is_empty = chunk.lengths == 0
        yield _without_match(batch_id, matched.take(chunk.pairs[is_empty]), NO_TEXT)
        found = chunk.take(~is_empty)
        description = rows[found.pairs]
        earned = descriptions.weights[description].multiply(found.counts.astype(bool)).tocsr()
        words = evidence(descriptions.asked[description], earned, descriptions.words)
        yield _with_match(batch_id, matched.take(found.pairs), relevance(earned), words)


def _without_match(batch_id: int, pairs: pa.Table, reason: str) -> pa.RecordBatch:
    empty = [None] * pairs.num_rows
    return _rows(batch_id, pairs, empty, [reason] * pairs.num_rows, empty)


def _with_match(batch_id: int, pairs: pa.Table, t: NDArray[np.float64], found_words: list[str]) -> pa.RecordBatch:
    return _rows(batch_id, pairs, t, [None] * pairs.num_rows, found_words)


def _rows(batch_id: int, pairs: pa.Table, t: object, reasons: object, found: object) -> pa.RecordBatch:
    import pyarrow as pa

    columns = {
        "batch_id": pa.array(np.full(pairs.num_rows, batch_id), pa.int64()),
        "application_id": pairs["application_id"].combine_chunks(),
        "requisition_id": pairs["requisition_id"].combine_chunks(),
        "technical_match": pa.array(t, pa.float64()),
        "unmatched_reason": pa.array(reasons, pa.string()),
        "evidence": pa.array(found, pa.string()),
    }
    return pa.RecordBatch.from_pydict(columns)
