from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ml.rankers.compare import compare, first_version
from ml.rankers.recipe import build_recipe
from tests.ml.rankers.factories import FEATURES, make_snapshot, make_table, organisation

SETTINGS = organisation().rankers
GOOD = build_recipe(FEATURES, SETTINGS)
# The one feature that says nothing.
POOR = build_recipe(FEATURES[1:2], SETTINGS)


def test_the_first_version_has_nobody_to_beat() -> None:
    comparison = first_version("quality")
    assert comparison.decision == "promote"
    assert comparison.sentence == "quality: promoted, there was no champion."


def test_the_same_recipe_gains_nothing_and_is_promoted(tmp_path: Path) -> None:
    comparison = compare(GOOD, GOOD, snapshot=make_snapshot(tmp_path), organisation=organisation())
    assert (comparison.gain, comparison.low, comparison.high) == (0, 0, 0)
    expected = "quality: promoted, AUC gain on 2025Q2 +0.000 (+0.000 to +0.000), margin 0.02."
    assert comparison.sentence == expected


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
    comparison = compare(GOOD, GOOD, snapshot=snapshot, organisation=organisation())
    assert "AUC gain in cross-validation +0.000" in comparison.sentence


def test_a_champion_of_features_that_are_gone_asks_a_person(tmp_path: Path) -> None:
    old = build_recipe([*FEATURES, replace(FEATURES[0], name="shoe_size")], SETTINGS)
    comparison = compare(GOOD, old, snapshot=make_snapshot(tmp_path), organisation=organisation())
    assert comparison.decision == "ask"
    expected = "quality: the champion needs shoe_size, which the contract no longer has. A person decides."
    assert comparison.sentence == expected
