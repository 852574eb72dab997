"""Only the screened, offered and hired have outcomes: how far that reaches, and what the ranked lists owe to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from ml.rankers.metrics import proportion
from reports.queries import query

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

Row = dict[str, Any]

# Every list of most organisations; of the largest, enough that another draw would say the same.
MOST_REQUISITIONS = 500


@dataclass(frozen=True)
class Outside:
    """How many of the people whom a ranker scored lie outside of what it was trained on.

    Attributes
    ----------
    overall : dict
        ``count`` outside ``of`` all scored, the share ``value`` and its 95% Wilson interval ``low`` to ``high``.
    statuses : tuple of (str, dict)
        The same by label status, observed outcomes first.
    """

    overall: Row
    statuses: tuple[tuple[str, Row], ...]


def read_outside(connection: Connection, batch_id: int, as_of_date: date) -> dict[str, Outside]:
    """Count, by ranker, the scored people outside of its training; without rankers that do not measure it."""
    rows = _read(connection, "outside", batch_id=batch_id, as_of_date=as_of_date)
    by_ranker: dict[str, list[Row]] = {}
    for row in rows:
        by_ranker.setdefault(row["ranker"], []).append(row)
    return {ranker: _outside(counts) for ranker, counts in by_ranker.items()}


def read_rankings_without_facets(connection: Connection, batch_id: int, as_of_date: date) -> list[Row]:
    """Compare the ranked lists of a batch with those that ignore onboard, attrition or both.

    Returns
    -------
    list of dict
        By ``condition`` and what is ``ignored``: ``requisitions`` compared, the mean Spearman ``correlation`` of the
        ranks within them (None where every list has one person), and the shares ``openings`` and ``ten`` of the first
        as many as there are openings, and of the first ten, who stay among them, as of
        :func:`ml.rankers.metrics.proportion`.
    """
    rows = _read(
        connection, "rankings_without_facets", batch_id=batch_id, as_of_date=as_of_date, at_most=MOST_REQUISITIONS
    )
    shares = {name: (f"{name}_kept", f"{name}_of") for name in ("openings", "ten")}
    return [row | {name: proportion(row[kept], row[of]) for name, (kept, of) in shares.items()} for row in rows]


def _outside(counts: list[Row]) -> Outside:
    outside, applications = (sum(row[name] for row in counts) for name in ("outside", "applications"))
    statuses = tuple((row["label_status"], proportion(row["outside"], row["applications"])) for row in counts)
    return Outside(proportion(outside, applications), statuses)


def _read(connection: Connection, name: str, **values: object) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query(name), values).fetchall()
