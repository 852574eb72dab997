"""How a ranker's scores and outcomes differ between protected groups; nothing is imputed.

Scoring rate, impact ratio, unknowns and groups under 2% follow the rule to New York's Local Law 144 (6 RCNY 5-300):
the scoring rate is the share of a group scored above the median of the full sample, the impact ratio is it over that of
the group with the highest. Groups of fewer than ten people are shown by their number only. That keeps a person out of
sight of who reads the card; it is no defence against subtracting groups from a total.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.judge import FEWEST_CLUSTERS
from ml.rankers.metrics import HIGH, PairwiseAuc, bounds, cluster_weights, proportion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

FEWEST_PEOPLE = 10
"""Groups of fewer people have no rates."""

AUDITED = ("sex", "race_ethnicity")
"""What Local Law 144 asks for, apart and crossed."""

AGES = ("age", "birth_year")
"""Attributes that become two groups."""

OLDER = "40 or older"
"""The group of an age that US law protects (Age Discrimination in Employment Act of 1967)."""

SMALL_SHARE = 0.02
"""Groups below this share of the applications whose group is known do not set the highest rate."""

FOUR_FIFTHS = 0.8
"""An impact ratio below is looked at (29 CFR 1607.4 D)."""

# From this age on.
_OLDER = 40


@dataclass(frozen=True)
class ScoredApplications:
    """Applications that were scored out of fold.

    Attributes
    ----------
    applications : ndarray of shape (n_applications,)
        Their ids, each once.
    people, requisitions : ndarray of shape (n_applications,)
        Whose application to what.
    scores : ndarray of float, shape (n_applications,)
        Share of votes, in [0, 1].
    labels : ndarray of shape (n_applications,)
        1 for the good outcome, 0 for the other.
    years : ndarray of int, shape (n_applications,)
        When the stage was reached: ages are taken then.
    attributes : sequence of mapping, length n_applications
        Protected attributes by name; a value may be None.
    """

    applications: NDArray[np.object_]
    people: NDArray[np.object_]
    requisitions: NDArray[np.object_]
    scores: NDArray[np.float64]
    labels: NDArray[np.int8]
    years: NDArray[np.int64]
    attributes: Sequence[Mapping[str, str | None]]

    def take(self, rows: NDArray[np.intp]) -> ScoredApplications:
        """Give some of the applications, in the order of ``rows``."""
        return ScoredApplications(
            applications=self.applications[rows],
            people=self.people[rows],
            requisitions=self.requisitions[rows],
            scores=self.scores[rows],
            labels=self.labels[rows],
            years=self.years[rows],
            attributes=[self.attributes[row] for row in rows],
        )


def group_rates(tested: ScoredApplications, *, seed: int) -> list[dict[str, Any]]:
    """Measure every attribute that is known of anybody tested, names left out, and sex by race and ethnicity.

    Parameters
    ----------
    tested : ScoredApplications
        At least one application.
    seed : int
        Of the bootstrap of AUCs.

    Returns
    -------
    list of dict
        One per attribute: ``attribute``; ``groups`` of ten people or more, by name; ``suppressed``, the number of
        smaller ``groups`` and their ``people``; ``unknown``, ``applications`` and ``people``. Of a group: ``group``,
        ``applications``, ``people``, ``mean_score``, ``above_line`` (share scored above .55), ``above_median`` (share
        strictly above the median of all tested), ``impact_ratio`` (None where nobody is above it), ``positives`` (share
        with the good outcome), ``auc`` (pooled within the group, None without pairs), ``is_small`` (under 2%).
    """
    return [
        _rates(tested, name, column, lambda rows: _more_of_rows(tested, rows, seed))
        for name, column in group_columns(tested).items()
        if any(column)
    ]


def scoring_rates(tested: ScoredApplications, attribute: str, column: NDArray[np.object_]) -> dict[str, Any]:
    """Measure one attribute as :func:`group_rates`, without mean score, share above .55, outcomes and AUC.

    Parameters
    ----------
    tested : ScoredApplications
        At least one application.
    attribute : str
        Its name.
    column : ndarray of shape (n_applications,)
        Everybody's group, as :func:`group_columns` gives it.
    """
    return _rates(tested, attribute, column)


def group_columns(tested: ScoredApplications) -> dict[str, NDArray[np.object_]]:
    """Give everybody's group by attribute, empty where it is not known; sex by race and ethnicity too, names not."""
    names = sorted({name for attributes in tested.attributes for name in attributes if not _is_name(name)})
    columns = {name: _column(tested, name) for name in names}
    if all(name in columns for name in AUDITED):
        columns[" by ".join(AUDITED)] = _crossed(*(columns[name] for name in AUDITED))
    return columns


