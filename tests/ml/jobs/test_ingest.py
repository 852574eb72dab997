"""Sources and inbox: what is loaded, and what is passed over."""

import logging
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ml.jobs import NothingToDoError, ingest
from ml.jobs.dates import Trigger
from tests.ml.load.factories import APPLICATIONS, BASE, REQUISITIONS, rejections, rows, write


@pytest.fixture
def load(caplog):
    """Load, and give what was said."""
    caplog.set_level(logging.INFO, logger="ml.jobs")

    def run() -> list[str]:
        caplog.clear()
        ingest.load_sources()
        return [record.getMessage() for record in caplog.records]

    return run


def test_an_empty_inbox_is_no_error(installation, load):
    assert load() == []


def test_the_inbox_and_its_folders_are_loaded_once(installation, inbox, load):
    write(inbox, {"requisitions.csv": REQUISITIONS})
    write(inbox / "2025-01-03", {name: BASE[name] for name in ("candidates.csv", "applications.csv")})
    assert load() == ["inbox: 1 loaded, 0 unchanged, 0 rejected", "2025-01-03: 2 loaded, 0 unchanged, 0 rejected"]
    assert load() == []


def test_a_changed_file_is_loaded_with_its_folder(installation, inbox, load):
    write(inbox, BASE)
    load()
    write(inbox, {"applications.csv": APPLICATIONS + APPLICATIONS.splitlines()[1].replace("a1", "a2") + "\n"})
    # One new application; the other, its candidate and its requisition were there.
    assert load() == ["inbox: 1 loaded, 3 unchanged, 0 rejected"]


def test_a_file_with_rejected_rows_is_tried_again(installation, inbox, load):
    write(inbox, {"applications.csv": APPLICATIONS})
    assert load() == ["inbox: 0 loaded, 0 unchanged, 1 rejected"]
    assert len(rejections(installation.warehouse)) == 1
    # What it refers to comes later.
    write(inbox, {name: BASE[name] for name in ("requisitions.csv", "candidates.csv")})
    assert load() == ["inbox: 3 loaded, 0 unchanged, 0 rejected"]
    assert load() == []


def test_other_files_are_no_delivery(installation, inbox, load):
    write(inbox, {"notes.txt": "call the agency"})
    write(inbox / "empty", {})
    assert load() == []


def test_sources_are_loaded_from_beside_the_organisation_file(install, tmp_path, load):
    write(tmp_path / "export", BASE)
    installation = install("sources: [{folder: export}]\n")
    assert load() == ["export: 3 loaded, 0 unchanged, 0 rejected"]
    assert load() == ["export: 0 loaded, 3 unchanged, 0 rejected"]
    assert rows(installation.warehouse, "select count(*) from landing.applications") == [(1,)]


def test_the_date_is_the_organisations_or_the_day_in_utc(install):
    # Half past one on the 2nd in Delhi is eight in the evening of the 1st in UTC.
    moment = datetime(2026, 7, 2, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    install()
    assert ingest.default_date(Trigger(moment)) == date(2026, 7, 1)
    install("as_of_date: 2001-10-01\n")
    assert ingest.default_date(Trigger(datetime.now(UTC))) == date(2001, 10, 1)


def test_resumes_are_read_where_the_organisation_has_them(install, inbox, load, caplog):
    resumes = "resume_id,candidate_id,received_at,content_text,recorded_at\n"
    resumes += "v1,c1,2025-01-01T00:00Z,Ten years of Java,2025-01-01T00:00Z\n"
    write(inbox, {**BASE, "resumes.csv": resumes})
    load()
    ingest.read()
    assert caplog.messages[-1] == "1 resumes read now; 1 have a text, none is unreadable"
    ingest.read()
    assert caplog.messages[-1] == "0 resumes read now; 1 have a text, none is unreadable"
    installation = install("parts: [screening]\n")
    with pytest.raises(NothingToDoError) as nothing:
        ingest.read()
    assert str(nothing.value) == f"{installation.organisation.name} has no resumes, so that there is nothing to read."


def test_resumes_are_matched_where_the_organisation_has_them(install, inbox, load, caplog):
    described = REQUISITIONS.replace("title,", "title,description,").replace("Analyst,", "Analyst,Must have: SQL,")
    write(inbox, BASE | {"requisitions.csv": described})
    load()
    ingest.match(date(2026, 7, 1))
    assert caplog.messages[-2:] == ["1 descriptions read", "1 applications matched"]
    ingest.match(date(2026, 7, 1))
    assert caplog.messages[-2:] == ["0 descriptions read", "0 applications matched"]
    installation = install("parts: [screening]\n")
    with pytest.raises(NothingToDoError) as nothing:
        ingest.match(date(2026, 7, 1))
    assert str(nothing.value) == (
        f"{installation.organisation.name} has no resumes, so that there is nothing to match."
    )
