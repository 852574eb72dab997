"""All facts of a resume, and what holds for any resume."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pytest

from ml.resumes.facts import read_facts
from ml.resumes.redaction import redact
from ml.resumes.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
RECEIVED = dt.date(2025, 6, 10)
EXPERIENCE = """Employment Scan
Blue Foods Ltd, Data Analyst, Jan 2019 - present
- Built reports in Tableau and SQL.
Iron Bank, Clerk, 03/2015 to 12/2018
- Ledgers in Excel.
"""
EDUCATION = "Academic Background\nB.Tech in Computer Science, University of Leeds, 2011 - 2015\n"
SKILLS = "Technical Skill\nPython (6 years), Tableau, Loomweaving\n"
CERTIFICATIONS = "CERTIFICATIONS:\nPMP\n"


def facts_of(text):
    return read_facts(text, received_on=RECEIVED, taxonomy=TAXONOMY, tagger=None)


def test_the_facts_of_a_resume():
    facts = facts_of("\n".join([EXPERIENCE, EDUCATION, SKILLS, CERTIFICATIONS]))
    assert [(one.employer, one.title, one.is_current) for one in facts.positions] == [
        ("Blue Foods Ltd", "Data Analyst", True),
        ("Iron Bank", "Clerk", False),
    ]
    # March 2015 to June 2025: 10 years and 4 months.
    assert facts.experience_years == 10.33
    years = {one.skill: one.years for one in facts.skills}
    # January 2019 to June 2025: 6 years and 6 months.
    assert (years["sql"], years["tableau"], years["python"], years["loomweaving"]) == (6.5, 6.5, 6.0, None)
    assert [(one.level, one.institution) for one in facts.degrees] == [("bachelor", "University of Leeds")]
    assert [one.name for one in facts.certifications] == ["PMP"]


def test_stated_experience_counts_where_no_job_has_dates():
    assert facts_of("PROFILE\nClerk with 7 years of experience.\n").experience_years == 7
    assert facts_of("").experience_years is None


@pytest.mark.parametrize("order", list(itertools.permutations([EXPERIENCE, EDUCATION, SKILLS, CERTIFICATIONS])))
def test_the_order_of_the_sections_changes_nothing(order):
    one, other = facts_of("\n".join(order)), facts_of("\n".join([EXPERIENCE, EDUCATION, SKILLS, CERTIFICATIONS]))
    assert one.experience_years == other.experience_years
    assert [(fact.skill, fact.years) for fact in one.skills] == [(fact.skill, fact.years) for fact in other.skills]


def job(generator):
    first = generator.randrange(12 * 2005, 12 * 2024)
    last = min(first + generator.randrange(1, 60), 12 * 2025)
    employer = generator.choice(["Blue Foods Ltd", "Iron Bank", "Stone Media Group", "Cedar Care GmbH"])
    title = generator.choice(["Data Analyst", "Clerk", "Java Developer", "Head of Sales"])
    begin, end = (f"{month % 12 + 1:02d}/{month // 12}" for month in (first, last))
    return f"{employer}, {title}, {begin} - {end}\n- Work with {generator.choice(['SQL', 'Python', 'SAP'])}.\n"


@pytest.mark.parametrize("seed", range(20))
def test_the_laws_of_experience_and_of_spans(seed):
    generator = random.Random(seed)
    jobs = [job(generator) for _ in range(5)]
    text = "Work Experience\n" + "\n".join(jobs) + "\n" + SKILLS
    facts = facts_of(text)
    assert len(facts.positions) == 5
    generator.shuffle(jobs)
    assert facts_of("Work Experience\n" + "\n".join(jobs)).experience_years == facts.experience_years
    # The same job twice adds nothing, and no skill has more years than there are unless they are stated.
    assert facts_of("Work Experience\n" + "\n".join([*jobs, jobs[0]])).experience_years == facts.experience_years
    assert all(fact.years <= facts.experience_years for fact in facts.skills if fact.years and fact.skill != "python")
    for fact in facts.positions:
        quote = text[fact.span.start : fact.span.end]
        assert fact.employer in quote
        assert f"{fact.started_on:%m/%Y}" in quote
    for fact in facts.skills:
        named = text[fact.span.start : fact.span.end].partition(" (")[0]
        assert (TAXONOMY.skill_named(named) or named.casefold()) == fact.skill


def test_facts_are_the_same_after_redaction():
    text = f"John Smith\njohn@smith.example\n\n{EXPERIENCE}\n{EDUCATION}\n{SKILLS}"
    plain, redacted = facts_of(text), facts_of(redact(text))
    assert [(fact.skill, fact.years) for fact in redacted.skills] == [(fact.skill, fact.years) for fact in plain.skills]
    assert [fact.employer for fact in redacted.positions] == [fact.employer for fact in plain.positions]
    assert redacted.experience_years == plain.experience_years
