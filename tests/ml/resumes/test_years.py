"""Years that a resume states."""

from __future__ import annotations

import pytest

from ml.resumes.fact_types import Span
from ml.resumes.years import stated_years, total_years


def stated(text, *skills):
    spans = [Span(text.index(skill), text.index(skill) + len(skill)) for skill in skills]
    found = stated_years(text, spans)
    assert all(skill in text[found[span][1].start : found[span][1].end]
               for skill, span in zip(skills, spans, strict=True) if span in found)  # fmt: skip
    return [found[span][0] if span in found else None for span in spans]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Java (5 years)", 5),
        ("Java - 5+ yrs", 5),
        ("Java: 2.5 years", 2.5),
        ("Java for 3 years", 3),
        ("5 yrs of Java", 5),
        ("5+ years of experience in Java", 5),
        ("ten years' experience with Java", 10),
        ("3 years hands-on experience using Java", 3),
        ("18 months of Java", 1.5),
        ("Java, 2015", None),
        ("Java 8", None),
        ("5 years in Leeds, then Java", None),
    ],
)
def test_years_beside_a_skill(text, years):
    assert stated(text, "Java") == [years]


def test_years_before_a_list_hold_for_all_of_it():
    assert stated("5 years of Java, SQL and Perl. Also Ruby", "Java", "SQL", "Perl", "Ruby") == [5, 5, 5, None]
    assert stated("5 years of Java (2 years), SQL", "Java", "SQL") == [2, None]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Accountant with 7 years of experience.", 7),
        ("over 12 years of professional work experience", 12),
        ("Total experience: 6 years", 6),
        ("no experience", None),
    ],
)
def test_total_years(text, years):
    assert total_years(text) == years
