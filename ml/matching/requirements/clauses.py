"""The clauses of a sentence, and whether what each names is required, preferred or not asked for.

A cue that comes first ("ideally", "no") speaks of what follows, one that comes last ("is a plus", "not required") of
what precedes, up to the next clause: "Python required, Go preferred" has two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ml.matching.requirements.years import YEARS_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Stance(Enum):
    """What a clause says of what it names."""

    NOT_ASKED = "not asked"
    PREFERRED = "preferred"
    REQUIRED = "required"
    UNMARKED = "unmarked"


@dataclass(frozen=True)
class Clause:
    """Part of a sentence, as offsets into the description; ``cues`` are the parts of it that give the stance."""

    start: int
    end: int
    stance: Stance
    cues: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Cue:
    """Where a sentence has words of a kind of ``_CUES``; one before a colon ("is a plus:") speaks of both sides."""

    kind: str
    start: int
    end: int


_NEEDED = r"""(?:required|needed|necessary|essential|mandatory|obligatory|expected|compulsory
    |a\s+(?:must(?:[- ]have)?|requirement|pre-?requisite))"""
_NICE = r"""(?:an?\s+(?:\w+\s+)?(?:plus|bonus|asset|advantage|benefit)|(?:big|huge)\s+plus|of\s+advantage
    |prefer(?:red|able)
    |desir(?:able|ed)|advantageous|beneficial|helpful|useful|welcome|appreciated|optional|highly\s+regarded
    |even\s+better
    |(?:nice|good|great)[- ]to[- ]have|(?<=be\s)(?:nice|great|good|ideal))"""
_NOT = r"(?:not|(?:is|are|was)n['’]t)\s+(?:(?:strictly|absolutely|really|always)\s+)?"

# In the order in which they are tried where several begin at one place.
_CUES = {
    "plus_after": rf"""{_NICE}(?:[\s,]+(?:but|though|although)\s+(?:(?:it\s+)?is\s+)?{_NOT}{_NEEDED})?(?!\w)
        | {_NOT}{_NEEDED}[\s,]+but\s+(?:(?:is|are|would|be)\s+)*{_NICE}(?!\w)""",
    "not_after": rf"""{_NOT}{_NEEDED}(?!\w) | un-?necessary\b
        | (?:(?:is|are|be)\s+(?:fully\s+)?|gets?\s+)(?:provided|given|offered|taught)\b
        | can\s+be\s+(?:learn(?:ed|t)|taught|acquired)\b | on\s+the\s+job\b""",
    "must_after": rf"{_NEEDED}(?!\w)",
    "plus_before": r"""(?:ideally|preferably|optionally|bonus\s+points?(?:\s+(?:for|if))?|(?:nice|good
        |great)\s+to\s+have
        |(?:would|we['’]d|it['’]d)\s+(?:love|like|be\s+(?:great|nice|good|ideal))(?:\s+it)?\s+if
        |if\s+you\s+(?:also\s+|already\s+)?(?:know|have)|willing(?:ness)?\s+to\s+learn
        |(?:strong\s+|keen\s+)?interest(?:ed)?\s+in)\b""",
    "not_before": r"""no\s+(?!(?:less|fewer|more|later|matter|one|limit|doubt)\b) | (?:without|unlike|neither)\b
        | (?:rather\s+than|instead\s+of|regardless\s+of|moved?\s+(?:away|on)\s+from|replac(?:ed?|ing))\b
        | (?:(?:do|does|will|would|need|should)(?:\s+not|n['’]t)|won['’]t)\s+(?:be\s+)?
          (?:need|require|expect|use|work|ask|have|know)\w*
        | will\s+(?:teach|train)\b | (?:can|will|to|you['’]ll)\s+(?:be\s+)?(?:learn|taught|trained)\b""",
}
_CUE = re.compile(
    r"(?<![\w'’])(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _CUES.items()) + ")",
    re.VERBOSE | re.IGNORECASE,
)
# The words that tie a cue to what it speaks of: "would also be | a plus".
_TIE = re.compile(
    r"(?:\b(?:is|are|was|be|would|will|can|may|also|considered|seen|as|definitely|highly|strongly|very|much"
    r"|absolutely|strictly)\s+)+$",
    re.IGNORECASE,
)
_STANCES = {
    "not": Stance.NOT_ASKED,
    "plus": Stance.PREFERRED,
    "must": Stance.REQUIRED,
}
_PRECEDENCE = list(Stance)
# "Including but not limited to" and "not only" deny nothing.
_NOT_ONLY = re.compile(r"\b(?:but\s+not\s+limited\s+to|not\s+(?:limited\s+to|only)|but\s+also)\b", re.IGNORECASE)

_DESCRIBED = r"""(?:(?:an?|some|first|very|good|strong|solid|proven|excellent|deep|sound|basic|working|hands-on
    |practical|extensive|advanced|prior|previous|in-depth|further|your)\s+)*"""
_NEW_THOUGHT = rf"""(?={_DESCRIBED}
    (?:(?:experience|expertise|knowledge|understanding|command|proficiency|familiarity|exposure|fluency
        |ability)\b(?!\s+(?:is|are|would|and|or)\b)
    |(?:proficient|fluent|experienced|skilled|familiar|comfortable)\b
    |(?:have|has|are|knows?|brings?|holds?|speaks?|can)\b
    |{re.sub(r"[?]P<[a-z]+>", "?:", YEARS_PATTERN)}))"""
_HARD = re.compile(
    rf";|\.{{3}}|…|\bbut\b|\bhowever\b|,\s+(?:and\s+|of\s+(?:which|these)\s+)?{_NEW_THOUGHT}",
    re.VERBOSE | re.IGNORECASE,
)
_SOFT = re.compile(rf"\b(?:and|plus|with|including|&)\s+{_NEW_THOUGHT}", re.VERBOSE | re.IGNORECASE)
_LIST_END = re.compile(r"\band\b|\bor\b|&", re.IGNORECASE)
_PARENTHESES = re.compile(r"\(([^()]*)\)")


def read_clauses(text: str, start: int, end: int) -> Iterator[Clause]:
    """Yield the clauses of a sentence, in their order."""
    sentence = text[start:end]
    if "only" in sentence or "limited" in sentence:
        sentence = _NOT_ONLY.sub(lambda found: " " * len(found.group()), sentence)
    cues = [_cue(sentence, found) for found in _CUE.finditer(sentence)]
    hard = _hard_cuts(sentence, cues)
    soft = {found.start() for found in _SOFT.finditer(sentence)}
    for begin, stop in _between(hard, len(sentence)):
        own = [cue for cue in cues if begin <= cue.start < stop]
        stances = {_STANCES[cue.kind.partition("_")[0]] for cue in own}
        stance = next((each for each in _PRECEDENCE if each in stances), Stance.UNMARKED)
        spans = tuple((start + cue.start, start + cue.end) for cue in own)
        for first, last in _between({cut for cut in soft if begin < cut < stop} | {begin}, stop):
            yield Clause(start + first, start + last, stance, spans)


def _cue(sentence: str, found: re.Match[str]) -> _Cue:
    start, kind = found.start(), found.lastgroup or ""
    if sentence[found.end() :].lstrip().startswith(":"):
        return _Cue(kind.replace("after", "around"), start, found.end())
    if kind.endswith("after") and (tie := _TIE.search(sentence, max(0, start - 40), start)):
        start = tie.start()
    return _Cue(kind, start, found.end())


def _hard_cuts(sentence: str, cues: Sequence[_Cue]) -> set[int]:
    cuts = {0} | {found.start() for found in _HARD.finditer(sentence)}
    for cue in cues:
        if cue.kind.endswith("after"):
            cuts.add(cue.end)
        if cue.kind.endswith("before"):
            cuts.add(cue.start)
        if cue.kind == "not_before" and (comma := sentence.find(",", cue.end)) >= 0:
            cuts.add(comma)
    for aside in _PARENTHESES.finditer(sentence) if cues else ():
        inside = [cue.end - cue.start for cue in cues if aside.start() < cue.start < aside.end()]
        # "(preferred)" speaks of what precedes, "(SVN is not needed)" of itself.
        if inside and len(aside.group(1)) > sum(inside) + 3:
            cuts |= {aside.start(), aside.end()}
    return cuts | set(_single_subjects(sentence, cues, cuts))


def _single_subjects(sentence: str, cues: Sequence[_Cue], cuts: set[int]) -> Iterator[int]:
    """Yield the comma in "English, French is a plus": what is a plus is the last one only."""
    for cue in cues:
        if cue.kind.endswith("after") and sentence[cue.start : cue.start + 3].lower() == "is ":
            begin = max((cut for cut in cuts if cut < cue.start), default=0)
            before = sentence[begin : cue.start]
            if before.count(",") == 1 and not _LIST_END.search(before):
                yield begin + before.index(",")


def _between(cuts: set[int], end: int) -> Iterator[tuple[int, int]]:
    places = sorted(cuts)
    yield from zip(places, [*places[1:], end], strict=True)
