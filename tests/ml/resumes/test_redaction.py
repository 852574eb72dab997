"""What is dropped of a resume, and what stays."""

from __future__ import annotations

import random
import re

import pytest

from ml.resumes.redaction import DROPPED, redact

RESUME = """Maria van der Berg
Senior Software Engineer
12 Rose Lane, Leeds LS1 4AP | +44 113 496 0999 | maria.berg@example.org
linkedin.com/in/mariaberg

PROFILE
Engineer with 8 years of experience in Java and C++.

EXPERIENCE
Acme Ltd., Developer, 06.2015 - 08.2018
Grand Motors, Lead Developer, 2018 - 2021
- Led 12 people; cut costs by 30 000 000 euro.

PERSONAL DETAILS
Date of Birth: 12 May 1988
Marital status: married, two children
Nationality: Dutch
Languages: Dutch, English

I declare that this is true. Maria van der Berg
"""


def test_the_person_goes_and_the_work_stays() -> None:
    redacted = redact(RESUME)
    for gone in (
        "Maria",
        "Berg",
        "Rose Lane",
        "LS1",
        "0999",
        "example.org",
        "1988",
        "married",
        "children",
        "Dutch\nLang",
    ):
        assert gone not in redacted
    for kept in (
        "Senior Software Engineer", "8 years of experience in Java and C++", "06.2015 - 08.2018", "2018 - 2021",
        "Acme Ltd., Developer", "Languages: Dutch, English", "30 000 000 euro", "PERSONAL DETAILS",
    ):  # fmt: skip
        assert kept in redacted


@pytest.mark.parametrize(
    "line",
    [
        "Name: Jane Doe",
        "Father's Name : John Doe",
        "DOB: 01/02/1990",
        "D.O.B. - 1990-02-01",
        "Age: 34",
        "Gender: Female",
        "Religion: none",
        "Staatsangehörigkeit: deutsch",
        "Familienstand: ledig",
        "Visa status: H1B",
        "Passport No: X1234567",
        "Permanent Address: 4 Hill Road, Pune - 411001",
        "Mobile: 98765 43210",
        "Tel. 0113 496 0999",
        "(555) 010-9999",
        "+1-555-010-9999",
        "jane_doe@example.com",
        "https://janedoe.example/cv",
        "github.com/janedoe",
        "221B Baker Street, London",
        "Hauptstraße 5, 10115 Berlin",
        "P.O. Box 77, Springfield, IL 62701",
        "Born on 3 March 1985",
        "I am 34 years old",
        "Married",
        "[photo]",
        "Passport size photograph",
    ],
)
def test_what_is_dropped(line: str) -> None:
    redacted = redact(f"PROFILE\nWorked with Java.\n{line}\n")
    assert DROPPED in redacted
    dropped = [word for word in re.findall(r"\w{4,}", line) if word in redacted]
    # Cities and the words around a statement may stay; nothing of what identifies does.
    assert not set(dropped) & {
        "Jane",
        "John",
        "1990",
        "Female",
        "none",
        "deutsch",
        "ledig",
        "X1234567",
        "Hill",
        "98765",
    }
    assert redacted.startswith("PROFILE\nWorked with Java.\n")


@pytest.mark.parametrize(
    "line",
    [
        "2012 - 2015 2016 - 2018",
        "01/2015 - 06/2018",
        "2015-07-01 - 2018-06-30",
        "From:- Dec-2014 to June-2015",
        "ISO 9001:2015, ISO/IEC 27001",
        "Managed a budget of 1,200,000,000",
        "Single sign-on with Keycloak",
        "Led the address verification team",
        "Java, Python, Node.js, ASP.NET, C#",
        "Name services (DNS), telephone systems",
        "Worked in the Street Works department",
        "Masters in Computer Science, University of Leeds",
        "AWS Certified Solutions Architect",
        "3 years of experience in SAP R/3 4.7",
        "Weight-loss clinic, nurse",
        "Age-related studies",
    ],
)
def test_what_stays(line: str) -> None:
    text = f"PROFILE\nA summary.\nEXPERIENCE\n{line}\n"
    assert redact(text) == text


@pytest.mark.parametrize(
    "top",
    [
        "JANE DOE",
        "Dr. Jane Doe, PhD",
        "Resume of Jane Doe",
        "CV - Jane Doe",
        "Jane Doe | Data Analyst",
        "jane@x.org\nJane Doe",
    ],
)
def test_names_at_the_top(top: str) -> None:
    redacted = redact(f"{top}\nEXPERIENCE\nJane Doe Ltd. is not asked.\nSigned: Jane Doe\n")
    assert "doe" not in redacted.casefold()


@pytest.mark.parametrize(
    "top",
    [
        "Software Engineer",
        "Curriculum vitae: Junior Systems Administrator, Leeds",
        "PROFILE",
        "About me",
        "Nurse Practitioner",
    ],
)
def test_titles_at_the_top_stay(top: str) -> None:
    text = f"{top}\nWorked with Docker.\n"
    assert redact(text) == text


@pytest.mark.parametrize("seed", range(30))
def test_redacting_again_changes_nothing(seed: int) -> None:
    lines = RESUME.split("\n")
    random.Random(seed).shuffle(lines)
    once = redact("\n".join(lines))
    assert redact(once) == once
