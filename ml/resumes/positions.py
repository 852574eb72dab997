"""Jobs: employer, title and dates in the usual layouts, and the part of the text that tells of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ml.resumes.dates import Period, find_periods
from ml.resumes.fact_types import PositionFact, Span
from ml.resumes.sections import is_bullet, lines_of
from ml.resumes.titles import EMPLOYER, PLACE, TITLE, TOWN

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from ml.resumes.sections import Section

_LABEL = re.compile(
    r"\s*(?P<label>company|employer|organi[sz]ation|client|firma|arbeitgeber|entreprise|employeur|designation|role|title|"
    r"job title|position|poste|duration|period|dates?|from|location)(?:\s+name)?\s*[:–-]+\s*",
    re.IGNORECASE,
)
_EMPLOYER_WORDS = "company employer organization organisation client firma arbeitgeber entreprise employeur"
_EMPLOYER_LABELS = frozenset(_EMPLOYER_WORDS.split())
_TITLE_LABELS = frozenset(("designation", "role", "title", "job title", "position", "poste"))
_SEPARATOR = re.compile(r"\s+(?:at|@|bei|chez)\s+|\s*[|•·;\t/]+\s*|\s+[-–—]+\s+|\s*,\s*|\s{3,}|\s*[()]\s*|\s+-|-\s+")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
# What a line of a date may say besides the date, and a line of a head may be long.
_LONGEST_HEAD_LINE = 110
_MOST_LINES_BESIDE = 2
_MOST_WORDS = 12
_EDGES = " \t\r\xa0,;:|•·●▪–—-()[]*█"
_COMPANY_ENDING = re.compile(r"(?:inc|llc|ltd|limited|plc|corp|gmbh|ag|s\.?a)\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Position:
    """A job as it stands in the text.

    Attributes
    ----------
    region : Span
        From its first line to the next job: what was done there.
    employer_span : Span or None
        Where the employer's name stands: "Oracle" is no skill there.
    """

    fact: PositionFact
    period: Period
    region: Span
    employer_span: Span | None


class _Part(NamedTuple):
    """A part of a line; "Minsk" in "Belarus, Minsk" stands beside a place, and "Google" in "Google, London"."""

    span: Span
    is_beside_place: bool


def read_positions(text: str, sections: Sequence[Section], *, received_on: dt.date) -> list[Position]:
    """Read the jobs of the sections of experience; of the whole text but schools if none is headed so.

    Parameters
    ----------
    received_on : date
        What "present" means.

    Returns
    -------
    list of Position
        In the order of the text. Only jobs with dates are jobs.
    """
    blocks = [section for section in sections if section.kind == "experience"]
    if not blocks:
        blocks = [section for section in sections if section.kind in ("header", "profile", "other", "projects")]
    positions = []
    for section in blocks:
        positions.extend(_positions_of(text, section, received_on))
    return sorted(positions, key=lambda position: position.region)


def _positions_of(text: str, section: Section, received_on: dt.date) -> list[Position]:
    lines = list(lines_of(text, section.start, section.end))
    dated = _dated_lines(text, lines, find_periods(text, received_on=received_on, start=section.start, end=section.end))
    if not dated:
        return []
    heads = []
    after = 0
    for order, (number, period) in enumerate(dated):
        limit = dated[order + 1][0] if order + 1 < len(dated) else len(lines)
        first, stop = _head_lines(text, lines[after:limit], number - after, period)
        heads.append((first + after, stop + after))
        after = heads[-1][1]
    ends = [lines[first][0] for first, _ in heads[1:]] + [section.end]
    return [
        _position(text, lines[first:stop], period, end)
        for (first, stop), (_, period), end in zip(heads, dated, ends, strict=True)
    ]


def _dated_lines(text: str, lines: list[tuple[int, int]], periods: Iterable[Period]) -> list[tuple[int, Period]]:
    """Give line number and period of every job: one per line, none in the sentences of duties."""
    dated: list[tuple[int, Period]] = []
    number = 0
    for period in periods:
        while lines[number][1] < period.start:
            number += 1
        start, end = lines[number]
        is_head = end - start <= _LONGEST_HEAD_LINE and not _is_sentence(text[start:end])
        if is_head and (not dated or dated[-1][0] != number):
            dated.append((number, period))
    plain = [entry for entry in dated if not is_bullet(text[lines[entry[0]][0] : lines[entry[0]][1]])]
    return plain or dated


def _is_sentence(line: str) -> bool:
    """Whether a line tells something: a bullet with a verb in front of the date, or a full stop at its end."""
    words = line.split()
    return len(words) > _MOST_WORDS and (line.rstrip().endswith(".") or is_bullet(line))


def _head_lines(text: str, lines: list[tuple[int, int]], number: int, period: Period) -> tuple[int, int]:
    """Give the lines about a date that name employer and title: first, and the one after the last."""
    first, stop = number, number + 1
    while first > 0 and number - first < _MOST_LINES_BESIDE and not _names_both(text, lines[first:stop], period):
        if not _may_name(text, lines[first - 1]):
            break
        first -= 1
    while (
        stop < len(lines) and stop - number <= _MOST_LINES_BESIDE and not _names_both(text, lines[first:stop], period)
    ):
        if not _may_name(text, lines[stop]):
            break
        stop += 1
    return first, stop


def _may_name(text: str, line: tuple[int, int]) -> bool:
    content = text[line[0] : line[1]]
    bare = content.strip()
    if not bare or is_bullet(content) or len(bare) > _LONGEST_HEAD_LINE:
        return False
    is_name = bare[:1].isupper() and len(bare.split()) <= _MOST_WORDS and not bare.endswith((":", ","))
    return bool(_LABEL.match(bare)) or (is_name and (bare[-1] != "." or bool(_COMPANY_ENDING.search(bare[-8:]))))


def _names_both(text: str, lines: list[tuple[int, int]], period: Period) -> bool:
    employer, title = _names(text, lines, period, is_sure=True)
    return employer is not None and title is not None


def _position(text: str, head: list[tuple[int, int]], period: Period, region_end: int) -> Position:
    employer, title = _names(text, head, period)
    span = Span(min(head[0][0], period.start), max(head[-1][1], period.end))
    fact = PositionFact(
        employer=text[employer.start : employer.end] if employer else None,
        title=text[title.start : title.end] if title else None,
        started_on=period.started_on,
        ended_on=period.ended_on,
        is_current=period.is_current,
        span=span,
    )
    return Position(fact, period, Span(span.start, max(region_end, span.end)), employer)


def _names(
    text: str, lines: list[tuple[int, int]], period: Period, *, is_sure: bool = False
) -> tuple[Span | None, Span | None]:
    """Find employer and title among the parts of the lines of a head; if sure, no employer that may be a town."""
    parts: list[_Part] = []
    labelled: dict[str, Span] = {}
    for start, end in lines:
        label = _LABEL.match(text, start, end)
        found = _parts(text, label.end() if label else start, end, period)
        kind = label.group("label").casefold() if label else ""
        if found and kind in _EMPLOYER_LABELS:
            labelled.setdefault("employer", found[0].span)
        elif found and kind in _TITLE_LABELS:
            labelled.setdefault("title", found[0].span)
        elif kind != "location":
            parts.extend(found)
    title = labelled.get("title") or next((part.span for part in parts if _is_title(text, part.span)), None)
    others = [part for part in parts if part.span != title and not _is_title(text, part.span)]
    # A company's name before a mere name, and either before what may be a town.
    others.sort(key=lambda part: (not EMPLOYER.search(text, part.span.start, part.span.end), part.is_beside_place))
    if is_sure:
        others = [part for part in others if not part.is_beside_place]
    return labelled.get("employer") or (others[0].span if others else None), title


def _is_title(text: str, part: Span) -> bool:
    last_word = text[part.start : part.end].rsplit(maxsplit=1)[-1]
    return bool(TITLE.search(text, part.start, part.end)) and not _COMPANY_ENDING.fullmatch(last_word)


def _parts(text: str, start: int, end: int, period: Period) -> list[_Part]:
    """Divide a line at its separators, without its dates, links and places."""
    gaps = [match.span() for pattern in (_LINK, TOWN, _SEPARATOR) for match in pattern.finditer(text, start, end)]
    gaps.append((period.start, period.end))
    spans: list[Span] = []
    for gap_start, gap_end in [*sorted(gaps), (end, end)]:
        if gap_start > start:
            _append_part(text, start, min(gap_start, end), spans)
        start = max(start, gap_end)
    is_place = [False, *(bool(PLACE.fullmatch(text, span.start, span.end)) for span in spans), False]
    return [
        _Part(span, is_beside_place=is_place[number] or is_place[number + 2])
        for number, span in enumerate(spans)
        if not is_place[number + 1]
    ]


def _append_part(text: str, start: int, end: int, spans: list[Span]) -> None:
    content = text[start:end]
    start += len(content) - len(content.lstrip(_EDGES))
    end = start + len(content.strip(_EDGES))
    if spans and _COMPANY_ENDING.fullmatch(text, start, end):
        spans[-1] = Span(spans[-1].start, end)  # "Telecontact, LLC" is one name
    elif end - start > 1 and any(letter.isalpha() for letter in text[start:end]):
        spans.append(Span(start, end))
