"""Which skills of a clause can stand for each other: "Java, Kotlin or Scala", "such as Kafka, RabbitMQ"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml.matching.requirements.items import Item

_OR = re.compile(r"\bor\b(?!\s+(?:more|several)\b)", re.IGNORECASE)
_AND = re.compile(r"\band\b|&|\bas\s+well\s+as\b|\bplus\b", re.IGNORECASE)


def group_alternatives(text: str, items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """Give the groups of items of which any one suffices, in their order.

    A comma means what the next "and" or "or" of its list means; without one it means "or" between examples and "and"
    elsewhere. "And/or" means "or"; a bare "/" does too, but says nothing of the commas before it.
    """
    groups: list[list[Item]] = []
    joins = _joins(text, items)
    for item, joined in zip(items, [False, *joins], strict=False):
        if joined:
            groups[-1].append(item)
        else:
            groups.append([item])
    # Places that words like "or similar" held are no skills.
    named = [tuple(item for item in group if item.skill is not None) for group in groups]
    return [group for group in named if group]


def _joins(text: str, items: Sequence[Item]) -> list[bool]:
    """Say of each neighbouring two whether either suffices."""
    joins: list[bool] = []
    later: bool | None = None
    for left, right in reversed(list(pairwise(items))):
        between = text[left.end : right.start]
        are_examples = left.is_example and right.is_example
        if _OR.search(between):
            later = True
        elif "/" in between:
            joins.append(True)
            continue
        elif _AND.search(between):
            later = are_examples
        elif "," in between:
            later = are_examples if later is None else later
        else:
            later = None
        joins.append(bool(later))
    return joins[::-1]
