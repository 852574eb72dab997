from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ml.rankers.calibration_choice import compare_calibrations
from ml.rankers.judge import Judge
from ml.rankers.out_of_fold import OutOfFold


def judged(frequencies: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Compare on four folds, in clusters of ten."""
    n = len(labels)
    fold = np.array([str(k % 4) for k in range(n)])
    scores = OutOfFold(np.arange(n), fold, frequencies, frequencies, {}, {})
    clusters = np.array([f"r{k // 10}" for k in range(n)], dtype=object)
    groups = np.zeros(n, dtype=np.intp)
    judge = Judge(labels.astype(np.int8), groups, "requisitions", clusters, "requisition", n, True, 0)
    return compare_calibrations(scores, judge=judge)


@pytest.mark.parametrize("seed", range(3))
def test_a_curve_of_the_family_of_platts_is_not_bettered(seed: int) -> None:
    random = np.random.default_rng(seed)
    frequencies = random.random(600)
    # The log odds of the truth are a line in those of the frequencies.
    labels = random.random(600) < 1 / (1 + np.exp(1 - np.log(frequencies / (1 - frequencies))))
    found = judged(frequencies, labels)
    assert found["gain"]["log_loss"]["value"] < 0
    assert found["sentence"].startswith("Isotonic regression would not give reliably better probabilities")


@pytest.mark.parametrize("seed", range(3))
def test_a_step_is_followed_better_by_isotonic_regression(seed: int) -> None:
    random = np.random.default_rng(seed)
    frequencies = random.random(2000)
    labels = random.random(2000) < np.where(frequencies > 0.8, 0.9, 0.1)
    found = judged(frequencies, labels)
    for name in ("brier", "log_loss"):
        gain = found["gain"][name]
        assert gain["value"] == pytest.approx(found["platt"][name] - found["isotonic"][name])
        assert 0 < gain["low"] <= gain["value"] <= gain["high"]
        for curve in ("platt", "isotonic"):
            low, high = found[curve][f"{name}_interval"]
            assert low < found[curve][name] < high
    assert found["sentence"].startswith("Isotonic regression would give reliably better probabilities than Platt's")


def test_losses_are_finite_where_a_step_is_pure() -> None:
    # All of one fold's others above .5 are positive and below negative; one person of that fold is the other way.
    frequencies = np.tile([0.1, 0.9], 40)
    labels = np.tile([0, 1], 40)
    labels[0] = 1
    found = judged(frequencies, labels)
    assert np.isfinite(found["isotonic"]["log_loss"])
