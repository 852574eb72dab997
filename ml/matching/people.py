"""What is known of the people who applied: facts of their resumes, and where those say nothing, of the form."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from ml.matching.met import Found, Person
from ml.matching.reading import SQL
from ml.matching.requirements.degrees import LEVELS, level_of
from ml.resumes.taxonomy import key_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import psycopg

    from ml.resumes.fact_types import ResumeFacts
    from ml.resumes.tagger import SkillTagger
    from ml.resumes.taxonomy import Taxonomy


@dataclass(frozen=True)
class Applicant:
    """Somebody's resume as it was sent, and the person that it shows.

    Attributes
    ----------
    text : str
        Redacted.
    received_on : datetime.date
        What lasts "to present" lasts until then.
    """

    text: str
    received_on: dt.date
    person: Person

    def saying(self, text: str, taxonomy: Taxonomy, tagger: SkillTagger) -> Applicant:
        """Give the same applicant as if the resume said only this: its facts are read again."""
        from ml.resumes.facts import read_facts

        facts = read_facts(text, received_on=self.received_on, taxonomy=taxonomy, tagger=tagger)
        return Applicant(text, self.received_on, person_of(facts))

    def finding(self, skills: Iterable[str]) -> Person:
        """Give the person with the skills that no list of names has and that the text says word for word."""
        unlisted = {
            skill: Found(skill, span=found.span())
            for skill in skills
            if skill not in self.person.skills and (found := _phrase(skill).search(self.text))
        }
        return replace(self.person, skills={**self.person.skills, **unlisted}) if unlisted else self.person


def read_applicants(
    connection: psycopg.Connection, versions: Iterable[tuple[str, dt.datetime]]
) -> dict[tuple[str, dt.datetime], Applicant]:
    """Read what is known from some versions of resumes, by version; unreadable ones are left out."""
    keys = set(versions)
    parameters = {"resume_ids": [key for key, _ in keys], "recorded_at": [moment for _, moment in keys]}
    rows = connection.execute((SQL / "people.sql").read_bytes(), parameters)
    return {
        (resume_id, recorded_at): Applicant(text, received_on, _person(years, skills or (), degrees or ()))
        for resume_id, recorded_at, received_on, text, years, skills, degrees in rows
    }


def person_of(facts: ResumeFacts) -> Person:
    """Give the person that facts just read show."""
    return _person(
        facts.experience_years,
        [(fact.skill, fact.years, fact.span.start, fact.span.end) for fact in facts.skills],
        [(fact.level, fact.span.start, fact.span.end) for fact in facts.degrees],
    )


def with_form(person: Person, years_experience: float | None, highest_degree: str | None) -> Person:
    """Add what the application form says where the resume says nothing of it."""
    level = level_of(highest_degree or "")
    experience = None if years_experience is None else Found(_years(years_experience), years_experience)
    return replace(
        person,
        degree=person.degree or (Found(level) if level else None),
        experience=person.experience or experience,
    )


def _person(
    experience_years: float | None,
    skills: Iterable[tuple[str, float | None, int, int]],
    degrees: Iterable[tuple[str, int, int]],
) -> Person:
    found: dict[str, Found] = {}
    for skill, years, start, end in skills:
        known = Found(skill, years, (start, end))
        found[skill] = known
        found.setdefault(_key_of(skill), known)
    ranked = [(LEVELS.index(level), Found(level, span=(start, end))) for level, start, end in degrees]
    return Person(
        found,
        max(ranked, key=lambda each: each[0])[1] if ranked else None,
        None if experience_years is None else Found(_years(experience_years), experience_years),
    )


def _years(years: float) -> str:
    return f"{years:.3g} years"


@lru_cache(maxsize=100_000)
def _key_of(skill: str) -> str:
    # Many people have the same few skills.
    return key_of(skill)


@lru_cache(maxsize=10_000)
def _phrase(skill: str) -> re.Pattern[str]:
    """Make what finds the words of a skill next to each other, whatever the case and what stands between."""
    words = r"[\W_]{1,3}".join(map(re.escape, skill.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
