"""How long somebody is to have done something: "3-5 years", "minimum of three (3) years", "half a year"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Years:
    """A duration and where it stands.

    Attributes
    ----------
    minimum : float or None
        In years, at least; None where a text only sets an upper bound or none ("up to 3 years", "0-2 years").
    """

    minimum: float | None
    start: int
    end: int


_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NUMBERS = {word: float(number) for number, word in enumerate(_WORDS, start=1)}

_NUMBER = rf"(?:\d{{1,2}}(?:[.,]\d)?|{'|'.join(_WORDS)})"
YEARS_PATTERN = rf"""
    (?<![\w.,])(?:(?P<bound>up\ to|at\ most|max(?:imum|\.)?(?:\ of)?|less\ than|under|not?\ more\ than)\ )?
    (?:(?:at\ least|a?\ ?min(?:imum|\.)?(?:\ of)?|more\ than|over|about|around|approx\.?|from|>=?|≥|no\ (?:less
        |fewer)\ than)\s*)*
    (?:(?P<number>(?<![\w.,]){_NUMBER}(?![\d.,]*\d))(?P<half>\ and\ (?:a|one)\ half)?
        (?:\ ?\(\d{{1,2}}\+?\))?\ ?\+?
        (?:\ ?(?:-|–|—|to|or|and)\ ?{_NUMBER}\ ?\+?)?
      | (?P<words>(?<!\w)(?:half\ an?|an?))
    )
    [-\s]?(?:(?P<years>years?|yrs?\.?|yoe|y(?=\ ?\+|\s|$))|(?P<months>months?|mths?\.?))(?!\w)['’]?(?:\ ?\+)?
    (?:\ or\ (?:more|longer|above))?
"""
# Most clauses have none, which is found out sooner by this.
_UNIT = re.compile(r"[yY](?:ea)?[rR]|[yY][oO][eE]|[mM](?:on)?[tT][hH]|YEAR|MONTH|\dy")
_YEARS = re.compile(YEARS_PATTERN, re.VERBOSE | re.IGNORECASE)

# Ages, anniversaries, terms of contracts and the like.
_OTHER_AFTER = re.compile(
    r"""\s*(?:ago|old|or\ older|and\ older|or\ over|of\ age|in\ a\ row|running|(?:of\ )?(?:warranty|guarantee
        |contract|leave|history|holidays?)
    |(?:fixed|contract|term|plan|program(?:me)?|probation|salar|paid|parental|maternity|after|before|from\ now
    |apprenticeship)\w*)""",
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_OTHER_BEFORE = re.compile(
    r"""(?:founded|within|every|(?:last|past|next|first|limited\ to|period\ of|term\ of|contract\ (?:of|for)
        |duration\ of|after|lasts?|takes?))\s*(?:the\ )?$""",
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip


def find_years(text: str, start: int, end: int) -> Iterator[Years]:
    """Yield the durations in a part of a text that may be ones of experience."""
    if not _UNIT.search(text, start, end):
        return
    for found in _YEARS.finditer(text, start, end):
        if _OTHER_AFTER.match(text, found.end(), end) or _OTHER_BEFORE.search(text, start, found.start()):
            continue
        yield Years(_minimum(found), found.start(), found.end())


def _minimum(found: re.Match[str]) -> float | None:
    if found["bound"]:
        return None
    written = found["number"]
    if written is None:
        number = 0.5 if found["words"].lower().startswith("half") else 1.0
    else:
        number = _NUMBERS.get(written.lower()) or float(written.replace(",", "."))
    number += 0.5 if found["half"] else 0
    return (number / 12 if found["months"] else number) or None
