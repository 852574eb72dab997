"""How well found spans agree with marked ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class SpanCounts:
    """Spans found, marked, and both."""

    found: int = 0
    marked: int = 0
    both: int = 0

    def plus(self, found: Collection[object], marked: Collection[object]) -> SpanCounts:
        """Add one text's spans: each counts once, and agrees only if it is the same from end to end."""
        ours, theirs = set(found), set(marked)
        return SpanCounts(self.found + len(ours), self.marked + len(theirs), self.both + len(ours & theirs))

    @property
    def precision(self) -> float:
        """Share of the found that is marked; 0 where nothing was found."""
        return self.both / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the marked that was found; 0 where nothing is marked."""
        return self.both / self.marked if self.marked else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: twice the common ones over all on either side."""
        return 2 * self.both / (self.found + self.marked) if self.found + self.marked else 0.0
