"""Reading SkillSpan: sentences of job ads in which people marked what one must know (Zhang et al., 2022)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.resumes.tagger import BEGIN, INSIDE, OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Sentence:
    """A sentence with its marked spans.

    Attributes
    ----------
    text : str
        Its tokens with a space between.
    spans : tuple of (int, int)
        Half-open positions in the text of what one must know, from left to right.
    ad : str
        The ad it is from: sentences of one ad belong on one side of a split.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    ad: str


def read_sentences(path: Path) -> list[Sentence]:
    """Read a file of JSON lines, their knowledge layer."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_sentence(json.loads(line)) for line in lines if line]


def _sentence(row: dict[str, object]) -> Sentence:
    words: list[str] = row["tokens"]  # type: ignore[assignment]
    tags: list[str] = row["tags_knowledge"]  # type: ignore[assignment]
    return Sentence(" ".join(words), tuple(_spans(words, tags)), f"{row['source']}-{row['idx']}")


def _spans(words: Sequence[str], tags: Sequence[str]) -> Iterator[tuple[int, int]]:
    position, begun = 0, None
    for word, tag in zip(words, tags, strict=True):
        if tag != INSIDE and begun is not None:
            yield begun, position - 1
            begun = None
        if tag == BEGIN:
            begun = position
        position += len(word) + 1
    if begun is not None:
        yield begun, position - 1


def tags_of(words: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> list[str]:
    """Tag words by the spans that they overlap."""
    tags = [OUTSIDE] * len(words)
    for start, end in spans:
        inside = [place for place, (first, last) in enumerate(words) if first < end and start < last]
        for place in inside:
            tags[place] = BEGIN if place == inside[0] else INSIDE
    return tags
