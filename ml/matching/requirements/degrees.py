"""Which degree is asked for; the levels are those of the landing contract's degrees, lowest first.

Any level named suffices ("Bachelor's or Master's"), and a higher one than the lowest does too. "Or equivalent
experience" is the alternative ``experience``; where the text says how many years of it, they are the minimum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LEVELS = ("secondary", "vocational", "bachelor", "master", "doctorate")
EXPERIENCE = "experience"

_LEVEL_PATTERNS = {
    "secondary": r"""(?:high|secondary)[- ]school(?:\ (?:diploma|degree|graduate|education|certificate))? | GED
        | A-levels | Abitur | GCSEs?""",
    "vocational": r"""(?:completed\ |finished\ )?(?:vocational|commercial|technical)\ (?:training|education|degree
        |qualification|apprenticeship)
        | (?:completed\ )?apprenticeship | (?:associate(?:['’]?s)?\ degree) | (?<!school\ )diploma | HND
        | Ausbildung""",
    "bachelor": r"""(?:under)?graduate\ degree | bachelor(?:['’]?s)?(?:\ (?:degree|of\ \w+))? | B\.?\ ?Sc\b\.?
        | B\.?\ ?Tech\b\.? | B\.?\ ?Eng\b\.? | B\.?\ ?Com\b\.? | BBA | BCA | BSN
        | B\.\ ?[SAE]\b\.? | (?-i:B[SA])(?=\ (?:degree|in\b|or\b)|/|,\ ) | (?-i:BE)(?=/|\ (?:in|or)\ [BMC])""",
    "master": r"""(?<!scrum\ )(?<!web\ )(?<!quiz\ )master['’]?s\b(?:\ degree)? | master\ (?:degree|of\ \w+)
        | (?<!scrum\ )(?<!\w)masters?(?=\ (?:preferred|in\b|or\b)|\s*$|/)
        | M\.?\ ?Sc\b\.? | M\.?\ ?Tech\b\.? | M\.?\ ?Eng\b\.? | M\.?\ ?Phil\b\.? | MBA | MCA | MSN
        | M\.\ ?[SAE]\b\.? | (?-i:M[SA])(?=\ (?:degree|in\b)|/(?-i:PhD)) | (?<=/)(?-i:M[SA])\b
        | post[- ]?graduate\ degree | advanced\ degree""",
    "doctorate": r"Ph\.?\ ?D\b\.? | doctorate | doctoral\ degree | D\.?Phil",
}  # fmt: skip
# A degree without a level is a first one.
_ANY = r"""(?:university|college|academic|higher|first|relevant)\ (?:degree|education|qualification) | degree\ level
    | (?<!high\ )degree(?!\s+of\b|s?\s+celsius)"""
_LEVEL = re.compile(
    r"(?<!\w)(?:"
    + " | ".join(f"(?P<{level}>{pattern})" for level, pattern in _LEVEL_PATTERNS.items())
    + rf" | (?P<any>{_ANY}))(?!\w)",
    re.VERBOSE | re.IGNORECASE,
)
_OR_EXPERIENCE = re.compile(
    r"\bor\b[^.;]{0,40}?\b(?:experience|work\s+history|practice|equivalent\s+(?:combination|background|knowledge))\b"
    r"|\bor\s+(?:(?:an?\s+)?(?:equivalent|comparable|similar))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Degree:
    """A degree that a clause asks for; ``end`` is where the degree's own words end, its field of study follows."""

    alternatives: tuple[str, ...]
    start: int
    end: int


def find_degree(text: str, start: int, end: int) -> Degree | None:
    """Give the degree that a clause asks for, all its levels as alternatives; None if it asks for none."""
    found = list(_LEVEL.finditer(text, start, end))
    if not found:
        return None
    named = {match.lastgroup for match in found if match.lastgroup != "any"}
    levels = [level for level in LEVELS if level in named] or ["bachelor"]
    if "any" in {match.lastgroup for match in found} and "vocational" in named and "bachelor" not in named:
        levels.append("bachelor")
    instead = _OR_EXPERIENCE.search(text, found[0].end(), end)
    alternatives = (*levels, *([EXPERIENCE] if instead else []))
    return Degree(alternatives, found[0].start(), instead.end() if instead else found[-1].end())


def level_of(text: str) -> str | None:
    """Give the highest level that an application form names, as a word of ``LEVELS`` or as ads do; None if none."""
    named = {match.lastgroup for match in _LEVEL.finditer(text)} | {word for word in LEVELS if word in text.casefold()}
    return next((level for level in reversed(LEVELS) if level in named), None)
