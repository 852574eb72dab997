from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports import overlap as overlap_module
from reports.overlap import overlap

FEATURES = ("title", "years", "salary", "source", "is_local")


def people(
    seed: int, number: int = 1500, *, shift: float = 0.0, requisitions: int = 60, correlation: float = 0.0
) -> pd.DataFrame:
    """Applications whose salary is nearly their requisition's; one in five does not say how many years."""
    random = np.random.default_rng(seed)
    requisition = random.integers(requisitions, size=number)
    years = random.normal(size=number)
    other = correlation * years + np.sqrt(1 - correlation**2) * random.normal(size=number)
    return pd.DataFrame(
        {
            "requisition_id": [f"{seed}-{each}" for each in requisition],
            "candidate_id": [f"{seed}-{each}" for each in range(number)],
            "years": np.where(random.random(number) < 0.2, np.nan, years + shift),
            "other": other,
            "title": [f"{seed}-{each}" for each in requisition],
            "salary": random.normal(size=requisitions)[requisition] + random.normal(0, 0.01, number),
            "source": random.choice(["direct", "agency", None], number),
            "is_local": random.random(number) < 0.5,
        }
    )


@pytest.mark.parametrize("seed", range(3))
def test_alike_populations_have_an_auc_of_a_half_although_every_requisition_has_its_title_and_salary(seed: int) -> None:
    found = overlap(people(seed), people(seed + 10), FEATURES)
    assert found is not None
    assert found["low"] < 0.5 < found["high"]
    assert (found["trained"], found["scored"]) == (1500, 1500)


def test_a_shift_of_two_standard_deviations_is_seen() -> None:
    found = overlap(people(0), people(1, 900, shift=2.0), FEATURES)
    # Of pairs that both say their years, .64, no model is right in more than Phi(2 / root 2) = .921. Of the .04 that
    # both do not it guesses; of the .32 of which one does, at best Phi(1) = .841: .59 + .02 + .27 = .88 in all.
    assert found is not None
    assert 0.8 < found["value"] < 0.92
    assert found["low"] < found["value"] < found["high"]
    assert (found["trained"], found["scored"]) == (1500, 900)


def test_values_that_are_usual_each_but_not_together_are_seen() -> None:
    found = overlap(people(0), people(1, correlation=0.95), (*FEATURES, "other"))
    assert found is not None
    assert found["low"] > 0.6


def test_of_many_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap_module, "MOST_ROWS", 200)
    found = overlap(people(0), people(1, 150), FEATURES)
    assert found is not None
    assert (found["trained"], found["scored"]) == (200, 150)


def test_of_one_requisition_the_folds_are_of_candidates() -> None:
    one = [people(seed).assign(requisition_id="one") for seed in (0, 1)]
    found = overlap(*one, ("years", "source", "is_local"))
    assert found is not None
    assert found["low"] < 0.5 < found["high"]


def test_too_few_requisitions_or_people_are_not_measured() -> None:
    assert overlap(people(0), people(1, requisitions=9), FEATURES) is None
    assert overlap(people(0), people(1, requisitions=10), FEATURES) is not None
    one = [people(seed, number).assign(requisition_id="one") for seed, number in ((0, 1500), (1, 9))]
    assert overlap(*one, FEATURES) is None


def test_what_is_the_same_for_all_of_a_requisition_is_not_seen() -> None:
    # Every position of now is a new one: without the people's own features there is nothing to tell by.
    assert overlap(people(0), people(1), ("title",)) is None
    alike = people(0).assign(source="direct"), people(1).assign(source="direct")
    assert overlap(*alike, ("source",)) is None
