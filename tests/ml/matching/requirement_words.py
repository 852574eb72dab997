"""Requirements in the short form of the tables of phrasings."""

from __future__ import annotations

from collections.abc import Sequence

from ml.matching.requirements import Requirement


def in_words(requirements: Sequence[Requirement]) -> str:
    """``java 5y; kotlin or scala; +degree master; experience 3y``, casefolded; ``+`` marks what is only preferred."""
    return "; ".join(_in_words(requirement) for requirement in requirements)


def _in_words(requirement: Requirement) -> str:
    kind = "" if requirement.kind == "skill" else requirement.kind
    alternatives = " or ".join(requirement.alternatives).casefold()
    years = "" if requirement.minimum_years is None else f"{requirement.minimum_years:g}y"
    return ("" if requirement.is_required else "+") + " ".join(filter(None, [kind, alternatives, years]))
