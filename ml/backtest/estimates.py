"""What another order would have been worth, among people whose outcomes are known, and at best and worst for the rest.

A cohort is everybody who entered a stage in one quarter. Of requisition r, n_r people have an observed outcome (good or
bad), and k_r of them a good one: as many as were really taken. All sums below are over requisitions.

- **Yield at k** of an order: sum of hits_r / sum of k_r, where hits_r are the good outcomes among the first k_r of the
  n_r. Drawn by lot it would be sum of (k_r * k_r / n_r) / sum of k_r.
- **People per good outcome** of an order: sum of depth_r / sum of k_r, where depth_r is the place of the last of the
  k_r good outcomes, 0 without any. By lot: sum of (k_r * (n_r + 1) / (k_r + 1)) / sum of k_r. Of interviewed people and
  hires these are interviews per hire.
- **Yield above .55** (the paper, section 5): good outcomes / people, among those with a score above .55; beside it
  business as usual, the same of everybody.

The model's order is by score; the real order is the one in which people came to the stage. Gains are differences, their
95% intervals from a bootstrap that draws whole requisitions, both orders on the same draws.

**Worst and best case**: people without an observed outcome stand in both orders too, and any of them may be good or
bad. With M and R the first k_r of everybody by model and in reality, the gain at k lies between
(good in M not R - good in R not M - unobserved in R not M) / sum of k_r and the same with + unobserved in M not R
instead. Above .55, with a people above (u of them unobserved), b in all (w unobserved and not above), g good above and
h good in all, the gain lies between g / a - (h + w) / b and (g + u) / a - (h + u) / b. Both bounds can be reached: no
assumption narrows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.judge import FEWEST_CLUSTERS
from ml.rankers.metrics import HIGH, cluster_weights, interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

Estimates = dict[str, Any]


@dataclass(frozen=True)
class Cohort:
    """Everybody who entered a stage in one quarter.

    Attributes
    ----------
    requisitions : ndarray of shape (n_people,)
        To which requisition each applied.
    outcomes : ndarray of float, shape (n_people,)
        1 good, 0 bad, NaN not observed.
    model_order, real_order : ndarray of int, shape (n_people,)
        Place in each order, from 0, without ties.
    scores : ndarray of float, shape (n_people,), or None
        Share of votes; None where the order is not by one ranker's.
    """

    requisitions: NDArray[np.object_]
    outcomes: NDArray[np.float64]
    model_order: NDArray[np.intp]
    real_order: NDArray[np.intp]
    scores: NDArray[np.float64] | None = None

    @cached_property
    def observed(self) -> NDArray[np.bool_]:
        """Who has an observed outcome, shape (n_people,)."""
        return ~np.isnan(self.outcomes)

    @cached_property
    def good(self) -> NDArray[np.bool_]:
        """Whose observed outcome is good, shape (n_people,)."""
        good: NDArray[np.bool_] = self.outcomes == 1
        return good

    @cached_property
    def codes(self) -> NDArray[np.intp]:
        """Requisition of each as a number from 0, shape (n_people,)."""
        codes: NDArray[np.intp] = np.unique(self.requisitions, return_inverse=True)[1]
        return codes

    def sums(self, chosen: NDArray[Any]) -> NDArray[np.float64]:
        """Sum a value of each person by requisition, shape (n_requisitions,)."""
        sums: NDArray[np.float64] = np.bincount(self.codes, chosen).astype(np.float64)
        return sums

    def places(self, order: NDArray[np.intp], among: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Place of each within the requisition and ``among`` others, from 1; infinite for who is not among them."""
        sequence = np.lexsort((order, self.codes))
        sequence = sequence[among[sequence]]
        codes = self.codes[sequence]
        first = np.searchsorted(codes, codes, side="left")
        places = np.full(len(order), np.inf)
        places[sequence] = 1 + np.arange(len(sequence)) - first
        return places


def estimate(cohort: Cohort, *, seed: int) -> Estimates:
    """Compute every estimate of a cohort.

    Parameters
    ----------
    cohort : Cohort
        With at least one observed good outcome.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``people``, ``observed``, ``good``, ``requisitions``; ``at_k``, ``people_per_good`` and, where there are scores,
        ``above``. Each of these has the numbers that it divides, and ``gain`` with ``value``, ``low``, ``high`` (None
        under 20 requisitions) and, but for people per good outcome, ``worst`` and ``best``.
    """
    taken = cohort.sums(cohort.good)
    draws = list(cluster_weights(np.arange(len(taken)), np.random.default_rng(seed)))
    estimates = {
        "people": len(cohort.outcomes),
        "observed": int(cohort.observed.sum()),
        "good": int(cohort.good.sum()),
        "requisitions": int((cohort.sums(cohort.observed) > 0).sum()),
        "at_k": _at_k(cohort, taken, draws),
        "people_per_good": _people_per_good(cohort, taken, draws),
    }
    if cohort.scores is not None:
        estimates["above"] = _above(cohort, cohort.scores > HIGH, draws)
    return estimates


