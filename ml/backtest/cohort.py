"""Who entered a stage in one quarter, in two orders, and what that adds up to in each requisition.

Of a requisition, n people have an observed outcome, k of them a good one: as many as were really taken.

- **Hits** of an order are the good outcomes among its first k of the n. Drawn by lot there would be k * k / n.
- **Depth** of an order is how far down it one must go for k good outcomes: the place of the last of them among the n,
  0 for k = 0. Drawn by lot it would be k * (n + 1) / (k + 1).

**Worst and best case.** People without an observed outcome stand in both orders too, and any of them may be good or
bad. The gain of the model's order on the real one is bounded over everything that they may turn out to be:

- Of hits: with M and R the first k of everybody by model and in reality, between good in M not R - good in R not M -
  unobserved in R not M, and the same with + unobserved in M not R instead.
- Of depths: k good outcomes are looked for as before, in everybody's order. The more of the unobserved are good, the
  sooner they are found: in one order alone, all of them good is the best case, none of them the worst. But the same
  person is good, or bad, in both orders: :func:`least_difference` takes that into account.

All bounds can be reached: no assumption narrows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Cohort:
    """Everybody who entered a stage in one quarter and had not opted out of being ranked.

    Attributes
    ----------
    requisitions : ndarray of shape (n_people,)
        To which requisition each applied.
    outcomes : ndarray of float, shape (n_people,)
        1 good, 0 bad, NaN not observed.
    model_order, real_order : ndarray of int, shape (n_people,)
        Place in each order, from 0, without ties.
    is_above : ndarray of bool, shape (n_people,), or None
        Who scores above .55; None where the order is not by one ranker's score.
    """

    requisitions: NDArray[np.object_]
    outcomes: NDArray[np.float64]
    model_order: NDArray[np.intp]
    real_order: NDArray[np.intp]
    is_above: NDArray[np.bool_] | None = None

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
        """Requisition of each as a number from 0, by name, shape (n_people,)."""
        codes: NDArray[np.intp] = np.unique(self.requisitions, return_inverse=True)[1]
        return codes

    def sums(self, chosen: NDArray[Any]) -> NDArray[np.float64]:
        """Sum a value of each person by requisition, shape (n_requisitions,)."""
        sums: NDArray[np.float64] = np.bincount(self.codes, chosen).astype(np.float64)
        return sums

    def sequences(self, order: NDArray[np.intp]) -> list[list[int]]:
        """List the people of each requisition in an order, everybody by their position in the cohort."""
        sequence = np.lexsort((order, self.codes))
        starts = np.flatnonzero(np.diff(self.codes[sequence])) + 1
        return [people.tolist() for people in np.split(sequence, starts)]

    def places(self, order: NDArray[np.intp], among: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Place of each within the requisition and ``among`` others, from 1; infinite for who is not among them."""
        sequence = np.lexsort((order, self.codes))
        sequence = sequence[among[sequence]]
        codes = self.codes[sequence]
        first = np.searchsorted(codes, codes, side="left")
        places = np.full(len(order), np.inf)
        places[sequence] = 1 + np.arange(len(sequence)) - first
        return places


