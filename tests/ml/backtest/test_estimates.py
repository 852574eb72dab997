"""Every estimate worked by hand, and laws that hold for any cohort."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.backtest.cohort import Cohort, add_up, pool
from ml.backtest.estimates import Estimates, estimate

# Requisition A, as people came: bad, good, bad, good, not observed; B: good, bad, not observed.
REQUISITIONS = np.array(["A"] * 5 + ["B"] * 3, dtype=object)
OUTCOMES = np.array([0, 1, 0, 1, np.nan, 1, 0, np.nan])
#         A: 4th, 2nd, 5th (not observed), 3rd, 1st;  B: 3rd (not observed), 2nd, 1st.
SCORES = np.array([0.30, 0.80, 0.40, 0.90, 0.60, 0.50, 0.70, 0.75])


def order(key: NDArray[np.float64]) -> NDArray[np.intp]:
    """Places of people sorted by a key, lowest first."""
    places = np.empty(len(key), dtype=np.intp)
    places[np.argsort(key, kind="stable")] = np.arange(len(key))
    return places


def cohort(scores: NDArray[np.float64] = SCORES) -> Cohort:
    return Cohort(REQUISITIONS, OUTCOMES, order(-scores), np.arange(8), scores > 0.55)


def estimated(cohort: Cohort, *, seed: int = 0) -> Estimates:
    return estimate(add_up(cohort), seed=seed)


@pytest.fixture
def found() -> Estimates:
    return estimated(cohort())


def test_who_is_counted(found: Estimates) -> None:
    # Good: two of A, one of B. Six of eight outcomes are observed.
    assert (found["people"], found["observed"], found["good"], found["requisitions"]) == (8, 6, 3, 2)


def test_yield_at_k(found: Estimates) -> None:
    # k: A 2, B 1. Observed of A by score: .9 good, .8 good, .4 bad, .3 bad: 2 hits. Of B: .7 bad, .5 good: 0 hits.
    # As they came: A bad, good, ...: 1 hit; B good, ...: 1 hit.
    assert (found["at_k"]["model"], found["at_k"]["real"], found["at_k"]["of"]) == (2, 2, 3)
    # By lot: A 2 * 2 / 4 = 1, B 1 * 1 / 2 = 1/2.
    assert found["at_k"]["by_lot"] == pytest.approx(1.5)
    assert found["at_k"]["gain"]["value"] == 0


def test_yield_at_k_at_worst_and_at_best(found: Estimates) -> None:
    # Of everybody. A by score: .9 good, .8 good; as they came: bad, good. In M not R: .9 (good); in R not M: the bad one.
    # B by score: .75 not observed; as they came: good. In M not R: the unobserved; in R not M: the good one.
    # Known: 1 good gained, 1 good lost, 0 in all; unobserved in R not M: none; in M not R: one. Of 3.
    assert found["at_k"]["gain"]["worst"] == 0
    assert found["at_k"]["gain"]["best"] == pytest.approx(1 / 3)


def test_people_per_good_outcome(found: Estimates) -> None:
    # The last good outcome of A stands second by score and fourth in reality; that of B second and first.
    assert (found["people_per_good"]["model"], found["people_per_good"]["real"]) == (2 + 2, 4 + 1)
    # By lot: A 2 * (4 + 1) / (2 + 1) = 10/3, B 1 * (2 + 1) / (1 + 1) = 3/2.
    assert found["people_per_good"]["by_lot"] == pytest.approx(10 / 3 + 3 / 2)
    assert found["people_per_good"]["gain"]["value"] == pytest.approx((4 - 5) / 3)


def test_people_per_good_outcome_at_worst_and_at_best(found: Estimates) -> None:
    # Of everybody, k again: A 2, B 1; the unobserved are "?".
    # A by score: good, good, ?, bad, bad: 2 people, whatever ? is. As they came: bad, good, bad, good, ?: 4 people.
    # So A saves 2 people, whatever happens.
    # B by score: ?, bad, good: 1 person if ? is good, 3 if not. As they came: good, bad, ?: 1 person, whatever ? is.
    # So B costs 2 people at worst and none at best. Of 3.
    assert found["people_per_good"]["gain"]["worst"] == pytest.approx((-2 + 2) / 3)
    assert found["people_per_good"]["gain"]["best"] == pytest.approx((-2 + 0) / 3)


def test_yield_above_the_line(found: Estimates) -> None:
    # Above .55: A .8 good, .9 good, .6 not observed; B .7 bad, .75 not observed. Observed: 2 of 3 good; of all 3 of 6.
    above = found["above"]
    assert (above["good"], above["of"], above["usual_good"], above["usual_of"]) == (2, 3, 3, 6)
    assert above["gain"]["value"] == pytest.approx(2 / 3 - 3 / 6)
    # a = 5 above, u = 2 of them unobserved; b = 8, w = 0 unobserved below; g = 2, h = 3.
    assert above["gain"]["worst"] == pytest.approx(2 / 5 - 3 / 8)
    assert above["gain"]["best"] == pytest.approx(4 / 5 - 5 / 8)


def test_nobody_above_the_line_has_no_yield() -> None:
    above = estimated(cohort(SCORES / 2))["above"]
    assert above["of"] == 0
    assert above["gain"] == {"value": None, "low": None, "high": None, "worst": None, "best": None}


def test_an_order_by_no_single_ranker_has_no_line() -> None:
    assert "above" not in estimated(Cohort(REQUISITIONS, OUTCOMES, order(-SCORES), np.arange(8)))


def test_few_requisitions_have_no_interval(found: Estimates) -> None:
    assert (found["at_k"]["gain"]["low"], found["at_k"]["gain"]["high"]) == (None, None)


def draw(seed: int, *, unobserved: float = 0.2) -> Cohort:
    """Forty requisitions of ten people on average; the score is half of the truth."""
    random = np.random.default_rng(seed)
    people = 400
    outcomes = (random.random(people) < 0.4).astype(float)
    scores = np.round(np.clip((outcomes + random.random(people)) / 2, 0, 1), 2)
    outcomes[random.random(people) < unobserved] = np.nan
    requisitions = np.array([f"r{k}" for k in random.integers(40, size=people)], dtype=object)
    return Cohort(requisitions, outcomes, order(-scores), random.permutation(people), scores > 0.55)


@pytest.mark.parametrize("seed", range(5))
def test_a_better_order_gains_with_certainty_and_within_its_interval(seed: int) -> None:
    found = estimated(draw(seed), seed=seed)
    for name in ("at_k", "above"):
        gain = found[name]["gain"]
        assert 0 < gain["low"] < gain["value"] < gain["high"]
        assert gain["worst"] < gain["best"]
    assert found["people_per_good"]["gain"]["high"] < 0


@pytest.mark.parametrize("seed", range(5))
def test_the_real_order_gains_nothing_on_itself(seed: int) -> None:
    made = draw(seed)
    found = estimated(Cohort(made.requisitions, made.outcomes, made.real_order, made.real_order), seed=seed)
    assert set(found["at_k"]["gain"].values()) == {0}
    assert set(found["people_per_good"]["gain"].values()) == {0}


@pytest.mark.parametrize("seed", range(5))
def test_by_lot_is_the_mean_of_many_lots(seed: int) -> None:
    made, random = draw(seed), np.random.default_rng(seed)
    lots = [
        estimated(Cohort(made.requisitions, made.outcomes, random.permutation(400), made.real_order))
        for _ in range(100)
    ]
    for name in ("at_k", "people_per_good"):
        drawn = np.array([lot[name]["model"] for lot in lots])
        # Three standard errors of the mean of a hundred lots.
        assert lots[0][name]["by_lot"] == pytest.approx(drawn.mean(), abs=3 * drawn.std() / 10)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_unobserved_are_the_gain_above_the_line_is_between_its_bounds(seed: int) -> None:
    made, random = draw(seed), np.random.default_rng(seed)
    bounds = estimated(made)["above"]["gain"]
    guessed = np.where(made.observed, made.outcomes, random.random(400) < random.random())
    truth = estimated(replace(made, outcomes=guessed))
    assert bounds["worst"] - 1e-12 <= truth["above"]["gain"]["value"] <= bounds["best"] + 1e-12


def test_the_bounds_above_the_line_are_reached() -> None:
    made = draw(3)
    above = made.is_above
    assert above is not None
    bounds = estimated(made)["above"]["gain"]
    for name, truth in (("worst", ~above), ("best", above)):
        outcomes = np.where(made.observed, made.outcomes, truth)
        assert estimated(replace(made, outcomes=outcomes))["above"]["gain"]["value"] == pytest.approx(bounds[name])


def test_nothing_unobserved_leaves_nothing_to_bound() -> None:
    found = estimated(draw(1, unobserved=0))
    for name in ("at_k", "people_per_good", "above"):
        gain = found[name]["gain"]
        assert gain["worst"] == pytest.approx(gain["value"])
        assert gain["best"] == pytest.approx(gain["value"])


def test_quarters_pooled_are_what_they_would_be_as_one_cohort() -> None:
    # Requisitions of two quarters that have none in common: the orders within each are the same, apart or together.
    first, second = draw(1), draw(2)
    second = replace(second, requisitions=np.array([f"later-{name}" for name in second.requisitions], dtype=object))
    together = Cohort(
        requisitions=np.concatenate([first.requisitions, second.requisitions]),
        outcomes=np.concatenate([first.outcomes, second.outcomes]),
        model_order=np.concatenate([first.model_order, 400 + second.model_order]),
        real_order=np.concatenate([first.real_order, 400 + second.real_order]),
        is_above=np.concatenate([first.is_above, second.is_above]),  # type: ignore[list-item]
    )
    pooled = estimate(pool([add_up(first), add_up(second)]), seed=3)
    assert pooled == estimated(together, seed=3)


def test_a_requisition_of_several_quarters_is_drawn_whole() -> None:
    # The same quarter again and again is no more evidence: the interval is that of the quarter alone.
    once, thrice = add_up(draw(1)), pool([add_up(draw(1))] * 3)
    alone, pooled = estimate(once, seed=0), estimate(thrice, seed=0)
    assert pooled["people"] == 3 * alone["people"]
    for name in ("at_k", "people_per_good", "above"):
        assert pooled[name]["gain"] == pytest.approx(alone[name]["gain"])


def test_quarters_of_few_requisitions_have_an_interval_together() -> None:
    # Fifteen requisitions each, none in common: twenty are enough.
    made = draw(4)
    names = np.unique(made.requisitions)
    parts = [add_up(only(made, chosen)) for chosen in (names[:15], names[15:30])]
    assert [estimate(part, seed=0)["at_k"]["gain"]["low"] for part in parts] == [None, None]
    gain = estimate(pool(parts), seed=0)["at_k"]["gain"]
    assert gain["low"] < gain["value"] < gain["high"]


def only(made: Cohort, names: NDArray[np.object_]) -> Cohort:
    """Give the people of some requisitions."""
    rows = np.isin(made.requisitions, names)
    return Cohort(made.requisitions[rows], made.outcomes[rows], made.model_order[rows], made.real_order[rows])
