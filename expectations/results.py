"""Gate results in the warehouse: ``governance.gate_results``, to which rows are only ever added."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from expectations.sentences import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    import psycopg

_INSERT = """
insert into governance.gate_results (
    as_of_date, layer, subject, suite, evaluated, failed, passed, sentence, details, run_at
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_LATEST = """
select as_of_date, layer, suite, subject, evaluated, details, run_at
from governance.latest_gate_results
order by as_of_date desc, run_at, suite, subject
"""


@dataclass(frozen=True)
class Found:
    """What a run of a gate found about one subject."""

    as_of_date: date
    layer: str
    suite: str
    outcome: Outcome
    run_at: datetime

    @property
    def page(self) -> str:
        """Path of its page below the folder of Data Docs; a later run of the same date replaces it."""
        name = re.sub(r"[^a-z0-9.]+", "_", self.outcome.subject.lower())
        return f"{self.as_of_date}/{self.layer}/{name}.html"

    @property
    def sentence(self) -> str:
        """The first failure, or how many expectations were met."""
        outcome = self.outcome
        return outcome.failures[0] if outcome.failures else f"{outcome.evaluated} expectations were met."


def record(connection: psycopg.Connection, found: Sequence[Found]) -> None:
    """Add the results of one run."""
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [_row(entry) for entry in found])
    connection.commit()


def _row(entry: Found) -> tuple[object, ...]:
    outcome = entry.outcome
    details = {"failures": outcome.failures, "notes": outcome.notes, "page": entry.page}
    passed = not outcome.failures
    counts = (outcome.evaluated, len(outcome.failures), passed)
    where = (entry.as_of_date, entry.layer, outcome.subject, entry.suite)
    return (*where, *counts, entry.sentence, Jsonb(details), entry.run_at)


def latest_results(connection: psycopg.Connection) -> list[Found]:
    """Read the latest result of every date, layer and subject, newest dates first."""
    return [
        Found(as_of_date, layer, suite, _outcome(subject, evaluated, details), run_at.astimezone(UTC))
        for as_of_date, layer, suite, subject, evaluated, details, run_at in connection.execute(_LATEST)
    ]


def _outcome(subject: str, evaluated: int, details: dict[str, list[str]]) -> Outcome:
    return Outcome(subject, evaluated, tuple(details["failures"]), tuple(details["notes"]))
