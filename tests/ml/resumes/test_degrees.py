"""Degrees in the ways people write them."""

from __future__ import annotations

import pytest

from ml.resumes.degrees import read_degrees
from ml.resumes.sections import read_sections


def degrees(body, heading="EDUCATION\n"):
    text = heading + body
    found = read_degrees(text, read_sections(text))
    assert all((fact.field_of_study or "") in text[fact.span.start : fact.span.end] for fact in found)
    return [(fact.level, fact.field_of_study, fact.institution) for fact in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("B.Tech in Computer Science, IIT Delhi, 2010", ("bachelor", "Computer Science", "IIT Delhi")),
        ("BSc (Hons) Physics, University of Leeds, 2010 - 2013", ("bachelor", "Physics", "University of Leeds")),
        ("Bachelor of Arts in English from Boston College", ("bachelor", "English", "Boston College")),
        ("Bachelor of Laws", ("bachelor", "Laws", None)),
        ("bachelor, Accounting", ("bachelor", "Accounting", None)),
        ("BS in Modeling of devices", ("bachelor", "Modeling of devices", None)),
        ("Licence en droit, Université de Lyon", ("bachelor", "droit", "Université de Lyon")),
        ("M.S. Statistics\nStanford University\n", ("master", "Statistics", "Stanford University")),
        ("ETH Zürich\nMaster of Science in Informatics", ("master", "Informatics", "ETH Zürich")),
        ("MBA, INSEAD", ("master", None, "INSEAD")),
        ("master, Statistics", ("master", "Statistics", None)),
        ("Diplom-Informatiker, TU Berlin", ("master", None, "TU Berlin")),
        ("PhD in Chemistry", ("doctorate", "Chemistry", None)),
        ("Ph.D., Biology, University of Oslo", ("doctorate", "Biology", "University of Oslo")),
        ("Diploma in Nursing", ("vocational", "Nursing", None)),
        ("Associate degree in Culinary Arts", ("vocational", "Culinary Arts", None)),
        ("Berufsausbildung", ("vocational", None, None)),
    ],
)
def test_a_degree(body, expected):
    assert degrees(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "Abitur, Goethe-Gymnasium",
        "High school diploma",
        "A-levels: Maths, Physics",
        "pursuing an MBA, Leeds University",
        "BSc Physics (expected 2027)",
        "Leeds College, Boston, MA",
        "none",
    ],
)
def test_no_degree(body):
    assert degrees(body) == []


@pytest.mark.parametrize("blank", [" ", " " * 2_000])
def test_what_was_blanked_out_behind_a_degree_is_passed_over(blank):
    # Giving spaces back one by one would take days.
    assert degrees(f"MSc{blank}2019") == [("master", None, None)]
    assert degrees(f"MSc{blank}in{blank}Physics") == [("master", "Physics", None)]


def test_degrees_outside_of_their_section_are_written_in_full():
    assert degrees("Scrum Master with MS Office and master data, a PhD in Physics", "PROFILE\n") == [
        ("doctorate", "Physics", None)
    ]


def test_one_degree_written_twice_is_one_and_two_are_two():
    assert degrees("Bachelor of Technology (B.Tech)") == [("bachelor", "Technology", None)]
    assert [level for level, _, _ in degrees("BSc Physics\nMSc Physics\n")] == ["bachelor", "master"]
