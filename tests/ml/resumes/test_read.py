"""The task on a real warehouse: from what landed to texts and facts, each read once."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import replace

import psycopg
import pytest

from ml.organisation import ReadingLimits
from ml.resumes import read, write
from ml.resumes.read import read_resumes
from ml.resumes.summary import describe_texts
from ml.warehouse.roles import ERASER, LOADER, OWNER, TRAINER
from tests.ml.resumes.reading.files import archive, docx, pdf
from tests.ml.resumes.simple_reader import make_work
from tests.ml.scores.world import insert, rows

LIMITS = ReadingLimits(seconds=2)
MOMENT = dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def land(warehouse, resume, content, *, received_at=MOMENT, recorded_at=None, name=None):
    column = "content_text" if isinstance(content, str) else "content"
    insert(
        warehouse, "landing.resumes", resume_id=resume, candidate_id="C", received_at=received_at, file_name=name,
        recorded_at=recorded_at or received_at, **{column: content},
    )  # fmt: skip


def run(warehouse, limits=LIMITS, say=str):
    return read_resumes(warehouse, limits, say=say, make_work=make_work)


def texts(warehouse):
    """Give text or reason of every version, in the order of the keys."""
    query = "select coalesce(content_text, unreadable_reason) from resumes.texts order by resume_id, recorded_at"
    return [text for (text,) in rows(warehouse, query)]


def test_a_resume_becomes_a_text_and_facts(fresh_warehouse):
    land(fresh_warehouse, "CV-1", docx(["Jane Roe", "Java"]), name="cv.pdf")
    assert run(fresh_warehouse) == 1
    ((*text, source_hash, content_hash),) = rows(
        fresh_warehouse,
        """select resume_id, recorded_at, received_at, media_kind, is_misnamed, pages, content_text, unreadable_reason, limits,
           source_hash, content_hash from resumes.texts""",
    )
    assert text == ["CV-1", MOMENT, MOMENT, "docx", True, None, "Roe\nJava", None, None]
    assert source_hash == hashlib.sha256(docx(["Jane Roe", "Java"])).hexdigest()
    assert content_hash == hashlib.sha256(b"Roe\nJava").hexdigest()
    key = ("CV-1", MOMENT)
    assert rows(fresh_warehouse, "select * from resumes.skills") == [(*key, "java", 31.0, "taxonomy", 4, 8)]
    assert rows(fresh_warehouse, "select * from resumes.degrees") == [(*key, "master", "maths", None, 0, 8)]
    assert rows(fresh_warehouse, "select * from resumes.positions") == [
        (*key, "Acme", None, dt.date(2026, 1, 1), None, True, 0, 8)
    ]
    assert rows(fresh_warehouse, "select * from resumes.certifications") == [(*key, "cka", 0, 8)]
    assert rows(fresh_warehouse, "select * from resumes.experience") == [(*key, 2.5)]


def test_whatever_lands_has_a_text_or_a_reason_and_the_others_go_on(fresh_warehouse):
    landed = {
        "01": (pdf(["Java"]), "Java"),
        "02": (pdf([]), "unreadable: PDF without text: scanned pages are not recognised (no OCR)"),
        "03": ("hang", "unreadable: reading it took longer than 2 s"),
        "04": ("Java", "Java"),
        "05": ("die", "unreadable: reading it ended its process (exit code -6; its memory is limited to 1,000 MB)"),
        "06": ("break", "unreadable: reading it failed (ValueError)"),
        "07": (b"", "unreadable: empty file"),
        "08": (b"\x00\x01", "unreadable: not a kind of file that resumes are read from"),
        "09": (b"x" * 20_000_001, "unreadable: 20.0 MB, more than the 20 that a resume may have"),
        "10": ("Java?", "Java?"),
    }
    for resume, (content, _) in landed.items():
        land(fresh_warehouse, resume, content)
    assert run(fresh_warehouse) == 10
    assert texts(fresh_warehouse) == [expected for _, expected in landed.values()]
    # Only what has a text has facts; the last one has no dates.
    assert rows(fresh_warehouse, "select resume_id, experience_years from resumes.experience order by resume_id") == [
        ("01", 2.5), ("04", 2.5), ("10", None),
    ]  # fmt: skip
    assert describe_texts(fresh_warehouse) == (
        "3 have a text, 7 unreadable: 1 PDF without text: scanned pages are not "
        "recognised (no OCR); 1 empty file; 1 not a kind of file that resumes are read from; 1 reading it ended its process "
        "(exit code -…; its memory is limited to … MB); 1 reading it failed (ValueError); 1 reading it took longer than … s; "
        "1 … MB, more than the … that a resume may have"
    )


def test_memory_of_the_process_is_limited(fresh_warehouse):
    # An archive of 350 MB is within its own limit here, but has to be unpacked in memory.
    land(fresh_warehouse, "CV-1", archive(mimetype="application/vnd.oasis.opendocument.text", content_xml=bytes(350_000_000),
                                          **{"META-INF__manifest_xml": "<a/>"}))  # fmt: skip
    run(fresh_warehouse, replace(LIMITS, memory_megabytes=300, unpacked_megabytes=400))
    assert texts(fresh_warehouse) == ["unreadable: reading it takes more than 300 MB of memory"]


def counted(warehouse, monkeypatch):
    """Run, and give how many files were handed to the processes, and how many of them with what is known already."""
    given = []
    distinct = read._distinct

    def spy(landed):
        for resume in distinct(landed):
            given.append(resume.known is not None)
            yield resume

    monkeypatch.setattr(read, "_distinct", spy)
    run(warehouse)
    monkeypatch.setattr(read, "_distinct", distinct)
    return len(given), sum(given)


def test_nothing_is_read_twice(fresh_warehouse, monkeypatch):
    for number in range(3):
        land(fresh_warehouse, f"CV-{number}", "Jane Java")
    land(fresh_warehouse, "CV-3", "Jane Java", received_at=MOMENT + DAY)
    # One file, on two days.
    assert counted(fresh_warehouse, monkeypatch) == (1, 0)
    years = "select resume_id, years from resumes.skills order by resume_id"
    assert rows(fresh_warehouse, years) == [("CV-0", 31.0), ("CV-1", 31.0), ("CV-2", 31.0), ("CV-3", 1.0)]
    assert counted(fresh_warehouse, monkeypatch) == (0, 0)
    # The same bytes later: their text is known, only the facts of that day are not.
    land(fresh_warehouse, "CV-4", "Jane Java", received_at=MOMENT + 2 * DAY)
    land(fresh_warehouse, "CV-0", "Jane SQL", recorded_at=MOMENT + DAY)
    assert counted(fresh_warehouse, monkeypatch) == (2, 1)
    assert texts(fresh_warehouse) == ["Java", "SQL", "Java", "Java", "Java", "Java"]
    assert rows(fresh_warehouse, years)[-1] == ("CV-4", 2.0)


def test_another_version_of_the_facts_reads_the_stored_text(fresh_warehouse, monkeypatch):
    land(fresh_warehouse, "CV-1", "Jane Java")
    land(fresh_warehouse, "CV-2", b"")
    run(fresh_warehouse)
    for module in (read, write):
        monkeypatch.setattr(module, "FACTS", "facts-0")
    assert counted(fresh_warehouse, monkeypatch) == (2, 1)
    assert rows(fresh_warehouse, "select distinct facts_version from resumes.texts") == [("facts-0",)]
    assert rows(fresh_warehouse, "select count(*) from resumes.skills") == [(1,)]


def test_another_reader_reads_everything_again(fresh_warehouse, monkeypatch):
    land(fresh_warehouse, "CV-1", "Jane Java")
    run(fresh_warehouse)
    for module in (read, write):
        monkeypatch.setattr(module, "READER", "text-0")
    assert counted(fresh_warehouse, monkeypatch) == (1, 0)
    assert rows(fresh_warehouse, "select reader from resumes.texts") == [("text-0",)]


def test_other_limits_read_the_unreadable_again(fresh_warehouse):
    land(fresh_warehouse, "CV-1", pdf(["a"], ["b"]))
    land(fresh_warehouse, "CV-2", pdf(["a"]))
    assert run(fresh_warehouse, replace(LIMITS, pages=1)) == 2
    assert texts(fresh_warehouse) == ["unreadable: 2 pages, more than the 1 that a resume may have", "a"]
    assert run(fresh_warehouse, replace(LIMITS, pages=1)) == 0
    assert run(fresh_warehouse) == 1
    assert texts(fresh_warehouse) == ["a\n\nb", "a"]


def test_a_run_that_broke_off_goes_on_where_it_was(fresh_warehouse, monkeypatch):
    for number in range(5):
        land(fresh_warehouse, f"CV-{number}", f"Java {number}")
    monkeypatch.setattr(read, "RESUMES_PER_CHUNK", 2)
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("alter table resumes.skills add constraint refused check (resume_id <> 'CV-3')")
    with pytest.raises(psycopg.errors.CheckViolation):
        run(fresh_warehouse)
    # The second chunk left nothing, not even CV-2.
    assert texts(fresh_warehouse) == ["Java 0", "Java 1"]
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("alter table resumes.skills drop constraint refused")
    assert run(fresh_warehouse) == 3
    assert len(texts(fresh_warehouse)) == 5


def test_chunks_hold_no_more_bytes_than_memory_may(fresh_warehouse, monkeypatch):
    for number in range(4):
        land(fresh_warehouse, f"CV-{number}", f"{number} {'x' * 100}")
    chunks = []
    landed = read._landed

    def spy(connection, keys, limits):
        chunks.append([resume for resume, _ in keys])
        return landed(connection, keys, limits)

    monkeypatch.setattr(read, "_landed", spy)
    monkeypatch.setattr(read, "BYTES_PER_CHUNK", 250)
    run(fresh_warehouse)
    assert chunks == [["CV-0", "CV-1"], ["CV-2", "CV-3"]]


def test_progress_is_said(fresh_warehouse, monkeypatch):
    said = []
    monkeypatch.setattr(read, "_SECONDS_BETWEEN_REPORTS", 0)
    for resume in ("CV-1", "CV-2"):
        land(fresh_warehouse, resume, "Java")
    land(fresh_warehouse, "CV-3", "SQL")
    run(fresh_warehouse, say=said.append)
    assert [re.sub(r", [\d,]+ a second", "", message) for message in said] in (
        ["2 of 3 resumes read", "3 of 3 resumes read"],
        ["1 of 3 resumes read", "3 of 3 resumes read"],
    )


def test_nothing_landed(fresh_warehouse):
    assert run(fresh_warehouse) == 0
    assert describe_texts(fresh_warehouse) == "0 have a text, none is unreadable"


def test_who_may_read_and_delete(fresh_warehouse):
    land(fresh_warehouse, "CV-1", "Java")
    run(fresh_warehouse)
    for table in ("texts", "skills", "degrees", "positions", "certifications", "experience"):
        count = f"select count(*) from resumes.{table}"
        assert rows(fresh_warehouse, count, role=TRAINER) == [(1,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(fresh_warehouse, count, role=LOADER)
    # Facts go with the text they are from.
    with fresh_warehouse.connect(ERASER) as connection:
        connection.execute("delete from resumes.texts where resume_id = 'CV-1'")
    for table in ("skills", "degrees", "positions", "certifications", "experience"):
        assert rows(fresh_warehouse, f"select count(*) from resumes.{table}") == [(0,)]
