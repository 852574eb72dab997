"""The facts of a resume, each with the span of the stored text that it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

FoundBy = Literal["taxonomy", "list", "model"]
DegreeLevel = Literal["vocational", "bachelor", "master", "doctorate"]


@dataclass(frozen=True, order=True)
class Span:
    """The half-open part ``text[start:end]`` of a text."""

    start: int
    end: int


@dataclass(frozen=True)
class SkillFact:
    """A skill; one fact per skill and resume.

    Attributes
    ----------
    skill : str
        The taxonomy's canonical name, or the words of the resume in lower case.
    years : float or None
        As the resume states them ("Java (5 years)"), or the union of the months of the positions that mention it.
        None if it is only listed.
    found_by : str
        ``taxonomy``: known by name. ``list``: an unknown item under a heading of skills. ``model``: by the tagger.
    """

    skill: str
    years: float | None
    span: Span
    found_by: FoundBy


@dataclass(frozen=True)
class DegreeFact:
    """A degree that was obtained; its year says how old somebody is and is not kept."""

    level: DegreeLevel
    field_of_study: str | None
    institution: str | None
    span: Span


@dataclass(frozen=True)
class PositionFact:
    """A job.

    Attributes
    ----------
    started_on, ended_on : date or None
        First day of the first month and last day of the last one; `ended_on` is None if it is current.
    """

    employer: str | None
    title: str | None
    started_on: dt.date | None
    ended_on: dt.date | None
    is_current: bool
    span: Span


@dataclass(frozen=True)
class CertificationFact:
    """A certificate or licence, by the words of the resume."""

    name: str
    span: Span


@dataclass(frozen=True)
class ResumeFacts:
    """All facts of a resume.

    Attributes
    ----------
    experience_years : float or None
        Union of the months of all positions, in years; as stated if there are no dated positions; None if neither.
    """

    skills: tuple[SkillFact, ...]
    degrees: tuple[DegreeFact, ...]
    positions: tuple[PositionFact, ...]
    certifications: tuple[CertificationFact, ...]
    experience_years: float | None
