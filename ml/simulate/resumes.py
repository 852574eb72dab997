"""Texts: job descriptions in the phrases of real ads, and resumes with the usual sections."""

from __future__ import annotations

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
_YEARS = (
    "At least {years} years of experience.",
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
            _pick(_YEARS, rng).format(years=years) if years else "Newcomers are welcome.",
            _pick(_PREFERRED, rng).format(skills=_enumerate(preferred)),
        ]
        if requisitions.required_degree[index]:
            degree = DEGREES[requisitions.required_degree[index]]
            sentences.append(f"A {degree} degree or equivalent is expected.")
        texts.append("\n".join(sentences))
    return texts


def resume_texts(config: SimulationConfig, applications: Applications, rows: IntArray) -> Iterator[str]:
    """Write the resumes of some applications, one after the other."""
    rng = stream(config.seed, "resumes")
    names, employed_by = np.array(all_skills(), dtype=object), employers()
    duties = rng.integers(0, len(_DUTIES), (len(applications), 4))
    shuffled = rng.integers(0, 1 << 30, (len(applications), 4))
    for row in rows:
        skills = names[applications.skills[row]]
        chosen = [skills[k % len(skills)] if len(skills) else "various tasks" for k in shuffled[row]]
        lines = [_DUTIES[duties[row, k]].format(a=chosen[k], b=chosen[(k + 1) % 4]) for k in range(4)]
        family = FAMILIES[applications.family[row]]
        yield (
            f"PROFILE\n{family.title} with {applications.years[row]:.0f} years of experience.\n\n"
            f"EXPERIENCE\n{employed_by[applications.employer[row]]}, {family.title}\n- "
            + "\n- ".join(lines)
            + f"\n\nEDUCATION\n{DEGREES[applications.degree[row]]}, {family.field_of_study}\n\nSKILLS\n"
            + ", ".join(skills)
        )


def last_title(applications: Applications, row: int) -> str:
    """Title of the last job: of the person's own family, with the seniority that the years give."""
    seniority = SENIORITIES[int(np.searchsorted((2, 5, 9), applications.years[row], side="right"))]
    return f"{TITLE_PREFIX[seniority]}{FAMILIES[applications.family[row]].title}"


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def _enumerate(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
