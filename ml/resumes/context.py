"""Whether a name that is an ordinary word as well means the skill: "Go" in "Java, Go", not in "Go to market"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml.resumes.taxonomy import Candidate

_CUES_BEFORE = re.compile(
    r"(?:\b(?:in|of|use|used|uses|using|with|via|know|knows|writing|write|wrote|language|languages|programming|fluent|"
    r"speak|speaks|speaking|native|skills|skill|tools|advanced|basic|proficient|mit|avec|en)|[:(])\s*$",
    re.IGNORECASE,
)
_CUES_AFTER = re.compile(
    r"\s*\(\s*\d+\+?\s*(?:years?|yrs?|months?)\b|"
    r"\s*[(:–-]\s*(?:native|fluent|business|basic|mother|advanced|intermediate|expert|professional|[ABC][12]\b)|"
    r"\s+(?:programming|language|languages|developers?|programmers?|engineers?|scripts?|scripting|development|macros?|"
    r"spreadsheets?|formulas?|functions|databases?|skills?|applications?|framework|projects?|services?|templates?|"
    r"knowledge|experience|speaking|speaker|fluency|\d+(?:\.\d+)*\b)|-(?:speaking|based)\b",
    re.IGNORECASE,
)
# "in Project Management", "of Access Bank": the name is a part of another.
_NAME_GOES_ON = re.compile(r"[ \t]+[A-Z][a-z]|[ \t]*&[ \t]*[A-Z]|-[a-zA-Z]|['’][a-zA-Z]")
_ITEM_BEGINS = re.compile(r"(?:^|[\n,;|/•·●▪*:(&+–-]|\b(?:and|or|und|oder|et|ou|y|e))[ \t]*$", re.IGNORECASE)
_ITEM_ENDS = re.compile(r"[ \t]*(?:$|[\n\r,;|/•·●▪)(&+]|\.(?:\s|$)|(?:and|or|und|oder|et|ou|y|e|etc)\b)", re.IGNORECASE)
_ONLY_A_SEPARATOR = re.compile(r"[ \t]*[,;|/•·][ \t]*")
_SENTENCE_ENDS = re.compile(r"[.!?]\s+[A-Z]|\n\s*\n")
_NEAR = 40
_LOOK_BACK = 16


def meant_as_skills(text: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out the ambiguous names that the context does not show to be skills.

    Parameters
    ----------
    candidates : sequence of Candidate
        From left to right.
    """
    kept: list[Candidate] = []
    for number, found in enumerate(candidates):
        following = candidates[number + 1] if number + 1 < len(candidates) else None
        if not found.spellings or _is_meant(text, found, kept[-1] if kept else None, following):
            kept.append(found)
    return kept


def _is_meant(text: str, found: Candidate, kept: Candidate | None, following: Candidate | None) -> bool:
    is_exact = text[found.start : found.end] in found.spellings
    if is_exact and _has_cue(text, found):
        return True
    if not _is_item(text, found):
        return False
    if kept and _joins(text[kept.end : found.start], is_exact=is_exact):
        return True
    if following is None or not _joins(text[found.end : following.start], is_exact=is_exact):
        return False
    is_sure = not following.spellings
    return is_sure or (
        is_exact and text[following.start : following.end] in following.spellings and _is_item(text, following)
    )


def _has_cue(text: str, found: Candidate) -> bool:
    if _CUES_AFTER.match(text, found.end):
        return True
    before = text[max(0, found.start - _LOOK_BACK) : found.start]
    return bool(_CUES_BEFORE.search(before)) and not _NAME_GOES_ON.match(text, found.end)


def _is_item(text: str, found: Candidate) -> bool:
    before = text[max(0, found.start - _LOOK_BACK) : found.start]
    begins = _ITEM_BEGINS.search(before) if before else True
    return bool(begins) and bool(_ITEM_ENDS.match(text, found.end))


def _joins(gap: str, *, is_exact: bool) -> bool:
    """Whether two names stand in one list; one in other letters than usual ("go") must be right beside the other."""
    if not is_exact:
        return bool(_ONLY_A_SEPARATOR.fullmatch(gap))
    return len(gap) <= _NEAR and not _SENTENCE_ENDS.search(gap)
