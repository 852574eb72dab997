from __future__ import annotations

from typing import Any

import pytest

from reports.validation_pictures import (
    caption_of_trees,
    dependence_picture,
    figure_5,
    importance_picture,
    reliability_picture,
    score_limits,
    trees_picture,
)
from tests.reports.factories import looked_into

METRICS = looked_into()
RELIABILITY = [
    {"probability": 0.2, "value": 0.1, "low": 0.0, "high": 0.3, "count": 1, "of": 10},
    {"probability": 0.8, "value": 1.0, "low": 0.7, "high": 1.0, "count": 10, "of": 10},
]


def _all() -> list[str]:
    combinations = METRICS["attrition_curves"]["combinations"]
    return [
        importance_picture(METRICS["importance"]),
        *(dependence_picture(each, (0.3, 0.7)) for each in METRICS["dependence"]),
        reliability_picture(RELIABILITY, "stayed"),
        trees_picture(METRICS["oob_accuracy"], METRICS["oob_levels_off"]),
        trees_picture([0.5], None),
        *(picture for _, picture in figure_5(combinations)),
    ]


def test_the_same_measures_give_the_same_small_pictures() -> None:
    assert _all() == _all()
    for picture in _all():
        assert picture.startswith("<?xml")
        assert len(picture) < 100_000


def test_a_feature_whose_drop_is_not_known_is_not_drawn() -> None:
    unknown = {"feature": "nothing", "drop": {"value": None, "low": None, "high": None}, "alone": None}
    assert importance_picture([*METRICS["importance"], unknown]) == importance_picture(METRICS["importance"])


def test_an_interval_that_does_not_hold_its_value_is_drawn() -> None:
    odd = {"feature": "source", "drop": {"value": 0.05, "low": 0.06, "high": 0.07}, "alone": None}
    assert importance_picture([odd]).startswith("<?xml")


def test_figure_5_is_drawn_for_every_t_and_delta_beside_no_skill() -> None:
    combinations = METRICS["attrition_curves"]["combinations"]
    pictures = dict(figure_5(combinations))
    labels = {"f1-stayers": "F1 of stayers", "f1-leavers": "F1 of leavers"}
    labels |= {"precision": "precision of stayers", "recall": "recall of stayers"}
    assert pictures.keys() == labels.keys()
    for name, label in labels.items():
        for text in (label, "delta 0", "delta 1"):
            assert f"<!-- {text} -->" in pictures[name]
        # Whoever calls everybody a stayer finds all of them: that is no line to be above.
        assert ("<!-- no skill -->" in pictures[name]) is (name != "recall")


@pytest.mark.parametrize(
    ("key", "drawn"),
    [
        ("f1", {"f1-stayers"}),
        ("no_skill_f1", {"f1-stayers"}),
        ("leaver_f1", {"f1-leavers"}),
        ("leaver_no_skill_f1", {"f1-leavers"}),
        ("precision", {"precision"}),
        ("stayers", {"precision"}),
        ("recall", {"recall"}),
    ],
)
def test_each_measure_is_drawn_in_its_own_picture(key: str, drawn: set[str]) -> None:
    first, *others = METRICS["attrition_curves"]["combinations"]
    value: Any = {"value": 0.1} if isinstance(first[key], dict) else first[key] / 2
    before, after = dict(figure_5([first, *others])), dict(figure_5([{**first, key: value}, *others]))
    assert {name for name, picture in after.items() if picture != before[name]} == drawn


def test_all_features_are_drawn_on_one_scale_inside_0_and_1() -> None:
    def of(*scores: float) -> dict[str, Any]:
        return {"points": [{"score": score} for score in scores]}

    # From .4 to .8 with .02 and a twentieth of .4 on either side.
    assert score_limits([of(0.4, 0.5), of(0.8)]) == pytest.approx((0.36, 0.84))
    assert score_limits([of(0.0), of(1.0)]) == (0.0, 1.0)
    assert score_limits([]) == (0.0, 1.0)


def test_trees_are_enough_or_more_are_advised() -> None:
    assert caption_of_trees([0.5] * 100, 40) == (
        "From 40 trees on the out-of-bag accuracy changes by no more than its standard error; 100 are grown, as the finer order of people may gain beyond."
    )
    # Of ten trees the last two: .70 and .75.
    assert caption_of_trees([0.5] * 8 + [0.7, 0.75], None) == (
        "The out-of-bag accuracy has not levelled off: over the last 2 of 10 trees it still moves by .050. "
        "More trees (rankers.trees) make scores steadier."
    )
