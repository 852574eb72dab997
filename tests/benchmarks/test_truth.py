from __future__ import annotations

import numpy as np
import pytest

from benchmarks.truth import FROZEN, expected_auc, simulator_hash


@pytest.mark.parametrize("seed", range(10))
def test_every_pair_counts_by_its_chance(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, chance = random.integers(0, 6, 40).astype(float), random.random(40)
    groups, weights = random.integers(0, 4, 40), random.random(40)
    won = pairs = 0.0
    for i in range(40):
        for j in set(np.flatnonzero(groups == groups[i])) - {i}:
            weight = weights[i] * weights[j] * chance[i] * (1 - chance[j])
            pairs += weight
            won += weight * ((scores[i] > scores[j]) + (scores[i] == scores[j]) / 2)
    assert expected_auc(scores, chance, groups, weights) == pytest.approx(won / pairs)


def test_what_is_certain_is_the_plain_auc() -> None:
    # Positives .9 and .4, negatives .5 and .1: won are .9 over both and .4 over .1, three of four.
    scores, outcomes = np.array([0.9, 0.4, 0.5, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])
    assert expected_auc(scores, outcomes, np.zeros(4, int), np.ones(4)) == 0.75


def test_the_simulator_is_as_it_was_frozen() -> None:
    # Figures of docs/adr are of this simulator; on another one they would have to be measured again.
    assert simulator_hash() == FROZEN
