"""The skills that a clause names: those of the taxonomy, and the items of its lists that no taxonomy knows.

A clause is cut into runs of words by punctuation and by words that say nothing of what is asked for ("strong",
"experience", "with"). A run is an item where the clause is a list of requirements, after words that ask ("experience
in", "proficient in"), and before such a word ("negotiation skills").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.matching.requirements.words import (
    ASKING_ADJECTIVES,
    ASKING_NOUNS,
    ASKING_OTHERS,
    CONTRACTIONS,
    CREDENTIALS,
    FILLERS,
    GENERIC,
    LEADING,
    NOT_ADVERBS,
    PREPOSITIONS,
    PREPOSITIONS_OF_NOUNS,
    STOPS,
    TRAILING,
)
from ml.resumes.taxonomy import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml.resumes.taxonomy import Mention, Taxonomy


@dataclass(frozen=True)
class Item:
    """A skill that a clause names.

    Attributes
    ----------
    skill : str or None
        None for words that only hold a place in a list: "or similar".
    is_known : bool
        In the taxonomy.
    is_example : bool
        One of several of which any suffices: "such as Kafka, RabbitMQ".
    """

    skill: str | None
    start: int
    end: int
    is_known: bool
    is_example: bool


# A clause without any of these, known skills or a list's place has no items.
_ASKS = re.compile(
    rf"\b(?:{'|'.join(sorted(ASKING_NOUNS | ASKING_ADJECTIVES | ASKING_OTHERS | CREDENTIALS, reverse=True))})\b",
    re.IGNORECASE,
)
_MAXIMUM_WORDS = 4
_TOKEN = re.compile(
    r"(?P<word>(?<!\w)[A-Z]{1,3}/[A-Z]{1,3}(?!\w)|[^\W_](?:[\w+#]|[-.'’&](?=[^\W_]))*[+#]*)|(?P<mark>[^\s\w])"
)
_EXAMPLES = re.compile(
    r"\b(?:such\s+as|for\s+(?:example|instance)|e\.?g\.?|either|any\s+of|one\s+(?:or\s+more\s+|or\s+several\s+)?of)(?!\w)"
    r"|(?<!would\s)(?<!['’]d\s)\blike\b(?!\s+to\b|-)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*(?:,|/|\bor\b)[^()]*\)|\((?:e\.?g\.?|such\s+as|like)[^()]*\)", re.IGNORECASE)


def find_items(
    text: str,
    start: int,
    end: int,
    *,
    mentions: Sequence[Mention],
    masked: Sequence[tuple[int, int]],
    is_list: bool,
    taxonomy: Taxonomy,
) -> list[Item]:
    """Give the items of a clause in their order.

    Parameters
    ----------
    text : str
        The description.
    start, end : int
        The clause.
    mentions : sequence of Mention
        What the taxonomy finds in the clause, in order.
    masked : sequence of (int, int)
        Parts of the clause that name no skill: durations, cues.
    is_list : bool
        The clause is a list of requirements by its place: a bullet below "Must have".
    taxonomy : Taxonomy
        Names the items that it knows, which need not be mentions: "Go" is a skill only in a list of skills.
    """
    if not (mentions or is_list or _ASKS.search(text, start, end)):
        return []
    chunker = _Chunker(text, start, end, is_list=is_list, taxonomy=taxonomy)
    known = {mention.start: mention for mention in mentions}
    skip = dict(masked)
    position = start
    while token := _TOKEN.search(text, position, end):
        here = token.start()
        if here in known and not any(first <= here < last for first, last in masked):
            chunker.add_known(known[here])
            position = known[here].end
        elif here in skip:
            chunker.flush()
            position = max(skip[here], token.end())
        else:
            chunker.add(token)
            position = token.end()
    chunker.flush()
    return _without_heads(text, chunker.items)


class _Chunker:
    """Collects runs of words; what state it is in says whether a run is an item."""

    def __init__(self, text: str, start: int, end: int, *, is_list: bool, taxonomy: Taxonomy) -> None:
        self.items: list[Item] = []
        self._text, self._taxonomy = text, taxonomy
        self._examples = _example_spans(text, start, end)
        self._is_list = is_list
        self._is_asking = is_list
        self._run: list[re.Match[str]] = []
        self._touches_known = False
        self._has_just_asked = False
        self._is_infinitive = False

    def add_known(self, mention: Mention) -> None:
        # "Spark jobs", "production Java": the words around a known skill are no other skill.
        self._run.clear()
        self.items.append(self._item(mention.skill, mention.start, mention.end, is_known=True))
        self._touches_known = True

    def add(self, token: re.Match[str]) -> None:
        word = token.group().casefold()
        if token["mark"]:
            self.flush()
            self._is_asking |= self._is_list and word in ",;/"
        elif word in ASKING_NOUNS:
            # "Sales experience", not "to gain experience".
            self.flush(is_asked=not self._is_infinitive)
            self._is_asking = self._has_just_asked = True
            return
        elif word in ASKING_ADJECTIVES:
            self.flush()
            self._has_just_asked = True
            return
        elif word in ASKING_OTHERS or (self._has_just_asked and word in PREPOSITIONS):
            self.flush()
            self._is_asking = True
        elif word in STOPS or word.endswith(CONTRACTIONS):
            self.flush()
            self._is_asking &= self._has_just_asked and word in PREPOSITIONS_OF_NOUNS
        elif (word in FILLERS or (word.endswith("ly") and word not in NOT_ADVERBS)) and not (
            self._run and token.group() == "A"
        ):
            self.flush()
        else:
            self._run.append(token)
            self._has_just_asked = False
            return
        self._has_just_asked = False
        self._is_infinitive = word == "to"

    def flush(self, *, is_asked: bool = False) -> None:
        """End the run, and keep it as an item if it is one."""
        if not self._run:
            self._touches_known = False
            return
        run, touches_known = self._run, self._touches_known
        self._run, self._touches_known = [], False
        while run and run[0].group().casefold() in LEADING:
            run = run[1:]
        while len(run) > 1 and run[-1].group().casefold() in TRAILING:
            run = run[:-1]
        if not run or touches_known or len(run) > _MAXIMUM_WORDS:
            return
        start, end = run[0].start(), run[-1].end()
        words = [token.group().casefold() for token in run]
        is_asked |= words[-1] in CREDENTIALS
        if not (self._is_asking or is_asked):
            return
        says_nothing = all(word in GENERIC or not any(map(str.isalpha, word)) or len(word) < 2 for word in words)
        name = self._text[start:end]
        known = self._taxonomy.skill_named(name)
        if says_nothing and known is None:
            self.items.append(self._item(None, start, end, is_known=False))
        else:
            self.items.append(self._item(known or key_of(name), start, end, is_known=known is not None))

    def _item(self, skill: str | None, start: int, end: int, *, is_known: bool) -> Item:
        is_example = any(first <= start < last for first, last in self._examples)
        return Item(skill, start, end, is_known, is_example)


def _example_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    asides = [found.span() for found in _ASIDE.finditer(text, start, end)]
    named = [found.end() for found in _EXAMPLES.finditer(text, start, end)]
    ends = [next((last for first, last in asides if first < place < last), end) for place in named]
    return [*asides, *zip(named, ends, strict=True)]


def _without_heads(text: str, items: list[Item]) -> list[Item]:
    """Leave out what known examples stand for: the message brokers of "message brokers such as Kafka"."""
    kept = []
    for item, following in zip(items, [*items[1:], None], strict=False):
        is_head = (
            following is not None
            and not (item.is_known or item.is_example)
            and following.is_known
            and following.is_example
            and re.search(r"\band\b|,\s*$", text[item.end : following.start].split("(", maxsplit=1)[0]) is None
        )
        if not is_head:
            kept.append(item)
    return kept
