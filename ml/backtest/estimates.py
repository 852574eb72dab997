"""What another order would have been worth, among people whose outcomes are known, and at best and worst for the rest.

All sums below are over requisitions; what is summed is defined in :mod:`ml.backtest.cohort`.

- **Yield at k** of an order: sum of hits / sum of k. A gain lies between its sums at worst and at best / sum of k.
- **People per good outcome** of an order: sum of depths / sum of k; bounded likewise. Of interviewed people and hires
  these are interviews per hire.
- **Yield above .55** (the paper, section 5): good outcomes / people, among those with a score above .55; beside it
  business as usual, the same of everybody. With a people above (u of them unobserved), b in all (w unobserved and not
  above), g good above and h good in all, the gain lies between g / a - (h + w) / b and (g + u) / a - (h + u) / b.

The model's order is by score; the real order is the one in which people came to the stage. Gains are differences, their
95% intervals from a bootstrap that draws whole requisitions, both orders on the same draws. Several quarters are
estimated as one cohort is, from their pooled sums: a requisition that was open in several of them is drawn whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.judge import FEWEST_CLUSTERS
from ml.rankers.metrics import cluster_weights, interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ml.backtest.cohort import RequisitionSums

Estimates = dict[str, Any]


def estimate(sums: RequisitionSums, *, seed: int) -> Estimates:
    """Compute every estimate of a cohort, or of several pooled.

    Parameters
    ----------
    sums : RequisitionSums
        With at least one observed good outcome.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``people``, ``observed``, ``good``, ``requisitions``; ``at_k``, ``people_per_good`` and, where there is a line,
        ``above``. Each of these has the numbers that it divides, and ``gain`` with ``value``, ``low``, ``high`` (None
        under 20 requisitions), ``worst`` and ``best``.
    """
    draws = list(cluster_weights(np.arange(len(sums.requisitions)), np.random.default_rng(seed)))
    estimates = {
        **{name: int(sums[name].sum()) for name in ("people", "observed", "good")},
        "requisitions": int((sums["observed"] > 0).sum()),
        "at_k": _compared(sums, "hits", draws),
        "people_per_good": _compared(sums, "depth", draws),
    }
    if sums.has_line:
        estimates["above"] = _above(sums, draws)
    return estimates


def _compared(sums: RequisitionSums, measure: str, draws: list[NDArray[np.float64]]) -> Estimates:
    """Sum what each order gives, and divide the difference by how many were taken."""
    model, real, taken = sums[f"{measure}_model"], sums[f"{measure}_real"], sums["good"]
    replicates = [_ratio(draw @ (model - real), draw @ taken) for draw in draws]
    return {
        "model": int(model.sum()),
        "real": int(real.sum()),
        "by_lot": float(sums[f"{measure}_by_lot"].sum()),
        "of": int(taken.sum()),
        "gain": {
            **_gain(_ratio((model - real).sum(), taken.sum()), replicates, len(taken)),
            **{bound: float(sums[f"{measure}_{bound}"].sum() / taken.sum()) for bound in ("worst", "best")},
        },
    }


def _above(sums: RequisitionSums, draws: list[NDArray[np.float64]]) -> Estimates:
    good, people = sums["good"], sums["observed"]
    good_above, people_above = sums["above_good"], sums["above_observed"]
    replicates = [_ratio(draw @ good_above, draw @ people_above) - _ratio(draw @ good, draw @ people) for draw in draws]
    value = _ratio(good_above.sum(), people_above.sum()) - _ratio(good.sum(), people.sum())
    return {
        "good": int(good_above.sum()),
        "of": int(people_above.sum()),
        "usual_good": int(good.sum()),
        "usual_of": int(people.sum()),
        "gain": {**_gain(value, replicates, len(good)), **_bounds_above(sums)},
    }


def _bounds_above(sums: RequisitionSums) -> dict[str, float | None]:
    above, everybody = sums["above"].sum(), sums["people"].sum()
    if above == 0:
        return {"worst": None, "best": None}
    good_above, good = sums["above_good"].sum(), sums["good"].sum()
    unknown_above = above - sums["above_observed"].sum()
    unknown_below = everybody - sums["observed"].sum() - unknown_above
    return {
        "worst": float(good_above / above - (good + unknown_below) / everybody),
        "best": float((good_above + unknown_above) / above - (good + unknown_above) / everybody),
    }


def _gain(value: float, replicates: list[float], requisitions: int) -> dict[str, float | None]:
    low, high = interval(replicates) if requisitions >= FEWEST_CLUSTERS else (np.nan, np.nan)
    return {name: _finite(number) for name, number in (("value", value), ("low", low), ("high", high))}


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _finite(number: float) -> float | None:
    """Give None for what JSON has no number for."""
    return float(number) if np.isfinite(number) else None
