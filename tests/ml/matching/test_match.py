"""The match step on a real warehouse: who gets a t, from which facts, and what is stored beside it."""

from __future__ import annotations

import datetime as dt
import random
import shutil

import pytest

from ml.matching.corpus import quarter_start, read_corpus
from ml.matching.documents import DocumentCache
from ml.matching.match import match_batch
from ml.organisation import Organisation
from ml.scores.batch import open_batch
from ml.warehouse.roles import OWNER
from tests.ml.resumes.factories import land_texts
from tests.ml.scores.world import AS_OF, BEFORE, MIDNIGHT, apply, describe, insert, make_marts, rows, submit

DAY = dt.timedelta(days=1)
EVERYBODY = Organisation(name="demo", parts=("resumes",), population="all")
# One of a description's two equal words, said once, before there was a corpus.
ONE_OF_TWO = pytest.approx(0.5)
# Of a description that was not read.
NOTHING_ASKED = {"requirements": [], "requirements_met": None}


@pytest.fixture
def world(fresh_warehouse):
    make_marts(fresh_warehouse)
    return fresh_warehouse


def match(warehouse, folder, as_of=AS_OF):
    land_texts(warehouse)
    batch = open_batch(warehouse, EVERYBODY, as_of, {})
    match_batch(warehouse, batch, cache_folder=folder)
    found = rows(
        warehouse,
        """select application_id, technical_match, unmatched_reason, evidence
           from scores.match_evidence where batch_id = %s""",
        batch,
    )
    return {application: rest for application, *rest in found}


def candidate(warehouse, application, text, requisition="R-1", **when):
    apply(warehouse, application, requisition)
    submit(warehouse, application, requisition, resume=f"CV-{application}", text=text, **when)


def test_everybody_has_a_match_with_evidence_or_a_reason(world, tmp_path):
    describe(world, "R-1", "Java and Python")
    describe(world, "R-2", None)
    describe(world, "R-3", "the 42")
    candidate(world, "A-1", "java, java")
    candidate(world, "A-2", "gardening")
    candidate(world, "A-3", None)
    candidate(world, "A-4", "12345 -- 2019")
    candidate(world, "A-5", "java", "R-2")
    candidate(world, "A-6", "java", "R-3")
    apply(world, "A-7")
    submit(world, "A-7")
    apply(world, "A-8", "R-9")
    no_text, no_description = "the resume has no readable text", "the requisition has no description"
    assert match(world, tmp_path) == {
        # One of two words that weigh the same; that it is said twice is no more.
        "A-1": [ONE_OF_TWO, None, {**NOTHING_ASKED, "matched": ["java"], "missing": ["python"], "relevance": 0.5}],
        "A-2": [0.0, None, {**NOTHING_ASKED, "matched": [], "missing": ["java", "python"], "relevance": 0.0}],
        "A-3": [None, "unreadable: empty file", None],
        "A-4": [None, no_text, None],
        "A-5": [None, no_description, None],
        "A-6": [None, no_description, None],
        "A-7": [None, "there is no resume", None],
        "A-8": [None, no_description, None],
    }


def test_repeating_words_earns_no_more_than_everything(world, tmp_path):
    describe(world, "R-1", "java python")
    candidate(world, "A-1", "java python " * 5)
    assert match(world, tmp_path)["A-1"][0] == 1


def test_only_what_was_recorded_before_the_as_of_date_is_read(world, tmp_path):
    describe(world, "R-1", "java python")
    describe(world, "R-1", "cobol fortran", recorded_at=MIDNIGHT)
    candidate(world, "A-1", "java")
    insert(
        world, "landing.resumes", resume_id="CV-A-1", candidate_id="C-1", received_at=BEFORE,
        content_text="java python cobol", recorded_at=MIDNIGHT,
    )  # fmt: skip
    candidate(world, "A-2", "java python", received_at=MIDNIGHT)
    found = match(world, tmp_path)
    assert found["A-1"][0] == ONE_OF_TWO
    assert found["A-2"][:2] == [None, "there is no resume"]


def test_a_corrected_resume_is_read_in_its_newest_version(world, tmp_path):
    describe(world, "R-1", "java python")
    candidate(world, "A-1", "gardening")
    insert(
        world, "landing.resumes", resume_id="CV-A-1", candidate_id="C-1", received_at=BEFORE,
        content_text="java", recorded_at=BEFORE + DAY,
    )  # fmt: skip
    assert match(world, tmp_path)["A-1"][0] == ONE_OF_TWO


def test_one_more_applicant_changes_nobody_elses_match(world, tmp_path):
    describe(world, "R-1", "java python")
    for number in range(4):
        candidate(world, f"A-{number}", f"java {'filler ' * number}", received_at=MIDNIGHT - 60 * DAY)
    before = match(world, tmp_path)
    candidate(world, "A-9", "python python python")
    after = match(world, tmp_path)
    assert {key: after[key] for key in before} == before
    assert "A-9" in after