@dataclass(frozen=True)
class RequisitionSums:
    """What a cohort, or several, add up to in each requisition: counts, and never who.

    Attributes
    ----------
    requisitions : tuple of str
        Their names, without repetition.
    sums : dict of str to ndarray of shape (n_requisitions,)
        ``people``, ``observed`` and ``good``; ``hits_`` and ``depth_`` with ``model``, ``real``, ``by_lot``,
        ``worst`` and ``best``, the last two of the gain; and, where there is a line at .55, ``above``,
        ``above_observed`` and ``above_good``.
    """

    requisitions: tuple[str, ...]
    sums: dict[str, NDArray[np.float64]]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Give one of the sums, shape (n_requisitions,)."""
        return self.sums[name]

    @property
    def has_line(self) -> bool:
        """Whether it says who scores above .55."""
        return "above" in self.sums

    def document(self) -> dict[str, Any]:
        """Write it as what JSON can hold."""
        return {"requisitions": self.requisitions, "sums": {name: each.tolist() for name, each in self.sums.items()}}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> RequisitionSums:
        """Read what :meth:`document` wrote."""
        return cls(tuple(document["requisitions"]), {name: np.array(each) for name, each in document["sums"].items()})


def add_up(cohort: Cohort) -> RequisitionSums:
    """Add up a cohort in each requisition."""
    everybody = np.ones(len(cohort.outcomes), dtype=bool)
    chosen = {"people": everybody, "observed": cohort.observed, "good": cohort.good}
    if (above := cohort.is_above) is not None:
        chosen |= {"above": above, "above_observed": above & cohort.observed, "above_good": above & cohort.good}
    sums = {name: cohort.sums(each) for name, each in chosen.items()}
    names = tuple(str(name) for name in np.unique(cohort.requisitions))
    return RequisitionSums(names, {**sums, **_hits(cohort, sums), **_depths(cohort, sums)})


def pool(parts: Sequence[RequisitionSums]) -> RequisitionSums:
    """Add cohorts of the same stage together; a requisition that several have becomes one.

    Parameters
    ----------
    parts : sequence of RequisitionSums
        At least one; either all or none of them with a line.
    """
    names, codes = np.unique(np.concatenate([part.requisitions for part in parts]), return_inverse=True)
    sums = {
        name: np.bincount(codes, np.concatenate([part[name] for part in parts])).astype(np.float64)
        for name in parts[0].sums
    }
    return RequisitionSums(tuple(names.tolist()), sums)


def least_difference(
    order: Sequence[int], other: Sequence[int], *, good: Sequence[bool], unknown: Sequence[bool]
) -> int:
    """Give the least by which one order's depth can exceed the other's, whatever the unobserved outcomes are.

    A depth of at most a here and of more than b there needs k good outcomes among the first a here, and fewer than k
    among the first b there. Whoever stands among the first a alone may be good at no cost; only as many as these leave
    wanting must be good among both. So for each a the largest such b is found, and it grows with a.

    Parameters
    ----------
    order, other : sequence of int
        The people of one requisition, first to last in either order.
    good, unknown : sequence of bool
        Of every person: whether the outcome is good, and whether it is not observed.
    """
    taken = sum(good[person] for person in order)
    if taken == 0:
        return 0
    here: set[int] = set()
    there: set[int] = set()
    good_here = unknown_here = unknown_here_alone = good_there = 0
    least = len(order)
    for person in order:
        here.add(person)
        good_here += good[person]
        unknown_here += unknown[person]
        unknown_here_alone += unknown[person] and person not in there
        while good_here + unknown_here >= taken:
            following = other[len(there)]
            good_then = good_there + good[following]
            alone_then = unknown_here_alone - (unknown[following] and following in here)
            if good_then + max(0, taken - good_here - alone_then) >= taken:
                least = min(least, len(here) - len(there) - 1)
                break
            there.add(following)
            good_there, unknown_here_alone = good_then, alone_then
    return least


def _hits(cohort: Cohort, sums: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    taken = sums["good"]
    model, real = (
        cohort.sums(cohort.good & (cohort.places(order, cohort.observed) <= taken[cohort.codes]))
        for order in (cohort.model_order, cohort.real_order)
    )
    everybody = np.ones(len(cohort.outcomes), dtype=bool)
    in_model, in_real = (
        cohort.places(order, everybody) <= taken[cohort.codes] for order in (cohort.model_order, cohort.real_order)
    )
    gained, lost, unknown = in_model & ~in_real, in_real & ~in_model, ~cohort.observed
    known = cohort.sums(gained & cohort.good) - cohort.sums(lost & cohort.good)
    return {
        "hits_model": model,
        "hits_real": real,
        "hits_by_lot": taken * taken / np.maximum(sums["observed"], 1),
        "hits_worst": known - cohort.sums(lost & unknown),
        "hits_best": known + cohort.sums(gained & unknown),
    }


def _depths(cohort: Cohort, sums: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    taken = sums["good"]
    orders = cohort.model_order, cohort.real_order
    model, real = (_depth(cohort, order) for order in orders)
    outcomes = {"good": cohort.good.tolist(), "unknown": (~cohort.observed).tolist()}
    pairs = list(zip(*(cohort.sequences(order) for order in orders), strict=True))
    return {
        "depth_model": model,
        "depth_real": real,
        "depth_by_lot": taken * (sums["observed"] + 1) / (taken + 1),
        # Whoever has to look at fewer people gains.
        "depth_worst": np.array([-least_difference(real, model, **outcomes) for model, real in pairs], dtype=float),
        "depth_best": np.array([least_difference(model, real, **outcomes) for model, real in pairs], dtype=float),
    }


def _depth(cohort: Cohort, order: NDArray[np.intp]) -> NDArray[np.float64]:
    """Place of each requisition's last good outcome among the observed, shape (n_requisitions,)."""
    depths = np.zeros(int(cohort.codes.max()) + 1)
    np.maximum.at(depths, cohort.codes[cohort.good], cohort.places(order, cohort.observed)[cohort.good])
    return depths
