"""How far a resume meets what a description asks for: the share of requirements met, degrees of a miss counted.

Each requirement is met to a degree in [0, 1]:

==========  =====================================================================================================
skill       1 if the resume has any of the alternatives; with years asked for, the share of them that it has, and
            half where it has the skill and does not say for how long; 0 if it has none
experience  the share of the years asked for, 0 where no years are known
degree      1 for the level asked for or a higher one, half for the level below it, else 0; where experience stands
            for a degree, years of it count as for experience
==========  =====================================================================================================

What is required weighs one, what is preferred half: an ad's "nice to have" may decide between two people who have the
rest, and may not outweigh it. What the resume does not say about degree and experience, the application form may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.matching.requirements.degrees import EXPERIENCE, LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ml.matching.requirements.read import Requirement

PREFERRED_WEIGHT = 0.5
UNKNOWN_YEARS = 0.5
ONE_LEVEL_BELOW = 0.5
# What stands for a degree if nobody says how many years do: the years that the degree takes.
YEARS_FOR_DEGREE = 4.0


@dataclass(frozen=True)
class Found:
    """What speaks for a requirement: a value of the resume with its span, or of the application form without."""

    what: str
    years: float | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Person:
    """What is known of somebody who applied.

    Attributes
    ----------
    skills : mapping of str to Found
        By the key of the taxonomy.
    degree : Found or None
        The highest level, one of ``LEVELS``.
    experience : Found or None
        Years of work.
    """

    skills: Mapping[str, Found]
    degree: Found | None = None
    experience: Found | None = None


@dataclass(frozen=True)
class Met:
    """How far one requirement is met, in [0, 1], and what speaks for it."""

    degree: float
    found: Found | None = None


def meet(requirement: Requirement, person: Person) -> Met:
    """Say how far somebody meets a requirement; of several alternatives, the one that they meet best.

    Ties go to the alternative that is named first.
    """
    if requirement.kind == "experience":
        return _experience(person, requirement.minimum_years)
    if requirement.kind == "degree":
        return max((_degree(person, level, requirement.minimum_years) for level in requirement.alternatives), key=_by)
    return max((_skill(person, skill, requirement.minimum_years) for skill in requirement.alternatives), key=_by)


def share_met(requirements: Sequence[Requirement], met: Sequence[Met]) -> float | None:
    """Give the weighted mean of the degrees, in [0, 1]; None where nothing is asked for."""
    weights = [1.0 if requirement.is_required else PREFERRED_WEIGHT for requirement in requirements]
    if not weights:
        return None
    return sum(weight * each.degree for weight, each in zip(weights, met, strict=True)) / sum(weights)


def _skill(person: Person, skill: str, minimum: float | None) -> Met:
    found = person.skills.get(skill)
    if found is None:
        return Met(0.0)
    if minimum is None:
        return Met(1.0, found)
    return Met(UNKNOWN_YEARS if found.years is None else min(1.0, found.years / minimum), found)


def _experience(person: Person, minimum: float | None) -> Met:
    found = person.experience
    if found is None or found.years is None:
        return Met(0.0)
    return Met(1.0 if minimum is None else min(1.0, found.years / minimum), found)


def _degree(person: Person, level: str, minimum: float | None) -> Met:
    if level == EXPERIENCE:
        return _experience(person, minimum or YEARS_FOR_DEGREE)
    found = person.degree
    if found is None:
        return Met(0.0)
    steps_below = LEVELS.index(level) - LEVELS.index(found.what)
    return Met(1.0 if steps_below <= 0 else ONE_LEVEL_BELOW if steps_below == 1 else 0.0, found)


def _by(met: Met) -> float:
    return met.degree