def _at_k(cohort: Cohort, taken: NDArray[np.float64], draws: list[NDArray[np.float64]]) -> Estimates:
    model, real = (
        cohort.sums(cohort.good & (cohort.places(order, cohort.observed) <= taken[cohort.codes]))
        for order in (cohort.model_order, cohort.real_order)
    )
    people = np.maximum(cohort.sums(cohort.observed), 1)
    measured = _compared(model, real, taken, by_lot=taken * taken / people, draws=draws)
    measured["gain"].update(_bounds_at_k(cohort, taken))
    return measured


def _people_per_good(cohort: Cohort, taken: NDArray[np.float64], draws: list[NDArray[np.float64]]) -> Estimates:
    model, real = (_depths(cohort, order) for order in (cohort.model_order, cohort.real_order))
    people = cohort.sums(cohort.observed)
    return _compared(model, real, taken, by_lot=taken * (people + 1) / (taken + 1), draws=draws)


def _compared(
    model: NDArray[np.float64],
    real: NDArray[np.float64],
    taken: NDArray[np.float64],
    *,
    by_lot: NDArray[np.float64],
    draws: list[NDArray[np.float64]],
) -> Estimates:
    """Sum what each order gives per requisition, and divide the difference by how many were taken."""
    replicates = [_ratio(draw @ (model - real), draw @ taken) for draw in draws]
    return {
        "model": int(model.sum()),
        "real": int(real.sum()),
        "by_lot": float(by_lot.sum()),
        "of": int(taken.sum()),
        "gain": _gain(_ratio((model - real).sum(), taken.sum()), replicates, len(taken)),
    }


def _bounds_at_k(cohort: Cohort, taken: NDArray[np.float64]) -> dict[str, float]:
    everybody = np.ones(len(cohort.outcomes), dtype=bool)
    model, real = (
        cohort.places(order, everybody) <= taken[cohort.codes] for order in (cohort.model_order, cohort.real_order)
    )
    gained, lost, unknown = model & ~real, real & ~model, ~cohort.observed
    known = int((gained & cohort.good).sum()) - int((lost & cohort.good).sum())
    return {
        "worst": float((known - (lost & unknown).sum()) / taken.sum()),
        "best": float((known + (gained & unknown).sum()) / taken.sum()),
    }


def _depths(cohort: Cohort, order: NDArray[np.intp]) -> NDArray[np.float64]:
    """Place of each requisition's last good outcome among the observed, shape (n_requisitions,)."""
    depths = np.zeros(int(cohort.codes.max()) + 1)
    np.maximum.at(depths, cohort.codes[cohort.good], cohort.places(order, cohort.observed)[cohort.good])
    return depths


def _above(cohort: Cohort, above: NDArray[np.bool_], draws: list[NDArray[np.float64]]) -> Estimates:
    good, people = cohort.sums(cohort.good), cohort.sums(cohort.observed)
    good_above, people_above = cohort.sums(cohort.good & above), cohort.sums(cohort.observed & above)
    replicates = [_ratio(draw @ good_above, draw @ people_above) - _ratio(draw @ good, draw @ people) for draw in draws]
    value = _ratio(good_above.sum(), people_above.sum()) - _ratio(good.sum(), people.sum())
    return {
        "good": int(good_above.sum()),
        "of": int(people_above.sum()),
        "usual_good": int(good.sum()),
        "usual_of": int(people.sum()),
        "gain": {**_gain(value, replicates, len(good)), **_bounds_above(cohort, above)},
    }


def _bounds_above(cohort: Cohort, above: NDArray[np.bool_]) -> dict[str, float | None]:
    if not above.any():
        return {"worst": None, "best": None}
    chosen, everybody = int(above.sum()), len(above)
    good_above, good = int((cohort.good & above).sum()), int(cohort.good.sum())
    unknown_above, unknown_below = int((~cohort.observed & above).sum()), int((~cohort.observed & ~above).sum())
    return {
        "worst": good_above / chosen - (good + unknown_below) / everybody,
        "best": (good_above + unknown_above) / chosen - (good + unknown_above) / everybody,
    }


def _gain(value: float, replicates: list[float], requisitions: int) -> dict[str, float | None]:
    low, high = interval(replicates) if requisitions >= FEWEST_CLUSTERS else (np.nan, np.nan)
    return {name: _finite(number) for name, number in (("value", value), ("low", low), ("high", high))}


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _finite(number: float) -> float | None:
    """Give None for what JSON has no number for."""
    return float(number) if np.isfinite(number) else None