def test_the_corpus_is_the_resumes_received_before_the_quarter(world, tmp_path):
    describe(world, "R-1", "java python")
    start = quarter_start(AS_OF)
    assert start.date() == dt.date(2026, 10, 1)
    candidate(world, "A-1", "java x y", received_at=start - DAY)
    candidate(world, "A-2", "java", received_at=start - DAY)
    candidate(world, "A-3", "python", received_at=start)
    # Received in time, but nobody knew before the quarter had started.
    insert(
        world, "landing.resumes", resume_id="CV-late", candidate_id="C-9", received_at=start - DAY,
        content_text="python", recorded_at=start,
    )  # fmt: skip
    match(world, tmp_path)
    corpora = "select corpus_id, quarter_start, tokeniser, documents from scores.match_corpora"
    ((corpus_id, *corpus),) = rows(world, corpora)
    assert corpus == [dt.date(2026, 10, 1), "words-1", 2]
    terms = "select term, documents from scores.match_statistics where corpus_id = %s order by term"
    assert rows(world, terms, corpus_id) == [("java", 2), ("x", 1), ("y", 1)]
    # The same corpus for the rest of the quarter, whoever applies.
    candidate(world, "A-4", "python", received_at=MIDNIGHT - DAY)
    match(world, tmp_path)
    assert len(rows(world, corpora)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_corpus_made_of_an_earlier_one_is_the_corpus_counted_from_scratch(world, tmp_path, seed):
    generator = random.Random(seed)
    start = quarter_start(AS_OF)
    for number in range(40):
        # Received and recorded around the ends of two quarters; corrected versions, one without a text.
        received = start + generator.uniform(-180, 20) * DAY
        for version in range(generator.choice([1, 1, 2, 3])):
            words = " ".join(
                generator.choices(["java", "sql", "cook", "excel", f"own{number}v{version}"], k=generator.randint(1, 6))
            )
            insert(
                world, "landing.resumes", resume_id=f"CV-{number}", candidate_id="C", content_text=generator.choice([words, words, None]),
                received_at=received, recorded_at=received + (version + generator.random()) * 50 * DAY,
            )  # fmt: skip
    land_texts(world)
    cache = DocumentCache(tmp_path)
    words = [
        "java",
        "sql",
        "cook",
        "excel",
        *(f"own{number}v{version}" for number in range(40) for version in range(3)),
    ]
    for quarter in (dt.date(2026, 4, 1), dt.date(2026, 7, 1)):
        read_corpus(world, cache, quarter_start(quarter), words)
    in_steps = read_corpus(world, cache, start, words)
    with world.connect(OWNER) as connection:
        connection.execute("truncate scores.match_corpora, scores.match_statistics, matching.submitted_matches")
    assert read_corpus(world, cache, start, words) == in_steps
    assert in_steps.documents > 10


def test_history_loaded_later_makes_a_new_corpus_and_keeps_the_old(world, tmp_path):
    describe(world, "R-1", "java python")
    candidate(world, "A-1", "java")
    match(world, tmp_path)
    candidate(world, "A-2", "java", received_at=BEFORE - 60 * DAY)
    match(world, tmp_path)
    assert rows(world, "select documents from scores.match_corpora order by documents") == [(0,), (1,)]


def test_the_same_text_of_two_people_counts_twice(world, tmp_path):
    describe(world, "R-1", "java python")
    for number in range(2):
        candidate(world, f"A-{number}", "java", received_at=MIDNIGHT - 60 * DAY)
    found = match(world, tmp_path)
    assert found["A-0"] == found["A-1"]
    assert rows(world, "select term, documents from scores.match_statistics") == [("java", 2)]


def test_the_cache_saves_work_and_can_be_deleted(world, tmp_path):
    describe(world, "R-1", "java python")
    candidate(world, "A-1", "java")
    first = match(world, tmp_path / "cache")
    (segment,) = (tmp_path / "cache").iterdir()
    written = segment.stat().st_mtime_ns
    candidate(world, "A-2", "python")
    match(world, tmp_path / "cache")
    # Only the new resume was tokenised, into a segment of its own.
    assert len(list((tmp_path / "cache").iterdir())) == 2
    assert segment.stat().st_mtime_ns == written
    shutil.rmtree(tmp_path / "cache")
    assert match(world, tmp_path / "cache")["A-1"] == first["A-1"]


def test_nobody_to_match(world, tmp_path):
    apply(world, "A-1", is_open=False)
    batch = open_batch(world, Organisation(name="demo", parts=("resumes",)), AS_OF, {})
    assert match_batch(world, batch, cache_folder=tmp_path) == 0
