"""What requisitions ask for, and what of it somebody meets, with the evidence that people check."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ml.matching.met import Met, meet, share_met
from ml.matching.reading import SQL
from ml.matching.requirements.degrees import level_of
from ml.matching.requirements.read import Requirement
from ml.resumes.fact_types import Span

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import psycopg

    from ml.matching.met import Person
    from ml.resumes.taxonomy import Taxonomy


_ON_FORM = " (on the requisition's form)"
_NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Asked:
    """What a requisition asks for.

    Attributes
    ----------
    requirements : tuple of Requirement
        In the order of the description, then what only the requisition's form asks for.
    unlisted : tuple of str
        The skills among them that the taxonomy does not know: they are looked for word by word.
    """

    requirements: tuple[Requirement, ...] = ()
    unlisted: tuple[str, ...] = ()


def read_asked(connection: psycopg.Connection, as_of: dt.datetime, taxonomy: Taxonomy) -> dict[str, Asked]:
    """Read what each requisition asks for in its newest version before a moment; without those that ask for nothing."""
    rows = connection.execute((SQL / "requirements.sql").read_bytes(), {"as_of": as_of})
    asked = {}
    for (requisition, minimum, degree), found in groupby(rows, key=itemgetter(0, 1, 2)):
        described = [
            Requirement(kind, tuple(alternatives), years, is_required, Span(start, end), quote)
            for *_, kind, alternatives, years, is_required, start, end, quote in found
            if kind is not None
        ]
        if requirements := add_form(described, minimum, degree):
            asked[requisition] = Asked(requirements, skills_beyond(requirements, taxonomy))
    return asked


def add_form(
    described: Sequence[Requirement], minimum_years: float | None, required_degree: str | None
) -> tuple[Requirement, ...]:
    """Add what the requisition's form asks for where its description says nothing of it; the quote says which."""
    kinds = {requirement.kind for requirement in described}
    added = []
    if minimum_years and "experience" not in kinds:
        quote = f"{minimum_years:.3g} years of experience{_ON_FORM}"
        added.append(Requirement("experience", (), minimum_years, True, _NOWHERE, quote))
    level = level_of(required_degree or "")
    if level and "degree" not in kinds:
        added.append(Requirement("degree", (level,), None, True, _NOWHERE, f"{level}{_ON_FORM}"))
    return (*described, *added)


def skills_beyond(requirements: Sequence[Requirement], taxonomy: Taxonomy) -> tuple[str, ...]:
    """List the skills asked for that the taxonomy does not know."""
    skills = [skill for each in requirements if each.kind == "skill" for skill in each.alternatives]
    return tuple(skill for skill in skills if taxonomy.skill_named(skill) is None)


def met_by(asked: Asked, person: Person) -> tuple[float | None, list[dict[str, Any]]]:
    """Give the share of requirements that somebody meets, and per requirement what it rests on.

    Returns
    -------
    share : float or None
        In [0, 1]; None where nothing is asked for.
    requirements : list of dict
        ``quote`` of the description (or what the form asks for), ``kind``, ``is_required``, ``asked`` (any of them),
        ``minimum_years``, ``met`` in [0, 1], and where something was found ``found``, ``years``, and ``span``, where
        the resume's text says so; without it the dates of its positions do, or the application form.
    """
    met = [meet(requirement, person) for requirement in asked.requirements]
    described = [_describe(requirement, each) for requirement, each in zip(asked.requirements, met, strict=True)]
    return share_met(asked.requirements, met), described


def _describe(requirement: Requirement, met: Met) -> dict[str, Any]:
    described = {
        "quote": requirement.quote,
        "kind": requirement.kind,
        "is_required": requirement.is_required,
        "asked": list(requirement.alternatives),
        "minimum_years": requirement.minimum_years,
        "met": round(met.degree, 4),
    }
    if met.found is None:
        return described
    return described | {"found": met.found.what, "years": met.found.years, "span": met.found.span}
