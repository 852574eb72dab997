"""Past quarters replayed, stage by stage, as the site shows them; the estimates are `ml.backtest.estimates`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    """

    stage: str
    people: str
    outcome: str
    per_good: str
    quarters: tuple[Row, ...]
    left_out: tuple[Row, ...]

    @property
    def has_line(self) -> bool:
        """Whether there is a yield above .55."""
        return any("above" in row["estimates"] for row in self.quarters)

    @property
    def total(self) -> Row:
        """All replayed quarters as one: counts added up, without intervals, which quarters do not give together."""
        estimates = [row["estimates"] for row in self.quarters]
        total = _added(estimates, ("people", "observed"))
        for name in ("at_k", "people_per_good"):
            total[name] = _added((each[name] for each in estimates), ("model", "real", "by_lot", "of"))
            total[name]["gain"] = {"value": (total[name]["model"] - total[name]["real"]) / total[name]["of"]}
        # Quarters have no person in common, so all of them may be at their worst, or best, at once.
        for bound in ("worst", "best"):
            people = sum(each["at_k"]["gain"][bound] * each["at_k"]["of"] for each in estimates)
            total["at_k"]["gain"][bound] = people / total["at_k"]["of"]
        if self.has_line:
            above = _added((each["above"] for each in estimates), ("good", "of", "usual_good", "usual_of"))
            gain = above["good"] / above["of"] - above["usual_good"] / above["usual_of"] if above["of"] else None
            total["above"] = {**above, "gain": {"value": gain}}
        return total


def stages_of(rows: Iterable[Row], labels: Labels) -> tuple[BacktestStage, ...]:
    """Sort the rows of `reports/queries/backtest.sql` by stage; one never replayed is there as left out."""
    rows = list(rows)
    return tuple(
        _stage(stage, own, labels) for stage in _STAGES if (own := [row for row in rows if row["stage"] == stage])
    )


def _stage(stage: str, rows: list[Row], labels: Labels) -> BacktestStage:
    return BacktestStage(
        stage=stage,
        people=_PEOPLE[stage],
        outcome="were hired" if stage == "interviews" else words_of(stage, labels).outcome,
        per_good=_PER_GOOD[stage],
        quarters=tuple(row for row in rows if row["status"] == "replayed"),
        left_out=tuple(row for row in rows if row["status"] != "replayed"),
    )


def _added(parts: Iterable[Row], names: tuple[str, ...]) -> Row:
    parts = list(parts)
    return {name: sum(part[name] for part in parts) for name in names}
