"""What a cohort adds up to, requisition by requisition, and the bounds of a depth against every possible truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ml.backtest.cohort import Cohort, RequisitionSums, add_up, least_difference, pool


def depth(order: list[int], good: list[bool], taken: int) -> int:
    """Count people down an order until so many good ones are found."""
    found = np.cumsum([good[person] for person in order])
    return int(np.argmax(found >= taken)) + 1 if taken else 0


@pytest.mark.parametrize("seed", range(200))
def test_the_least_difference_is_that_of_the_best_of_all_truths(seed: int) -> None:
    random = np.random.default_rng(seed)
    people = int(random.integers(1, 9))
    unknown = (random.random(people) < random.random()).tolist()
    good = [not hidden and bool(random.random() < 0.5) for hidden in unknown]
    order, other = random.permutation(people).tolist(), random.permutation(people).tolist()
    taken, hidden = sum(good), np.flatnonzero(unknown)
    differences = []
    for truth in product((False, True), repeat=len(hidden)):
        turned_out = list(good)
        for person, outcome in zip(hidden, truth, strict=True):
            turned_out[person] = outcome
        differences.append(depth(order, turned_out, taken) - depth(other, turned_out, taken))
    assert least_difference(order, other, good=good, unknown=unknown) == min(differences)


def test_somebody_unobserved_is_the_same_person_in_both_orders() -> None:
    # Good (0), unobserved (1), bad (2). One good outcome is looked for.
    # Here 2, 1, 0: two people if 1 is good, three if not. There 1, 0, 2: one person if 1 is good, two if not.
    # Each order by itself would allow 2 - 2 = 0; but then 1 would be good here and bad there.
    good, unknown = [True, False, False], [False, True, False]
    assert least_difference([2, 1, 0], [1, 0, 2], good=good, unknown=unknown) == 1


def test_nobody_looked_for_is_no_depth() -> None:
    assert least_difference([0, 1], [1, 0], good=[False, False], unknown=[True, False]) == 0


def cohort(requisitions: str, outcomes: list[float], above: list[bool]) -> Cohort:
    """Ordered by the model as listed, in reality the other way round."""
    people = np.arange(len(outcomes))
    return Cohort(np.array(list(requisitions), dtype=object), np.array(outcomes), people, people[::-1], np.array(above))


def test_sums_are_by_requisition_and_add_up_over_cohorts() -> None:
    first = add_up(cohort("AAB", [1, 0, np.nan], [True, False, True]))
    second = add_up(cohort("BC", [1, 0], [True, False]))
    assert first.requisitions == ("A", "B")
    pooled = pool([first, second])
    assert pooled.requisitions == ("A", "B", "C")
    # A: good, bad; B: not observed, good; C: bad.
    assert pooled["people"].tolist() == [2, 2, 1]
    assert pooled["observed"].tolist() == [2, 1, 1]
    assert pooled["good"].tolist() == [1, 1, 0]
    # The model finds the good one of A first, reality last.
    assert (pooled["depth_model"].tolist(), pooled["depth_real"].tolist()) == ([1, 1, 0], [2, 1, 0])
    assert (pooled["hits_model"].tolist(), pooled["hits_real"].tolist()) == ([1, 1, 0], [0, 1, 0])
    assert pooled["above"].tolist() == [1, 2, 0]
    assert pooled["above_observed"].tolist() == [1, 1, 0]
    assert pooled["above_good"].tolist() == [1, 1, 0]


def test_what_is_kept_is_read_back() -> None:
    sums = add_up(cohort("AAB", [1, 0, np.nan], [True, False, True]))
    read = RequisitionSums.from_document(sums.document())
    assert read.requisitions == sums.requisitions
    assert {name: each.tolist() for name, each in read.sums.items()} == {
        name: each.tolist() for name, each in sums.sums.items()
    }
    assert read.has_line
