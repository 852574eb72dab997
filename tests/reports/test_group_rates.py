"""Rates by protected group, by hand and as laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ml.rankers.metrics import wilson_interval
from reports.group_rates import ScoredApplications, group_rates


def scored(
    scores: list[float], *, labels: list[int] | None = None, years: list[int] | None = None,
    people: list[str] | None = None, **attributes: list[str | None],
) -> ScoredApplications:  # fmt: skip
    size = len(scores)
    return ScoredApplications(
        applications=np.array([f"a{each}" for each in range(size)], dtype=object),
        people=np.array(people or [f"c{each}" for each in range(size)], dtype=object),
        requisitions=np.array([f"r{each % 25}" for each in range(size)], dtype=object),
        scores=np.array(scores),
        labels=np.array(labels or [each % 2 for each in range(size)], dtype=np.int8),
        years=np.array(years or [2026] * size),
        attributes=[{name: values[each] for name, values in attributes.items()} for each in range(size)],
    )


def groups(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {group["group"]: group for group in found["groups"]}


def test_rates_of_two_groups_by_hand() -> None:
    # Women score .2 (2 times), .5 (4), .6 (4); men .5 (2), .6 (6), .9 (2). In order: .2 .2, six .5, ten .6, .9 .9:
    # of twenty the tenth and the eleventh are .6, the median.
    women, men = [0.2] * 2 + [0.5] * 4 + [0.6] * 4, [0.5] * 2 + [0.6] * 6 + [0.9] * 2
    labels = [0] * 6 + [1] * 4 + [0] * 5 + [1] * 5
    (found,) = group_rates(scored(women + men, labels=labels, sex=["female"] * 10 + ["male"] * 10), seed=0)
    female, male = groups(found)["female"], groups(found)["male"]
    assert found["attribute"] == "sex"
    # (.4 + 2 + 2.4) / 10 and (1 + 3.6 + 1.8) / 10.
    assert female["mean_score"] == pytest.approx(0.48)
    assert male["mean_score"] == pytest.approx(0.64)
    assert (female["above_line"]["count"], male["above_line"]["count"]) == (4, 8)
    # Strictly above .6: nobody, and the two of .9.
    assert (female["above_median"]["value"], male["above_median"]["value"]) == (0.0, 0.2)
    assert (female["impact_ratio"], male["impact_ratio"]) == (0.0, 1.0)
    assert (male["above_median"]["low"], male["above_median"]["high"]) == wilson_interval(2, 10)
    assert (female["positives"]["value"], male["positives"]["value"]) == (0.4, 0.5)
    # All four women with the good outcome stand above the six others: 24 of 24 pairs.
    assert (female["auc"]["value"], female["auc"]["pairs"]) == (1.0, 24)
    # Men: negatives .5 .5 .6 .6 .6, positives .6 .6 .6 .9 .9. Each .6 beats two and ties three: 3.5; each .9 beats five.
    assert male["auc"]["value"] == pytest.approx((3 * 3.5 + 2 * 5) / 25)
    assert found["unknown"] == {"applications": 0, "people": 0}


def test_fewer_than_ten_people_are_counted_and_not_shown() -> None:
    # Nine people with two applications each: eighteen rows, still nine people.
    scores = [0.5] * 10 + [0.7] * 18
    people = [f"m{each}" for each in range(10)] + [f"x{each % 9}" for each in range(18)]
    (found,) = group_rates(scored(scores, people=people, sex=["male"] * 10 + ["x"] * 18), seed=0)
    assert list(groups(found)) == ["male"]
    assert found["suppressed"] == {"groups": 1, "people": 9}


@pytest.mark.parametrize("nothing", [None, "", "  ", "unknown", "Unknown"])
def test_unknowns_are_counted_and_imputed_to_no_group(nothing: str | None) -> None:
    people = ["a", "a", *(f"c{each}" for each in range(10))]
    (found,) = group_rates(scored([0.5] * 12, people=people, sex=[nothing] * 2 + ["male"] * 10), seed=0)
    assert found["unknown"] == {"applications": 2, "people": 1}
    assert groups(found)["male"]["applications"] == 10
    assert "female" not in groups(found)


def test_an_attribute_that_is_known_of_nobody_is_none() -> None:
    assert group_rates(scored([0.5] * 12), seed=0) == []
    assert group_rates(scored([0.5] * 12, sex=[None] * 12), seed=0) == []


def test_names_are_no_groups() -> None:
    assert group_rates(scored([0.5] * 12, first_name=["Ada"] * 12, name=["Ada"] * 12), seed=0) == []


def test_birth_year_becomes_two_bands_at_the_time_of_the_stage() -> None:
    # 2026 - 1986 = 40 is older, 2026 - 1987 = 39 is not; in 2025 who was born in 1986 was 39.
    born, years = ["1986"] * 10 + ["1987"] * 10 + ["1986"] * 10 + ["soon"], [2026] * 20 + [2025] * 10 + [2026]
    (found,) = group_rates(scored([0.5] * 31, years=years, birth_year=born), seed=0)
    assert {name: group["applications"] for name, group in groups(found).items()} == {"40 or older": 10, "under 40": 20}
    assert found["unknown"]["applications"] == 1


def test_an_age_becomes_the_same_bands() -> None:
    ages = ["40"] * 10 + ["39.5"] * 10 + ["nan", "old"]
    (found,) = group_rates(scored([0.5] * 22, age=ages), seed=0)
    assert {name: group["applications"] for name, group in groups(found).items()} == {"40 or older": 10, "under 40": 10}
    assert found["unknown"]["applications"] == 2


def test_sex_is_crossed_with_race_and_unknown_where_either_is() -> None:
    sex = ["female"] * 10 + ["male"] * 10 + [None]
    race = ["asian"] * 20 + ["asian"]
    found = {each["attribute"]: each for each in group_rates(scored([0.5] * 21, sex=sex, race_ethnicity=race), seed=0)}
    assert list(found) == ["race_ethnicity", "sex", "sex by race_ethnicity"]
    assert list(groups(found["sex by race_ethnicity"])) == ["female, asian", "male, asian"]
    assert found["sex by race_ethnicity"]["unknown"]["applications"] == 1


def test_a_group_under_two_percent_does_not_set_the_highest_rate() -> None:
    # 10 of 610 are 1.6%; all ten stand above the median of .5, of the others 150 of 300 and 75 of 300.
    scores = [0.9] * 10 + [0.9] * 150 + [0.5] * 150 + [0.9] * 75 + [0.5] * 225
    (found,) = group_rates(scored(scores, race_ethnicity=["few"] * 10 + ["a"] * 300 + ["b"] * 300), seed=0)
    assert {name: group["is_small"] for name, group in groups(found).items()} == {"few": True, "a": False, "b": False}
    assert {name: group["impact_ratio"] for name, group in groups(found).items()} == {"few": 2.0, "a": 1.0, "b": 0.5}


def test_where_nobody_is_above_the_median_there_is_no_ratio() -> None:
    (found,) = group_rates(scored([0.5] * 20, sex=["female"] * 10 + ["male"] * 10), seed=0)
    assert [group["impact_ratio"] for group in found["groups"]] == [None, None]


@pytest.mark.parametrize("seed", range(20))
def test_everybody_is_in_one_group_or_unknown_and_the_highest_ratio_is_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = int(random.integers(100, 400))
    sex = [str(value) or None for value in random.choice(["female", "male", "", "x"], size)]
    (found,) = group_rates(scored(list(random.integers(0, 101, size) / 100), sex=sex), seed=0)
    shown = sum(group["applications"] for group in found["groups"])
    # Everybody applied once.
    assert shown + found["suppressed"]["people"] + found["unknown"]["applications"] == size
    assert max(group["impact_ratio"] for group in found["groups"]) == 1.0
