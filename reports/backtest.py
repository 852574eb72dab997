"""Past quarters replayed, stage by stage, as the site shows them; the estimates are `ml.backtest.estimates`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.backtest.cohort import RequisitionSums, pool
from ml.backtest.estimates import estimate
from reports.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml.organisation import Labels

Row = dict[str, Any]

_STAGES = ("quality", "interviews", "onboard", "attrition")
_PEOPLE = {
    "quality": "people who applied",
    "interviews": "people first interviewed",
    "onboard": "people with an offer",
    "attrition": "people who started work",
}
_PER_GOOD = {
    "quality": "screens per pass",
    "interviews": "interviews per hire",
    "onboard": "offers per start",
    "attrition": "hires per stayer",
}


@dataclass(frozen=True)
class BacktestStage:
    """One stage over all replayed quarters.

    Attributes
    ----------
    stage : str
        A ranker, or ``interviews``.
    people, outcome, per_good : str
        Who is put in order, what the good outcome is, and what people per good outcome are called.
    quarters : tuple of dict
        Replayed ones, oldest first: ``quarter`` and ``estimates``.
    left_out : tuple of dict
        The others: ``quarter`` and ``sentence``.
    total : dict or None
        Estimates of all replayed quarters as one cohort; None without any.
    """

    stage: str
    people: str
    outcome: str
    per_good: str
    quarters: tuple[Row, ...]
    left_out: tuple[Row, ...]
    total: Row | None

    @property
    def has_line(self) -> bool:
        """Whether there is a yield above .55."""
        return self.total is not None and "above" in self.total


def stages_of(rows: Iterable[Row], labels: Labels, *, seed: int) -> tuple[BacktestStage, ...]:
    """Sort the rows of `reports/queries/backtest.sql` by stage; one never replayed is there as left out.

    Parameters
    ----------
    rows : iterable of dict
        Of the query.
    labels : Labels
        The organisation's outcome windows.
    seed : int
        Of the bootstrap over all quarters.
    """
    rows = list(rows)
    return tuple(
        _stage(stage, own, labels, seed=seed)
        for stage in _STAGES
        if (own := [row for row in rows if row["stage"] == stage])
    )


def _stage(stage: str, rows: list[Row], labels: Labels, *, seed: int) -> BacktestStage:
    quarters = tuple(row for row in rows if row["status"] == "replayed")
    return BacktestStage(
        stage=stage,
        people=_PEOPLE[stage],
        outcome="were hired" if stage == "interviews" else words_of(stage, labels).outcome,
        per_good=_PER_GOOD[stage],
        quarters=quarters,
        left_out=tuple(row for row in rows if row["status"] != "replayed"),
        total=_total(quarters, seed=seed) if quarters else None,
    )


def _total(quarters: tuple[Row, ...], *, seed: int) -> Row:
    sums = pool([RequisitionSums.from_document(row["requisitions"]) for row in quarters])
    opted_out = sum(row["estimates"]["opted_out"] for row in quarters)
    return {"opted_out": opted_out, **estimate(sums, seed=seed)}