def _is_name(attribute: str) -> bool:
    """Tell what a person is called, which is no group and has no place on a page."""
    return attribute == "name" or attribute.endswith("_name")


def _column(tested: ScoredApplications, name: str) -> NDArray[np.object_]:
    """Give everybody's group, empty where it is not known."""
    values = [(attributes.get(name) or "").strip() for attributes in tested.attributes]
    if name in AGES:
        values = [_age_band(name, value, int(year)) for value, year in zip(values, tested.years, strict=True)]
    return np.array(["" if value.lower() == "unknown" else value for value in values], dtype=object)


def _age_band(name: str, value: str, year: int) -> str:
    """Tell under 40 from 40 or older; of a birth year by the years alone, since a birthday to come is not known."""
    try:
        number = float(value)
    except ValueError:
        return ""
    age = year - number if name == "birth_year" else number
    if not math.isfinite(age):
        return ""
    return OLDER if age >= _OLDER else f"under {_OLDER}"


def _crossed(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.object_]:
    pairs = zip(left, right, strict=True)
    return np.array([f"{one}, {other}" if one and other else "" for one, other in pairs], dtype=object)


def _rates(
    tested: ScoredApplications,
    attribute: str,
    column: NDArray[np.object_],
    more: Callable[[NDArray[np.intp]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    median = float(np.median(tested.scores))
    groups, hidden = [], []
    for name in sorted(set(column) - {""}):
        rows = np.flatnonzero(column == name)
        people = len(set(tested.people[rows]))
        if people < FEWEST_PEOPLE:
            hidden.append(people)
        else:
            is_small = bool(len(rows) < SMALL_SHARE * np.count_nonzero(column != ""))
            above = proportion(int((tested.scores[rows] > median).sum()), len(rows))
            sizes = {"applications": len(rows), "people": people, "is_small": is_small}
            groups.append({"group": name, **sizes, "above_median": above, **(more(rows) if more else {})})
    highest = max((group["above_median"]["value"] for group in groups if not group["is_small"]), default=0.0)
    for group in groups:
        group["impact_ratio"] = group["above_median"]["value"] / highest if highest else None
    unknown = np.flatnonzero(column == "")
    return {
        "attribute": attribute,
        "groups": groups,
        "suppressed": {"groups": len(hidden), "people": sum(hidden)},
        "unknown": {"applications": len(unknown), "people": len(set(tested.people[unknown]))},
    }


def _more_of_rows(tested: ScoredApplications, rows: NDArray[np.intp], seed: int) -> dict[str, Any]:
    scores, labels = tested.scores[rows], tested.labels[rows]
    return {
        "mean_score": float(scores.mean()),
        "above_line": proportion(int((scores > HIGH).sum()), len(rows)),
        "positives": proportion(int(labels.sum()), len(rows)),
        "auc": pooled_auc(labels, scores, tested.requisitions[rows], tested.people[rows], seed=seed),
    }


def pooled_auc(
    labels: NDArray[np.int8],
    scores: NDArray[np.float64],
    requisitions: NDArray[np.object_],
    people: NDArray[np.object_],
    *,
    seed: int,
) -> dict[str, Any] | None:
    """Give the AUC over all pairs with its 95% bootstrap interval.

    Parameters
    ----------
    labels, scores, requisitions, people : ndarray of shape (n_rows,)
        Requisitions are drawn or, where there are fewer than twenty, people, as :mod:`ml.rankers.judge` does.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict or None
        ``value``, ``low``, ``high`` and ``pairs``; None without pairs.
    """
    auc = PairwiseAuc(labels, scores)
    if not auc.pairs:
        return None
    clusters = requisitions if len(set(requisitions)) >= FEWEST_CLUSTERS else people
    replicates = [auc.value(weights) for weights in cluster_weights(clusters, np.random.default_rng(seed))]
    return {**bounds(auc.value(), replicates), "pairs": auc.pairs}
