"""Calendar quarters by name: ``2025Q1``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ml.errors import ConfigurationError

_NAME = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a year, in UTC."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """Like ``2025Q1``."""
        return f"{self.year}Q{self.number}"

    @property
    def start(self) -> date:
        """Its first day: as of it, nothing of the quarter is known."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> Quarter:
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def starts_at(self) -> datetime:
        """Midnight UTC with which it begins."""
        return datetime(self.start.year, self.start.month, 1, tzinfo=UTC)

    @property
    def ends_at(self) -> datetime:
        """Midnight UTC with which the next one begins."""
        return self.next.starts_at


def parse_quarter(name: str, where: str) -> Quarter:
    """Read a quarter's name.

    Raises
    ------
    ConfigurationError
        It is none; ``where`` says which parameter.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        given = repr(name) if name else "nothing"
        raise ConfigurationError(f"{where}: expected a quarter like 2025Q1, got {given}.")
    return Quarter(int(found[1]), int(found[2]))


def quarters_between(first: Quarter, last: Quarter) -> list[Quarter]:
    """List quarters from one to another, both included; empty where the last is before the first."""
    quarters = []
    while first <= last:
        quarters.append(first)
        first = first.next
    return quarters
