"""The technical match of an application, requirement by requirement, as people check it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from ml.ranking.errors import RankingError
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml.warehouse.connection import Warehouse

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class RequirementMatch:
    """How far a requirement is met, and the words on either side that say so.

    Attributes
    ----------
    asked : str
        Words of the description.
    is_required : bool
        Otherwise preferred.
    minimum_years, years : float or None
        Asked for, and found.
    met : float
        In [0, 1].
    found : str or None
        Skill, degree or years that count for it; None if nothing does.
    says : str or None
        Words of the resume; None where the dates of its positions, or the application form, say so.
    """

    asked: str
    is_required: bool
    minimum_years: float | None
    years: float | None
    met: float
    found: str | None
    says: str | None


@dataclass(frozen=True)
class ApplicationMatch:
    """The technical match t of an application and its parts, all in [0, 1]; ``requirements_met`` may be None."""

    application_id: str
    technical_match: float
    relevance: float
    requirements_met: float | None
    requirements: tuple[RequirementMatch, ...]
    matched: tuple[str, ...]
    missing: tuple[str, ...]


def match_of_application(warehouse: Warehouse, application_id: str) -> ApplicationMatch:
    """Read the technical match of an application of the published scores.

    Raises
    ------
    RankingError
        The application is not in the published scores, or is in the slice that hides its scores, or its person opted
        out, or it has no match: the message says which, and why.
    """
    with warehouse.connect(TRAINER) as connection, connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute((SQL / "match.sql").read_bytes(), {"application_id": application_id})
        row = cursor.fetchone()
    if row is None:
        raise RankingError(f"Application {application_id} is not in the published scores.")
    if row["is_opted_out"]:
        raise RankingError(
            f"Application {application_id} has no technical match to show: the person opted out of scoring."
        )
    if row["is_blind"]:
        raise RankingError(f"Application {application_id} is in the slice that hides its scores until it is decided.")
    if row["technical_match"] is None:
        raise RankingError(f"Application {application_id} has no technical match: {row['unmatched_reason']}.")
    return _match(application_id, row)


def _match(application_id: str, row: Mapping[str, Any]) -> ApplicationMatch:
    evidence = row["evidence"]
    return ApplicationMatch(
        application_id,
        row["technical_match"],
        evidence["relevance"],
        evidence["requirements_met"],
        tuple(_requirement(each, row["content_text"] or "") for each in evidence["requirements"]),
        tuple(evidence["matched"]),
        tuple(evidence["missing"]),
    )


def _requirement(stored: Mapping[str, Any], text: str) -> RequirementMatch:
    span = stored.get("span")
    return RequirementMatch(
        " ".join(stored["quote"].split()),
        stored["is_required"],
        stored["minimum_years"],
        stored.get("years"),
        stored["met"],
        stored.get("found"),
        " ".join(text[span[0] : span[1]].split()) if span else None,
    )


def format_match(match: ApplicationMatch) -> str:
    """Lay the match out as a table, a requirement a line, and what t is made of."""
    lines = [f"{'met':>5}  {'':<9}  {'asked for':<48}  found"]
    lines += [_line(each) for each in match.requirements] or [
        "       the description asks for nothing that was recognised"
    ]
    met = "" if match.requirements_met is None else f" and {match.requirements_met:.2f} of the requirements met"
    lines += [
        "",
        f"t {match.technical_match:.2f}: {match.relevance:.2f} of the description's words by weight{met}",
        f"The resume has, weightiest first: {', '.join(match.matched) or 'none of them'}",
        f"The resume lacks, weightiest first: {', '.join(match.missing) or 'none of them'}",
    ]
    return "\n".join(lines)


def _line(each: RequirementMatch) -> str:
    kind = "required" if each.is_required else "preferred"
    quote = each.asked if len(each.asked) <= 48 else f"{each.asked[:47]}…"
    return f"{each.met:>5.0%}  {kind:<9}  {quote:<48}  {_found(each)}"


def _found(each: RequirementMatch) -> str:
    if each.found is None:
        return "-"
    years = f", {each.years:.3g} years" if each.years is not None and "years" not in each.found else ""
    asked = f" of {each.minimum_years:.3g}" if each.minimum_years and each.years is not None else ""
    unknown = ", years not said" if each.minimum_years and each.years is None and each.met < 1 else ""
    says = f' ("{each.says}")' if each.says and each.says.casefold() != each.found else ""
    return f"{each.found}{years}{asked}{unknown}{says}"
