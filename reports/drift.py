"""Find out whether what a ranker sees has changed since it was trained.

A column drifted when its distribution is far from the training snapshot's (Evidently's distance, at least
`DISTANCE_THRESHOLD`) and so large a difference would hardly be chance (`clustered.difference_p_value`, adjusted
over all columns by Benjamini and Hochberg, below `FALSE_DISCOVERY_RATE`). With many rows the second alone would flag
differences that matter to nobody; with few requisitions the first alone would flag chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reports.clustered import Group, difference_p_value
from reports.columns import MINIMUM_ROWS, bins, clusters, comparable
from reports.evidently_page import DISTANCE_THRESHOLD, distance, draw
from reports.formats import count, decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

FALSE_DISCOVERY_RATE = 0.05
DRAWN = 12
"""How many columns, the farthest, Evidently draws: drawing takes nearly all of the time."""

Verdict = Literal["drift", "no drift", "nothing to compare"]

_CLUSTERS = ("requisition_id", "candidate_id")


@dataclass(frozen=True)
class ColumnDrift:
    """How one column moved.

    Attributes
    ----------
    column : str
        Its name.
    distance : float
        As in `reports.evidently_page.distance`; 0 is no change.
    p_value, adjusted_p_value : float in [0, 1]
        Before and after the correction for comparing many columns.
    has_drifted : bool
        By the rule of this module.
    """

    column: str
    distance: float
    p_value: float
    adjusted_p_value: float
    has_drifted: bool


@dataclass(frozen=True)
class Drift:
    """Verdict over all columns, drifted and farthest first; ``html`` is Evidently's page of the first, or empty."""

    verdict: Verdict
    sentence: str
    reference_rows: int
    current_rows: int
    columns: tuple[ColumnDrift, ...] = ()
    html: str = ""


def compare(
    reference: pd.DataFrame, current: pd.DataFrame, features: Sequence[str], outcomes: Sequence[str] = ()
) -> Drift:
    """Compare the rows that a ranker was trained on with the rows of now.

    Parameters
    ----------
    reference, current : DataFrame
        With the columns to compare, ``requisition_id`` and ``candidate_id``. Rows of one requisition are not
        independent; where there is one requisition only, rows of one candidate are not.
    features : sequence of str
        Columns whose values should be like those of training, and be missing as often.
    outcomes : sequence of str
        Scores and labels: many rows have none yet, which is no change.
    """
    rows = len(reference), len(current)
    if min(rows) < MINIMUM_ROWS:
        sentence = (
            f"{count(rows[0])} rows of training and {count(rows[1])} of now: "
            f"nothing is compared below {MINIMUM_ROWS} of each."
        )
        return Drift("nothing to compare", sentence, *rows)
    then, now = comparable(reference, current, features, sparse=outcomes)
    if then.empty:
        return Drift("nothing to compare", "No column has more than one value.", *rows)
    groups = clusters(reference, current, _CLUSTERS)
    p_values = {name: _p_value(then[name], now[name], groups) for name in then.columns}
    found = _verdicts(p_values, {name: distance(then[name], now[name]) for name in p_values})
    verdict: Verdict = "drift" if found[0].has_drifted else "no drift"
    drawn = {column.column: column.adjusted_p_value < FALSE_DISCOVERY_RATE for column in found[:DRAWN]}
    return Drift(verdict, _sentence(found), *rows, tuple(found), draw(then, now, drawn))


def _verdicts(p_values: dict[str, float], distances: dict[str, float]) -> list[ColumnDrift]:
    """Judge every column: drifted ones first, then by distance."""
    adjusted = adjust(p_values)
    found = [
        ColumnDrift(
            column=name,
            distance=distances[name],
            p_value=p_values[name],
            adjusted_p_value=adjusted[name],
            has_drifted=distances[name] >= DISTANCE_THRESHOLD and adjusted[name] < FALSE_DISCOVERY_RATE,
        )
        for name in p_values
    ]
    return sorted(found, key=lambda column: (not column.has_drifted, -column.distance, column.column))


def adjust(p_values: dict[str, float]) -> dict[str, float]:
    """Correct p-values for how many there are (Benjamini and Hochberg 1995).

    Of the values that stay below a rate, about that share at most are false alarms.
    """
    from scipy.stats import false_discovery_control

    return dict(zip(p_values, false_discovery_control(list(p_values.values())).tolist(), strict=True))


def _p_value(reference: pd.Series, current: pd.Series, groups: tuple[NDArray[np.int64], NDArray[np.int64]]) -> float:
    sides = []
    for numbers, group in zip(bins(reference, current), groups, strict=True):
        known = numbers >= 0
        sides.append(Group(numbers[known], _renumbered(group[known])))
    return difference_p_value(*sides)


def _renumbered(group: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.unique(group, return_inverse=True)[1]


def _sentence(columns: list[ColumnDrift]) -> str:
    drifted = [column for column in columns if column.has_drifted]
    if not drifted:
        return f"None of {len(columns)} columns drifted."
    named = ", ".join(f"{column.column} ({decimal(column.distance, 2)})" for column in drifted[:3])
    others = f" and {len(drifted) - 3} more" if len(drifted) > 3 else ""
    return f"{len(drifted)} of {len(columns)} columns drifted: {named}{others}."
