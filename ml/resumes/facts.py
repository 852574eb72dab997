"""All facts of a resume's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.resumes.certifications import read_certifications
from ml.resumes.dates import years_of
from ml.resumes.degrees import read_degrees
from ml.resumes.fact_types import (
    CertificationFact,
    DegreeFact,
    DegreeLevel,
    FoundBy,
    PositionFact,
    ResumeFacts,
    SkillFact,
    Span,
)
from ml.resumes.positions import read_positions
from ml.resumes.sections import read_sections
from ml.resumes.skills import read_skills
from ml.resumes.years import total_years

if TYPE_CHECKING:
    import datetime as dt

    from ml.resumes.skills import Tagger
    from ml.resumes.taxonomy import Taxonomy

__all__ = [
    "CertificationFact",
    "DegreeFact",
    "DegreeLevel",
    "FoundBy",
    "PositionFact",
    "ResumeFacts",
    "SkillFact",
    "Span",
    "read_facts",
]


def read_facts(text: str, *, received_on: dt.date, taxonomy: Taxonomy, tagger: Tagger | None) -> ResumeFacts:
    """Read what a resume says.

    Parameters
    ----------
    text : str
        As it is stored, without the person's own data: spans are offsets into it.
    received_on : date
        When the resume was received: "present" means then.
    taxonomy : Taxonomy
        The skills that are known by name.
    tagger : Tagger or None
        Finds further skills in the sentences of experience and profile; None leaves it to names and lists.
    """
    sections = read_sections(text)
    positions = read_positions(text, sections, received_on=received_on)
    return ResumeFacts(
        skills=tuple(read_skills(text, sections, positions, taxonomy=taxonomy, tagger=tagger)),
        degrees=tuple(read_degrees(text, sections)),
        positions=tuple(position.fact for position in positions),
        certifications=tuple(read_certifications(text, sections)),
        experience_years=years_of(position.period for position in positions) if positions else total_years(text),
    )
