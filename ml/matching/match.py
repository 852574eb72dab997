"""The match step of a batch: t and its evidence for every application that the batch scores."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql

from ml.matching.asked import Asked, met_by, read_asked
from ml.matching.bm25 import relevance, weigh_descriptions
from ml.matching.corpus import quarter_start, read_corpus
from ml.matching.documents import DocumentCache
from ml.matching.evidence import words_found
from ml.matching.own_words import leave_out_copies
from ml.matching.pairs import read_chunks
from ml.matching.people import read_applicants, with_form
from ml.matching.reading import SQL, cache_resumes
from ml.matching.tokens import count_words
from ml.resumes.tagger import read_tagger
from ml.resumes.taxonomy import read_taxonomy
from ml.scores.batch import read_batch, written_partition
from ml.warehouse.arrow import compose, stream_arrow
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import psycopg
    import pyarrow as pa
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from ml.matching.bm25 import Descriptions
    from ml.matching.met import Person
    from ml.matching.people import Applicant
    from ml.resumes.tagger import SkillTagger
    from ml.resumes.taxonomy import Taxonomy
    from ml.scores.batch import Batch
    from ml.warehouse.connection import Warehouse

NO_DESCRIPTION = "the requisition has no description"
NO_RESUME = "there is no resume"
NO_TEXT = "the resume has no readable text"
NOTHING_ASKED = Asked()


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
    taxonomy = read_taxonomy()
    tagger = read_tagger(taxonomy)
    with warehouse.connect(TRAINER) as connection:
        hashes, rest = _own_texts(connection, cache, pairs, texts)
        asked = read_asked(connection, batch.as_of, taxonomy)
        matching = _Matching(batch_id, weigh_descriptions(texts, corpus), asked, rest, taxonomy, tagger)
        with written_partition(warehouse, "scores.match_evidence", batch_id, step="match") as (writing, table):
            rows = matching.rows(connection, cache, pairs, hashes)
            return copy_batches(writing, table, rows, jsonb={"evidence"}, freeze=True)


def _own_texts(
    connection: psycopg.Connection, cache: DocumentCache, pairs: pa.Table, texts: Mapping[str, str]
) -> tuple[list[str | None], dict[str, str]]:
    """Give the hash of what each pair's resume says of its own, and those texts that are not in the warehouse."""
    hashes = pairs["content_hash"].to_pylist()
    versions = dict(zip(hashes, _versions(pairs), strict=True))
    versions.pop(None, None)
    cache_resumes(connection, cache, versions)
    descriptions = [texts.get(requisition, "") for requisition in pairs["requisition_id"].to_pylist()]
    return leave_out_copies(connection, cache, hashes, descriptions, versions)


def _versions(pairs: pa.Table) -> list[tuple[str, dt.datetime]]:
    return list(zip(pairs["resume_id"].to_pylist(), pairs["resume_recorded_at"].to_pylist(), strict=True))


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
    form = [("years_experience", pa.float64()), ("highest_degree", pa.string())]
    schema = pa.schema([*((name, pa.string()) for name in names), *form])
    return pa.Table.from_batches(batches, schema=batches[0].schema if batches else schema)


def _read_descriptions(warehouse: Warehouse, as_of: dt.datetime, pairs: pa.Table) -> dict[str, str]:
    wanted = set(pairs["requisition_id"].unique().to_pylist())
    with warehouse.connect(TRAINER) as connection:
        rows = connection.execute((SQL / "descriptions.sql").read_bytes(), {"as_of": as_of}).fetchall()
    return {requisition: text for requisition, text in rows if requisition in wanted and text is not None}


