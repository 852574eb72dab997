"""The match of every application as it was submitted, for features (docs/adr/0014).

The resume and the requisition's version are those of the application, the corpus is that of the calendar quarter (UTC)
before which they were received: all of it is fixed when somebody applies. An application is therefore matched once, and
again only if history is loaded that changes what it was made of.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql
from psycopg.rows import class_row

from ml.matching.bm25 import weigh_descriptions
from ml.matching.corpus import corpus_ids, read_corpus
from ml.matching.documents import DocumentCache
from ml.matching.facts import FACTS, match_facts
from ml.matching.own_words import leave_out_copies
from ml.matching.pairs import read_chunks
from ml.matching.reading import SQL, cache_resumes
from ml.matching.tokens import count_words
from ml.warehouse.arrow import compose
from ml.warehouse.copy import copy_batches
from ml.warehouse.locks import Lock
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.matching.bm25 import Descriptions
    from ml.warehouse.connection import Warehouse

# What is in memory, and in one transaction, at a time.
APPLICATIONS_PER_STEP = 50_000


@dataclass(frozen=True)
class Submitted:
    """An application, and which versions of its requisition and resume it was made of; None where there is none."""

    application_id: str
    known_at: dt.datetime
    requisition_id: str
    requisition_recorded_at: dt.datetime | None
    resume_id: str | None
    resume_recorded_at: dt.datetime | None
    content_hash: str | None

    @property
    def requisition(self) -> tuple[str, dt.datetime | None]:
        """Key of the requisition's version."""
        return self.requisition_id, self.requisition_recorded_at


@dataclass(frozen=True)
class RequisitionText:
    """What a version of a requisition says."""

    title: str
    description: str


def match_submitted(warehouse: Warehouse, as_of_date: dt.date, *, cache_folder: Path) -> int:
    """Match every application that is not matched yet, and write ``matching.submitted_matches``.

    Works through the calendar quarters, some thousands of applications in a transaction: it may be killed at any point
    and goes on where it was. Two runs wait for each other.

    Parameters
    ----------
    warehouse : Warehouse
        Read and written as the trainer.
    as_of_date : datetime.date
        Applications recorded before this midnight (UTC) are matched; it has no influence on what their matches are.
    cache_folder : Path
        Where word counts of resumes are kept between runs; may be deleted.

    Returns
    -------
    int
        Applications matched now, those without a resume or a description included.
    """
    cache = DocumentCache(cache_folder)
    matched = 0
    with warehouse.connect(TRAINER) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [Lock.MATCH_SUBMITTED])
        as_of = dt.datetime.combine(as_of_date, dt.time(), dt.UTC)
        connection.execute(compose(SQL / "submitted.sql", as_of=sql.Literal(as_of)))
        quarters = [start for (start,) in connection.execute("select distinct quarter_start from submitted order by 1")]
        for start, corpus_id in corpus_ids(connection, quarters).items():
            parameters = {"quarter_start": start, "corpus_id": corpus_id}
            with connection.cursor(name="pending", row_factory=class_row(Submitted)) as cursor:
                cursor.execute((SQL / "submitted_pending.sql").read_bytes(), parameters)
                while applications := cursor.fetchmany(APPLICATIONS_PER_STEP):
                    _match(warehouse, cache, start, applications)
                    matched += len(applications)
    return matched


def _match(warehouse: Warehouse, cache: DocumentCache, start: dt.datetime, applications: list[Submitted]) -> None:
    """Match some applications of one quarter, and replace their rows."""
    with warehouse.connect(TRAINER) as connection:
        requisitions = _read_requisitions(connection, applications)
        versions = {
            row.content_hash: (row.resume_id, row.resume_recorded_at)
            for row in applications
            if row.content_hash and row.resume_id and row.resume_recorded_at
        }
        cache_resumes(connection, cache, versions)
        asked = [_text_of(requisitions, row).description for row in applications]
        hashes, _ = leave_out_copies(connection, cache, [row.content_hash for row in applications], asked, versions)
    # A title is weighed as a short description.
    texts = {text for requisition in requisitions.values() for text in (requisition.title, requisition.description)}
    corpus = read_corpus(warehouse, cache, start, {word for text in texts for word in count_words(text)})
    facts = _facts(
        cache, applications, hashes, requisitions, weigh_descriptions({text: text for text in texts}, corpus)
    )
    with warehouse.connect(TRAINER) as connection:
        ids = [row.application_id for row in applications]
        connection.execute("delete from matching.submitted_matches where application_id = any(%s)", [ids])
        table = sql.Identifier("matching", "submitted_matches")
        copy_batches(connection, table, [_rows(applications, corpus.corpus_id, facts)])


def _read_requisitions(
    connection: psycopg.Connection, applications: list[Submitted]
) -> dict[tuple[str, dt.datetime | None], RequisitionText]:
    keys = {row.requisition for row in applications}
    parameters = {"requisition_ids": [key for key, _ in keys], "recorded_at": [moment for _, moment in keys]}
    rows = connection.execute((SQL / "requisition_texts.sql").read_bytes(), parameters)
    return {(key, moment): RequisitionText(title, description or "") for key, moment, title, description in rows}


def _text_of(requisitions: dict[tuple[str, dt.datetime | None], RequisitionText], row: Submitted) -> RequisitionText:
    return requisitions.get(row.requisition, RequisitionText("", ""))


def _facts(
    cache: DocumentCache,
    applications: list[Submitted],
    hashes: list[str | None],
    requisitions: dict[tuple[str, dt.datetime | None], RequisitionText],
    texts: Descriptions,
) -> dict[str, NDArray[np.float64]]:
    """Compute the facts of every application, NaN where there is no resume or no description, or one has no words."""
    of = [_text_of(requisitions, row) for row in applications]
    described = np.array([texts.rows.get(requisition.description, -1) for requisition in of], np.int64)
    titled = np.array([texts.rows.get(requisition.title, -1) for requisition in of], np.int64)
    matched = [key if place >= 0 else None for key, place in zip(hashes, described, strict=True)]
    facts = {name: np.full(len(applications), np.nan) for name in FACTS}
    for chunk in read_chunks(cache, matched, texts.words):
        found = chunk.take(chunk.lengths > 0)
        rows = (described[found.pairs], titled[found.pairs])
        for name, values in match_facts(found, texts, *rows).items():
            facts[name][found.pairs] = values
    return facts


def _rows(applications: list[Submitted], corpus_id: str, facts: dict[str, NDArray[np.float64]]) -> pa.RecordBatch:
    import pyarrow as pa

    moment = pa.timestamp("us", tz="UTC")
    inputs = {
        "application_id": pa.array([row.application_id for row in applications], pa.string()),
        "known_at": pa.array([row.known_at for row in applications], moment),
        "requisition_id": pa.array([row.requisition_id for row in applications], pa.string()),
        "requisition_recorded_at": pa.array([row.requisition_recorded_at for row in applications], moment),
        "resume_id": pa.array([row.resume_id for row in applications], pa.string()),
        "resume_recorded_at": pa.array([row.resume_recorded_at for row in applications], moment),
        "resume_content_hash": pa.array([row.content_hash for row in applications], pa.string()),
        "corpus_id": pa.array([corpus_id] * len(applications), pa.string()),
    }
    columns = {name: pa.array(values, pa.float64(), from_pandas=True) for name, values in facts.items()}
    return pa.RecordBatch.from_pydict({**inputs, **columns})
