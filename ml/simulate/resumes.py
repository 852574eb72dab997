"""Texts: job descriptions in the phrases of real ads, and resumes with the usual sections."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from ml.simulate.arrays import IntArray, stream
from ml.simulate.vocabulary import DEGREES, FAMILIES, LOCATIONS, SENIORITIES, TITLE_PREFIX, all_skills, employers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml.simulate.config import SimulationConfig
    from ml.simulate.people import Applications
    from ml.simulate.requisitions import Requisitions

_REQUIRED = (
    "You bring solid experience in {skills}.",
    "Must have: {skills}.",
    "We ask for hands-on knowledge of {skills}.",
    "Requirements: {skills}.",
)
_PREFERRED = ("{skills} would be a plus.", "Nice to have: {skills}.", "Ideally you also know {skills}.")
_NEWCOMERS = "Newcomers are welcome."
_YEARS = (
    "At least {years} years of experience.",
    "You have worked with {skill} for at least {years} years.",
    "{years}+ years in a similar role.",
    "Minimum {years} years' experience.",
)
_ABOUT = (
    "You will join a team that looks after its customers and its members.",
    "The role reports to the head of department and works with all sites.",
    "We offer training, a pension plan and flexible hours.",
    "You will take part in planning and in the daily work.",
)
_DUTIES = (
    "Responsible for daily work with {a} and {b}.",
    "Introduced {a} in the team and trained colleagues.",
    "Worked with {a} on projects for internal customers.",
    "Improved the processes around {a} and {b}.",
    "Supported the department in {a}.",
)
# How people head the parts of a resume; the first of each is the most usual.
_PROFILE_HEADINGS = ("PROFILE", "Professional Summary", "About me")
_EXPERIENCE_HEADINGS = ("EXPERIENCE", "Work Experience", "Employment History")
_EDUCATION_HEADINGS = ("EDUCATION", "Education and Training", "Academic Background")
_SKILL_HEADINGS = ("SKILLS", "Technical Skills", "Core Competencies")
_EARLIER_JOBS = 2
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def descriptions(config: SimulationConfig, requisitions: Requisitions) -> list[str]:
    """Write the job description of every requisition."""
    rng = stream(config.seed, "descriptions")
    names = all_skills()
    texts = []
    for index in range(len(requisitions)):
        required = [names[k] for k in np.flatnonzero(requisitions.required[index])]
        preferred = [names[k] for k in np.flatnonzero(requisitions.preferred[index])]
        years = int(requisitions.minimum_years[index])
        sentences = [
            f"{requisitions.title(index)} in {LOCATIONS[requisitions.location[index]]}.",
            _pick(_ABOUT, rng),
            _pick(_REQUIRED, rng).format(skills=_enumerate(required)),
            _pick(_YEARS, rng).format(years=years, skill=_pick(tuple(required), rng)) if years else _NEWCOMERS,
            _pick(_PREFERRED, rng).format(skills=_enumerate(preferred)),
        ]
        if requisitions.required_degree[index]:
            degree = DEGREES[requisitions.required_degree[index]]
            sentences.append(f"A {degree} degree or equivalent is expected.")
        texts.append("\n".join(sentences))
    return texts


def resume_texts(config: SimulationConfig, applications: Applications, rows: IntArray) -> Iterator[str]:
    """Write the resumes of some applications, one after the other; which others are written changes nothing."""
    names, employed_by = np.array(all_skills(), dtype=object), employers()
    months = applications.applied_at.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    for row in rows:
        # A stream of its own per resume: parts can be written in any order, and none has to be kept.
        rng = random.Random(config.seed << 32 | int(row))  # noqa: S311
        skills = list(names[applications.skills[row]])
        jobs = _jobs(applications, row, months[row], skills=skills, employed_by=employed_by, rng=rng)
        yield _layout(applications, row, skills, jobs, rng)


def _layout(applications: Applications, row: int, skills: list[str], jobs: str, rng: random.Random) -> str:
    family = FAMILIES[applications.family[row]]
    title, years = last_title(applications, row), applications.years[row]
    listed = ", ".join(_with_years(skills, years, rng))
    parts = [
        f"{rng.choice(_EXPERIENCE_HEADINGS)}\n{jobs}",
        f"{rng.choice(_EDUCATION_HEADINGS)}\n{DEGREES[applications.degree[row]]}, {family.field_of_study}",
        f"{rng.choice(_SKILL_HEADINGS)}\n{listed}",
    ]
    if rng.random() < 0.4:
        parts.reverse()
    header = f"Curriculum vitae: {title}, {LOCATIONS[applications.location[row]]}"
    profile = f"{rng.choice(_PROFILE_HEADINGS)}\n{family.title} with {years:.0f} years of experience."
    return "\n\n".join([header, profile, *parts])


def _with_years(skills: list[str], years: float, rng: random.Random) -> list[str]:
    # Some people say for how long they have worked with what.
    if years < 1 or rng.random() < 0.6:
        return skills
    return [f"{skill} ({max(1, round(years * rng.uniform(0.2, 1)))} years)" for skill in skills]


def _jobs(
    applications: Applications,
    row: int,
    until: int,
    *,
    skills: list[str],
    employed_by: list[str],
    rng: random.Random,
) -> str:
    title = FAMILIES[applications.family[row]].title
    count = min(int(applications.employers_count[row]), 1 + _EARLIER_JOBS)
    length = max(1, int(applications.mean_tenure[row]))
    entries, word = [], "present"
    for number in range(count):
        employer = employed_by[applications.employer[row] if number == 0 else rng.randrange(len(employed_by))]
        entries.append(f"{employer}, {title}, {_month(until - length)} - {word}\n{_duties(skills, rng)}")
        until -= length
        word = _month(until)
    return "\n".join(entries)


def _duties(skills: list[str], rng: random.Random) -> str:
    first, second = (rng.choice(skills), rng.choice(skills)) if skills else ("various tasks", "administration")
    return "\n".join(f"- {duty.format(a=first, b=second)}" for duty in rng.sample(_DUTIES, 2))


def _month(number: int) -> str:
    return f"{_MONTH_NAMES[number % 12]} {1970 + number // 12}"


def last_title(applications: Applications, row: int) -> str:
    """Title of the last job: of the person's own family, with the seniority that the years give."""
    seniority = SENIORITIES[int(np.searchsorted((2, 5, 9), applications.years[row], side="right"))]
    return f"{TITLE_PREFIX[seniority]}{FAMILIES[applications.family[row]].title}"


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def _enumerate(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
