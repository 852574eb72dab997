"""The passages of a job description, each with what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.matching.requirements.headings import Section, heading_section
from ml.matching.requirements.subjects import is_of_employer, is_of_work

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Passage:
    """A sentence or a bullet, as offsets into the description.

    Attributes
    ----------
    is_listed : bool
        Stands below or after a heading, as a bullet or as the rest of the line: what it names is a list.
    """

    start: int
    end: int
    section: Section
    is_listed: bool


_BULLET = re.compile(
    r"[ \t\xa0]*(?:[-•·–—▪◦●○✓✔➢►■§]+(?=[ \t\xa0\w])|\*(?=[ \t\xa0\w])|o(?=[ \t])|\(?\d{1,2}[.)](?=[ \t]))[ \t\xa0]*"
)
# Bounds what is compared with each other in a sentence.
_LONGEST_SENTENCE = 2_000
_LINE = re.compile(r"[^\n\r]+")
# A line that was wrapped goes on in lower case.
_WRAPPED = re.compile(r"\n(?<=[^\n]{39}[^\n.:;!?]\n)[ \t]*(?=[a-z(])")
_SENTENCE_END = re.compile(r"[.!?](?:\s+|$)|\s[•·▪●✓]\s*|\s\*\s+(?=[A-Z])")
_ABBREVIATION = re.compile(
    r"(?:\be\.g|\bi\.e|\bincl|\bapprox|\bmin|\bmax|\byrs?|\bexp|\betc|\bvs|\bDr|\b[A-Z]|\bSt|\bNo|\bresp)\.$", re.I
)
_GOES_ON = re.compile(r"[a-z/,&]")
_INLINE_HEADING = re.compile(r"\s*([^:\n.;,()]{3,60}?)\s*:(?!//|\d\d)\**\s*")


def read_passages(description: str) -> Iterator[Passage]:
    """Yield the sentences and bullets of a description in their order, headings left out."""
    section, is_headed = Section.UNHEADED, False
    for start, end in _lines(description):
        bullet = _BULLET.match(description, start, end)
        begin = bullet.end() if bullet else start
        heading = None if bullet else heading_section(description[begin:end])
        if heading is not None:
            section, is_headed = heading, True
            continue
        yield from _line_passages(description, begin, end, section, is_listed=is_headed or bullet is not None)


def _lines(description: str) -> Iterator[tuple[int, int]]:
    # Same length, so that offsets stay.
    unwrapped = _WRAPPED.sub(lambda wrap: " " * len(wrap.group()), description)
    for line in _LINE.finditer(unwrapped):
        if not line.group().isspace():
            yield line.span()


def _line_passages(description: str, start: int, end: int, section: Section, *, is_listed: bool) -> Iterator[Passage]:
    for first, stop in _sentences(description, start, end):
        begin = first
        heading = _INLINE_HEADING.match(description, begin, stop)
        inner = heading_section(heading.group(1)) if heading else None
        if heading and inner is not None:
            section, is_listed, begin = inner, True, heading.end()
        if begin < stop:
            yield Passage(begin, stop, _section_of(description, begin, stop, section), is_listed)


def _section_of(description: str, start: int, end: int, section: Section) -> Section:
    if is_of_employer(description, start, end):
        return Section.COMPANY
    if section is Section.UNHEADED and is_of_work(description, start, end):
        return Section.DUTIES
    return section


def _sentences(description: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for stop in _SENTENCE_END.finditer(description, start, end):
        goes_on = _GOES_ON.match(description, stop.end()) or _ABBREVIATION.search(
            description, max(begin, stop.start() - 8), stop.start() + 1
        )
        if stop.group().startswith(".") and goes_on:
            continue
        yield from _bounded(begin, stop.start())
        begin = stop.end()
    yield from _bounded(begin, end)


def _bounded(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, in parts if it is longer than any sentence is."""
    for begin in range(start, max(end, start + 1), _LONGEST_SENTENCE):
        yield begin, min(begin + _LONGEST_SENTENCE, end)
