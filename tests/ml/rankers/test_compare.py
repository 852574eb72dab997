from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.pipeline import Pipeline

from ml.rankers.compare import another_recipe, compare, earlier_training, first_version, is_same_recipe
from ml.rankers.recipe import RECIPE, build_recipe
from tests.ml.rankers.factories import FEATURES, make_snapshot, make_table, organisation

SETTINGS = organisation().rankers
GOOD = build_recipe(FEATURES, SETTINGS)
# The one feature that says nothing.
POOR = build_recipe(FEATURES[1:2], SETTINGS)


def test_the_first_version_has_nobody_to_beat() -> None:
    comparison = first_version("quality")
    assert comparison.decision == "promote"
    assert comparison.sentence == "quality: promoted, there was no champion."


def test_the_same_recipe_is_promoted_for_its_newer_data(tmp_path: Path) -> None:
    again = build_recipe(FEATURES, organisation().rankers)
    comparison = compare(again, GOOD, snapshot=make_snapshot(tmp_path), organisation=organisation())
    assert comparison.decision == "promote"
    assert (comparison.gain, comparison.low, comparison.high) == (0, 0, 0)
    assert comparison.sentence == "quality: promoted, the same recipe, refitted on the data of 2025-10-01."


@pytest.mark.parametrize(
    "other",
    [
        build_recipe(FEATURES, replace(SETTINGS, trees=21)),
        build_recipe(FEATURES, replace(SETTINGS, min_samples_leaf=19)),
        build_recipe(FEATURES, replace(SETTINGS, seed=1)),
        build_recipe(FEATURES[:3], SETTINGS),
        build_recipe([replace(FEATURES[0], kind="categorical"), *FEATURES[1:]], SETTINGS),
    ],
    ids=["trees", "leaf", "seed", "features", "kind"],
)
def test_another_setting_or_feature_is_another_recipe(other: Pipeline) -> None:
    assert is_same_recipe(GOOD, build_recipe(FEATURES, SETTINGS))
    assert not is_same_recipe(GOOD, other)


def test_a_champion_that_knows_more_is_kept(tmp_path: Path) -> None:
    comparison = earlier_training(make_snapshot(tmp_path), "7", "2026-01-01")
    assert comparison.decision == "reject"
    assert comparison.sentence == (
        "quality: not promoted, it knows what was known as of 2025-10-01, "
        "and champion version 7 what was as of 2026-01-01."
    )


def test_a_champion_of_a_recipe_that_is_gone_is_a_matter_for_a_person(tmp_path: Path) -> None:
    comparison = another_recipe(make_snapshot(tmp_path), "7", "12")
    assert comparison.decision == "ask"
    assert comparison.sentence == (
        "quality: champion version 7 was fitted by recipe 12, which this release does not have "
        f"(it has {RECIPE}), so that the two cannot be refitted on the same rows. A person decides."
    )


def test_a_better_challenger_is_promoted_and_a_worse_one_rejected(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, make_table(2000))
    better = compare(GOOD, POOR, snapshot=snapshot, organisation=organisation())
    worse = compare(POOR, GOOD, snapshot=snapshot, organisation=organisation())
    assert better.decision == "promote"
    assert better.low > 0
    assert worse.decision == "reject"
    # The gain is paired: the same rows and draws, the other way round.
    assert worse.gain == pytest.approx(-better.gain)
    assert (worse.low, worse.high) == pytest.approx((-better.high, -better.low))
    assert worse.sentence.startswith("quality: rejected, AUC gain on 2025Q2 -0.")


def test_an_inconclusive_gain_asks_a_person(tmp_path: Path) -> None:
    # Labels without signal: neither recipe is better, and the interval is wide.
    snapshot = make_snapshot(tmp_path, make_table(600, signal=0.0, seed=1))
    comparison = compare(GOOD, POOR, snapshot=snapshot, organisation=organisation())
    assert comparison.low < -0.02 < 0 < comparison.high
    assert comparison.decision == "ask"
    assert comparison.sentence.startswith("quality: inconclusive, AUC gain on 2025Q2 ")
    assert comparison.sentence.endswith(", a person decides.")


def test_undated_labels_are_compared_by_cross_validation(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, make_table(days=0))
    comparison = compare(GOOD, POOR, snapshot=snapshot, organisation=organisation())
    assert "AUC gain in cross-validation +0." in comparison.sentence


def test_a_champion_of_features_that_are_gone_asks_a_person(tmp_path: Path) -> None:
    old = build_recipe([*FEATURES, replace(FEATURES[0], name="shoe_size")], SETTINGS)
    comparison = compare(GOOD, old, snapshot=make_snapshot(tmp_path), organisation=organisation())
    assert comparison.decision == "ask"
    expected = "quality: the champion needs shoe_size, which the contract no longer has. A person decides."
    assert comparison.sentence == expected
