"""The whole reading of one resume, with the real redaction and facts."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from ml.organisation import ReadingLimits
from ml.resumes.reader import Resume, make_reader
from tests.ml.resumes.reading.files import docx, html, odt, pdf, rtf

LIMITS = ReadingLimits()
DAY = dt.date(2026, 3, 31)
LINES = [
    "Jane Roe",
    "jane.roe@example.org",
    "",
    "EXPERIENCE",
    "Senior Engineer, Acme Ltd, March 2019 – present",
    "• Built payment services with Java and Kubernetes",
    "Engineer, Initech Inc, January 2015 – February 2019",
    "• Wrote reports with Python",
    "",
    "EDUCATION",
    "Bachelor of Science in Mathematics, University of Toledo, 2014",
    "",
    "SKILLS",
    "Java, Python, SQL",
]
PROFILE = {
    "basics": {"name": "Jane Roe", "email": "jane.roe@example.org"},
    "work": [
        {"position": "Senior Engineer", "name": "Acme Ltd", "startDate": "2019-03", "summary": "Built payment services with Java and Kubernetes"},
        {"position": "Engineer", "name": "Initech Inc", "startDate": "2015-01", "endDate": "2019-02", "summary": "Wrote reports with Python"},
    ],
    "education": [{"studyType": "Bachelor of Science", "area": "Mathematics", "institution": "University of Toledo", "endDate": "2014"}],
    "skills": ["Java", "Python", "SQL"],
}  # fmt: skip
FILES = {
    "txt": "\r\n".join(LINES).encode(),
    "text": "\n".join(LINES),
    "pdf": pdf(LINES),
    "docx": docx(LINES),
    "odt": odt(LINES),
    "rtf": rtf(LINES),
    "html": html(LINES),
    "profile": json.dumps(PROFILE),
}


@pytest.fixture(scope="module")
def reader():
    return make_reader(LIMITS)


def read(reader, content):
    reading = reader(Resume("hash", len(content), content, None, (DAY,)))
    assert reading.unreadable_reason is None
    return reading


def compared(reading):
    """Give the facts without their places, which differ by the white space between lines."""
    facts = reading.facts[DAY]
    return (
        {(skill.skill, skill.years) for skill in facts.skills},
        [(degree.level, degree.field_of_study, degree.institution) for degree in facts.degrees],
        [replace(position, span=None) for position in facts.positions],
        facts.experience_years,
    )


@pytest.mark.parametrize("kind", FILES)
def test_the_same_resume_gives_the_same_facts_in_every_kind_of_file(reader, kind):
    skills, degrees, positions, years = compared(read(reader, FILES[kind]))
    assert compared(read(reader, FILES[kind])) == compared(read(reader, FILES["txt"]))
    # Seven years and a month until the end of March 2026, four years and two months before.
    assert years == pytest.approx(7 + 1 / 12 + 4 + 2 / 12)
    assert {"java", "python", "sql", "kubernetes"} <= {skill for skill, _ in skills}
    assert [level for level, _, _ in degrees] == ["bachelor"]
    assert [(position.employer, position.is_current) for position in positions] == [
        ("Acme Ltd", True),
        ("Initech Inc", False),
    ]


@pytest.mark.parametrize("kind", FILES)
def test_the_person_is_in_no_text(reader, kind):
    text = read(reader, FILES[kind]).document.text
    assert "Jane" not in text
    assert "example.org" not in text


def test_spans_are_places_in_the_stored_text(reader):
    reading = read(reader, FILES["docx"])
    (degree,) = reading.facts[DAY].degrees
    assert "Bachelor of Science" in reading.document.text[degree.span.start : degree.span.end]


def test_what_is_known_is_not_read_again(reader):
    known = read(reader, FILES["txt"]).document
    reading = reader(Resume("hash", 9, None, known, (DAY, DAY.replace(year=2027))))
    assert reading.document == known
    # A year later, "present" is a year longer.
    first, second = (facts.experience_years for facts in reading.facts.values())
    assert second - first == pytest.approx(1)
