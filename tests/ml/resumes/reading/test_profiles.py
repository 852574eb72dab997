"""Social profiles: both layouts give the same text, and nothing of the person."""

from __future__ import annotations

import json

import pytest

from ml.resumes.reading.errors import UnreadableError
from ml.resumes.reading.profiles import profile_text

JSON_RESUME = {
    "basics": {
        "name": "Jane Roe", "label": "Engineer", "image": "https://example.org/jane.jpg", "email": "jane@example.org",
        "phone": "555-0100", "url": "https://example.org/jane", "summary": "Builds payment services.",
        "location": {"address": "1 Main St", "postalCode": "12345", "city": "Springfield"}, "profiles": [{"username": "janer"}],
    },
    "work": [
        {"name": "Acme", "position": "Senior Engineer", "startDate": "2019-03-01", "summary": "Payments.", "highlights": ["Led a team"]},
        {"name": "Initech", "position": "Engineer", "startDate": "2015-01", "endDate": "2019-02"},
    ],
    "education": [{"institution": "MIT", "area": "Computer Science", "studyType": "Bachelor", "startDate": "2005", "endDate": "2008"}],
    "skills": [{"name": "Java", "keywords": ["Spring", "Maven"]}, {"name": "SQL"}],
    "certificates": [{"name": "CKA", "issuer": "CNCF", "date": "2021-11-07"}],
    "languages": [{"language": "French"}],
}  # fmt: skip
LINKEDIN = {
    "firstName": "Jane", "lastName": "Roe", "headline": "Engineer", "summary": "Builds payment services.", "birthDate": {"year": 1985},
    "pictureUrl": "https://example.org/jane.jpg", "address": "1 Main St", "emailAddress": "jane@example.org",
    "positions": {"values": [
        {"title": "Senior Engineer", "company": {"name": "Acme"}, "startDate": {"year": 2019, "month": 3}, "isCurrent": True,
         "description": "Payments.", "highlights": ["Led a team"]},
        {"title": "Engineer", "companyName": "Initech", "startDate": {"year": 2015, "month": 1}, "endDate": {"year": 2019, "month": 2}},
    ]},
    "educations": [{"schoolName": "MIT", "degree_name": "Bachelor", "Field Of Study": "Computer Science", "startDate": 2005, "endDate": 2008}],
    "skills": [{"name": "Java", "keywords": ["Spring", "Maven"]}, "SQL"],
    "certifications": [{"name": "CKA", "authority": "CNCF"}],
}  # fmt: skip
TEXT = """Engineer
Builds payment services.

Experience
Senior Engineer, Acme
March 2019 - present
Payments.
- Led a team

Engineer, Initech
January 2015 - February 2019

Education
Bachelor in Computer Science, MIT
2005 - 2008

Skills
Java, Spring, Maven

SQL

Certifications
CKA, CNCF"""


@pytest.mark.parametrize("profile", [JSON_RESUME, LINKEDIN], ids=["JSON Resume", "LinkedIn"])
def test_both_layouts_give_the_same_text(profile):
    assert profile_text(json.dumps(profile)) == TEXT


def test_sections_that_are_one_text_are_taken_as_they_are():
    profile = {
        "name": "Jane",
        "summary": "Builds.",
        "experience": "Engineer, Acme\n2019 - 2021",
        "technology": "Java, SQL",
    }
    assert (
        profile_text(json.dumps(profile)) == "Builds.\n\nExperience\nEngineer, Acme\n2019 - 2021\n\nSkills\nJava, SQL"
    )


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"startDate": "2019"}, "2019 - present"),
        ({"startDate": "March 2019", "endDate": "May 2020"}, "March 2019 - May 2020"),
        ({"endDate": 2020}, "2020"),
        ({"startDate": {"year": 2019, "month": 13}}, "2019 - present"),
        ({}, ""),
    ],
)
def test_dates_however_they_are_written(dates, expected):
    text = profile_text(json.dumps({"work": [{"position": "Cook", **dates}]}))
    assert text == f"Experience\nCook\n{expected}".strip()


def test_strange_values_are_passed_over():
    profile = {
        "basics": [1],
        "work": [{"position": ["Cook"], "name": None, "highlights": [{"a": 1}, 5]}],
        "skills": {"name": "SQL"},
    }
    assert profile_text(json.dumps(profile)) == "Experience\n- 5\n\nSkills\nSQL"


@pytest.mark.parametrize("profile", [{}, {"name": "Jane"}, {"work": []}])
def test_json_that_is_no_profile(profile):
    with pytest.raises(UnreadableError, match=r"^JSON that is no profile: it has no work, education or skills$"):
        profile_text(json.dumps(profile))
