"""Years that a resume states: "Java (5 years)", "5+ yrs of Java and SQL", "ten years of experience"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ml.resumes.fact_types import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_WORDS = {word: number for number, word in enumerate(_NUMBERS.split(), start=1)}
_AMOUNT = (
    rf"(?P<number>\d{{1,2}}(?:[.,]\d)?|{'|'.join(_WORDS)})\s*+\+?(?:\s*+\(\d+\))?\s*+"
    r"(?P<unit>years?|yrs?|jahren?|ans|años|months?|mos?|monate)\b['’]?s?\.?"
)
_AFTER = re.compile(rf"\s*(?:[(\[:,–—-]|\bfor\b)\s*(?:over\s+|about\s+|for\s+)?{_AMOUNT}", re.IGNORECASE)
_BEFORE = re.compile(
    rf"(?<![\w.-]){_AMOUNT}\s*(?:of\s+|in\s+|with\s+|as\s+an?\s+)?(?:(?:[a-z-]+\s+){{0,2}}(?:experience|exposure|"
    rf"work)\s*(?:\w+ing\s+)?(?:in|with|of|on|using)?\s*)?$",
    re.IGNORECASE,
)
_SAME_LIST = re.compile(r"\s*(?:,|/|&|,?\s*and|,?\s*und)\s*", re.IGNORECASE)
_TOTAL = re.compile(
    rf"(?<![\w.-]){_AMOUNT}\s*(?:of\s+)?(?:[a-z-]+\s+){{0,4}}experience\b|experience\s*(?:of|"
    rf":)\s*(?:over\s+)?{_AMOUNT.replace('number', 'n').replace('unit', 'u')}",
    re.IGNORECASE,
)
_LOOK_BACK = 60


def stated_years(text: str, skills: Sequence[Span]) -> dict[Span, tuple[float, Span]]:
    """Find the years that are stated beside skills.

    Parameters
    ----------
    skills : sequence of Span
        Where skills are mentioned.

    Returns
    -------
    dict of Span to (float, Span)
        Years, and the text that states them, of the mentions that have them. Years before a list ("5 years of Java and
        SQL") hold for all of it.
    """
    stated: dict[Span, tuple[float, Span]] = {}
    listed: tuple[float, Span] | None = None
    previous: Span | None = None
    for skill in sorted(skills):
        if previous and not _SAME_LIST.fullmatch(text, previous.end, skill.start):
            listed = None
        after = _AFTER.match(text, skill.end)
        look_back = max(0, skill.start - _LOOK_BACK, text.rfind("\n", 0, skill.start) + 1)
        before = None if listed else _BEFORE.search(text[look_back : skill.start])
        if before:
            listed = (_years(before), Span(look_back + before.start(), skill.end))
        if after:
            stated[skill] = (_years(after), Span(skill.start, after.end()))
        elif listed:
            stated[skill] = (listed[0], Span(listed[1].start, skill.end))
        previous = skill
    return stated


def total_years(text: str) -> float | None:
    """Years of experience that the text states for the whole; the first statement, None if there is none."""
    match = _TOTAL.search(text)
    if not match:
        return None
    return _years(match) if match.group("number") else _amount(match.group("n"), match.group("u"))


def _years(match: re.Match[str]) -> float:
    return _amount(match.group("number"), match.group("unit"))


def _amount(number: str, unit: str) -> float:
    written = number.casefold()
    value = float(_WORDS[written]) if written in _WORDS else float(written.replace(",", "."))
    return round(value / 12, 2) if unit.casefold().startswith("mo") else value
