"""Periods of time in the ways people write them, and months without double counting."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# English, German, French, Spanish, Italian, Portuguese, Dutch: enough letters to tell the months apart.
_MONTHS = {
    1: "jan jän ene gen", 2: "feb fév fev", 3: "mar mär mrz mrt maa", 4: "apr avr abr", 5: "may mai mag maj mei",
    6: "jun juin giu", 7: "jul juil lug", 8: "aug août aout ago", 9: "sep set", 10: "oct okt out ott",
    11: "nov", 12: "dec dez déc dic",
}  # fmt: skip
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12, "q1": 1, "q2": 4, "q3": 7, "q4": 10}
_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_MOMENT = (
    rf"(?:(?P<season{{0}}>spring|summer|autumn|fall|winter|q[1-4])[ ,]+(?P<season_year{{0}}>{_YEAR})"
    rf"|(?:\d{{{{1,2}}}}(?:st|nd|rd|th)?\.?[ ])?(?P<name{{0}}>{_NAMES})[a-zéûä]*\.?(?:[ ]\d{{{{1,2}}}}(?:st|nd|rd|"
    rf"th)?,)?"
    rf"[ ,/'’.-]{{{{0,3}}}}(?P<name_year{{0}}>{_YEAR}|\d\d)(?!\d)"
    rf"|(?:\d{{{{1,2}}}}[./-])?(?P<number{{0}}>0?[1-9]|1[0-2])[./-](?P<number_year{{0}}>{_YEAR})(?!\d)"
    rf"|(?P<iso_year{{0}}>{_YEAR})[-/.](?P<iso{{0}}>0[1-9]|1[0-2])(?![\d])(?:-\d\d)?"
    rf"|(?P<year{{0}}>{_YEAR})(?!\d))"
)
_NOW = (
    r"(?P<now>present|current(?:ly)?|now|today|till[ -]*date|to[ -]+date|date|till[ -]*now|ongoing|heute|jetzt|"
    r"aujourd['’]hui|ce jour|actualidad|actual|presente|oggi|heden)\b"
)
_BETWEEN = (
    r"\s{0,5}(?:-{1,2}|–|—|‐|‑|−|~|→|to|until|till|til|through|thru|up to|bis|à|au|al|hasta|a|"
    r"tot)(?:[: ]*(?:the|zum)\b)?[\s:-]{0,5}"
)
_RANGE = re.compile(
    rf"(?<![\w./-])(?:(?:from|von|de|du)[ :-]{{0,5}})?{_MOMENT.format('_a')}{_BETWEEN}(?:{_NOW}|"
    rf"{_MOMENT.format('_b')})",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"\b(?:since|from|seit|depuis|desde|ab)\b[ :-]{{0,5}}{_MOMENT.format('_a')}", re.IGNORECASE)
_ONE = re.compile(rf"\b(?:spring|summer|autumn|fall|winter)[ ,]+{_YEAR}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """Months that a text names in ``text[start:end]``.

    Attributes
    ----------
    first, last : int
        The months, counted from the year 0 (``12 * year + month - 1``); both belong to the period. A year without a
        month stands for its middle: 2015 to 2018 is July 2015 to June 2018, three years. The last month of a current
        period is that of receipt.
    """

    first: int
    last: int
    is_current: bool
    start: int
    end: int

    @property
    def started_on(self) -> dt.date:
        """First day of the first month."""
        return dt.date(self.first // 12, self.first % 12 + 1, 1)

    @property
    def ended_on(self) -> dt.date | None:
        """Last day of the last month; None while it goes on."""
        year, month = self.last // 12, self.last % 12 + 1
        return None if self.is_current else dt.date(year, month, calendar.monthrange(year, month)[1])


def find_periods(text: str, *, received_on: dt.date, start: int = 0, end: int | None = None) -> Iterator[Period]:
    """Find the periods in ``text[start:end]``, from left to right; one that begins after the receipt is none.

    Parameters
    ----------
    received_on : date
        When the resume was received: "present" means then, and plans beyond it do not count.
    """
    today = 12 * received_on.year + received_on.month - 1
    limits = (start, len(text) if end is None else end)
    matches = [match for pattern in (_RANGE, _SINCE, _ONE) for match in pattern.finditer(text, *limits)]
    position = start
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if match.start() < position:
            continue
        position = match.end()
        first, last, is_current = _months_of(match, today)
        if first <= today and first <= last:
            yield Period(first, min(last, today), is_current, match.start(), match.end())


def _months_of(match: re.Match[str], today: int) -> tuple[int, int, bool]:
    if match.re is _ONE:
        season, year = match.group().split()
        first = 12 * int(year) + _SEASONS[season.casefold().rstrip(",")] - 1
        return first, first + 2, False
    groups = match.groupdict()
    first, is_year = _moment(groups, "_a", today, is_end=False)
    if match.re is _SINCE or groups["now"]:
        return first, today, True
    last, is_last_year = _moment(groups, "_b", today, is_end=True)
    if is_year and is_last_year and first // 12 == last // 12:
        return 12 * (first // 12) + 3, 12 * (first // 12) + 8, False  # somewhere within a year: half of it
    return first, last, False


def _moment(groups: dict[str, str | None], side: str, today: int, *, is_end: bool) -> tuple[int, bool]:
    """Give the month of one side of a range, and whether only its year was written."""
    if season := groups[f"season{side}"]:
        month = _SEASONS[season.casefold()] + (2 if is_end else 0)
        return 12 * int(groups[f"season_year{side}"] or 0) + month - 1, False
    if name := groups[f"name{side}"]:
        return 12 * _full_year(groups[f"name_year{side}"] or "", today) + _MONTH_OF[name.casefold()] - 1, False
    for number, year in (("number", "number_year"), ("iso", "iso_year")):
        if groups[number + side]:
            return 12 * int(groups[year + side] or 0) + int(groups[number + side] or 0) - 1, False
    return 12 * int(groups[f"year{side}"] or 0) + (5 if is_end else 6), True


def _full_year(written: str, today: int) -> int:
    if len(written) == 4:
        return int(written)
    year = today // 1200 * 100 + int(written)
    return year if 12 * year <= today else year - 100


def years_of(periods: Iterable[Period]) -> float:
    """Length of the union of some periods: a month counts once, however many of them have it.

    Returns
    -------
    float
        Years, rounded to hundredths.
    """
    months, counted_to = 0, -1
    for first, last in sorted((period.first, period.last) for period in periods):
        months += max(0, last - max(first, counted_to + 1) + 1)
        counted_to = max(counted_to, last)
    return round(months / 12, 2)