@dataclass(frozen=True)
class _Matching:
    """What all pairs of a batch are matched with."""

    batch_id: int
    descriptions: Descriptions
    asked: Mapping[str, Asked]
    rest: Mapping[str, str]
    taxonomy: Taxonomy
    tagger: SkillTagger

    def rows(
        self, connection: psycopg.Connection, cache: DocumentCache, pairs: pa.Table, hashes: list[str | None]
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows to write: first those without a match, then, segment by segment, those with one."""
        import pyarrow as pa

        described = np.array([self.descriptions.rows.get(key, -1) for key in pairs["requisition_id"].to_pylist()])
        reasons = _reasons(pairs, described)
        for reason in sorted(set(reasons) - {""}):
            yield _without_match(self.batch_id, pairs.filter(pa.array(reasons == reason)), reason)
        is_matched = reasons == ""
        matched, rows = pairs.filter(pa.array(is_matched)), described[is_matched]
        kept = [key for key, is_kept in zip(hashes, is_matched, strict=True) if is_kept]
        for chunk in read_chunks(cache, kept, self.descriptions.words):
            is_empty = chunk.lengths == 0
            yield _without_match(self.batch_id, matched.take(chunk.pairs[is_empty]), NO_TEXT)
            found = chunk.take(~is_empty)
            own = [kept[pair] or "" for pair in found.pairs.tolist()]
            yield self._with_match(connection, matched.take(found.pairs), own, found.counts, rows[found.pairs])

    def _with_match(
        self,
        connection: psycopg.Connection,
        pairs: pa.Table,
        hashes: list[str],
        counts: csr_array,
        described: NDArray[np.int64],
    ) -> pa.RecordBatch:
        earned = self.descriptions.weights[described].multiply(counts.astype(bool)).tocsr()
        words = words_found(self.descriptions.asked[described], earned, self.descriptions.words)
        t, evidence = [], []
        people = self._people(connection, pairs, hashes)
        for r, found, requisition, person in zip(
            relevance(earned).tolist(), words, pairs["requisition_id"].to_pylist(), people, strict=True
        ):
            asked = self.asked.get(requisition, NOTHING_ASKED)
            share, requirements = met_by(asked, person(asked))
            t.append(technical_match(r, share))
            parts = {"relevance": round(r, 4), "requirements_met": None if share is None else round(share, 4)}
            evidence.append(json.dumps(found | parts | {"requirements": requirements}, ensure_ascii=False))
        return _rows(self.batch_id, pairs, t, [None] * pairs.num_rows, evidence)

    def _people(
        self, connection: psycopg.Connection, pairs: pa.Table, hashes: list[str]
    ) -> Iterator[Callable[[Asked], Person]]:
        """Yield what gives each pair's person, with the skills asked for that only a search finds."""
        applicants = read_applicants(connection, _versions(pairs))
        forms = zip(pairs["years_experience"].to_pylist(), pairs["highest_degree"].to_pylist(), strict=True)
        for version, key, form in zip(_versions(pairs), hashes, forms, strict=True):
            applicant = applicants[version]
            if key in self.rest:
                applicant = applicant.saying(self.rest[key], self.taxonomy, self.tagger)
            yield partial(_person, applicant, form)


def _person(applicant: Applicant, form: tuple[float | None, str | None], asked: Asked) -> Person:
    return with_form(applicant.finding(asked.unlisted), *form)


def technical_match(relevance: float, requirements_met: float | None) -> float:
    """Join relevance and the share of requirements met into t, in [0, 1]: their mean, or what there is (0025)."""
    return relevance if requirements_met is None else (relevance + requirements_met) / 2


def _reasons(pairs: pa.Table, described: NDArray[np.int64]) -> NDArray[np.str_]:
    """Say why each pair has no match; empty where it may have one."""
    has_resume = pairs["resume_id"].is_valid().to_numpy(zero_copy_only=False)
    has_text = pairs["content_hash"].is_valid().to_numpy(zero_copy_only=False)
    unreadable = pairs["unreadable_reason"].fill_null(NO_TEXT).to_numpy(zero_copy_only=False)
    conditions = [described < 0, ~has_resume, ~has_text]
    reasons: NDArray[np.str_] = np.select(conditions, [NO_DESCRIPTION, NO_RESUME, unreadable], default="")
    return reasons


def _without_match(batch_id: int, pairs: pa.Table, reason: str) -> pa.RecordBatch:
    empty = [None] * pairs.num_rows
    return _rows(batch_id, pairs, empty, [reason] * pairs.num_rows, empty)


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
