"""Platt's curve or isotonic regression: which of the two turns leaf frequencies into better probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.calibration import PlattCalibration
from ml.rankers.metrics import bounds, cluster_weights
from ml.rankers.out_of_fold import cross_fitted_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ml.rankers.judge import Judge
    from ml.rankers.out_of_fold import OutOfFold


def compare_calibrations(scores: OutOfFold, *, judge: Judge) -> dict[str, Any]:
    """Fit both curves on each fold's others, and measure the probabilities that they give.

    Parameters
    ----------
    scores : OutOfFold
        Of at least two folds.
    judge : Judge
        Of the same rows; its clusters are drawn by the bootstrap.

    Returns
    -------
    dict
        ``platt`` and ``isotonic``: ``brier`` and ``log_loss``, smaller is better. ``gain``: of both measures, by how
        much isotonic regression is better, with its interval. ``sentence``: whether it reliably is, in both.
    """
    from sklearn.isotonic import IsotonicRegression

    labels = judge.labels
    # A step of nobody or everybody is a probability of 0 or 1, and one surprise an infinite loss: Laplace's rule.
    least = 1 / (len(labels) + 2)
    curves = {
        "platt": PlattCalibration(),
        "isotonic": IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip"),
    }
    losses = {
        name: _losses(labels, cross_fitted_probabilities(scores, labels, curve)) for name, curve in curves.items()
    }
    saved = losses["platt"] - losses["isotonic"]
    replicates = [
        saved @ weights / weights.sum()
        for weights in cluster_weights(judge.clusters, np.random.default_rng(judge.seed))
    ]
    gain = {
        name: bounds(float(saved[k].mean()), [each[k] for each in replicates])
        for k, name in enumerate(("brier", "log_loss"))
    }
    means = {name: {"brier": float(each[0].mean()), "log_loss": float(each[1].mean())} for name, each in losses.items()}
    return {**means, "gain": gain, "sentence": _sentence(gain)}


def _losses(labels: NDArray[np.int8], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give everybody's squared error and logarithmic loss, shape (2, n_rows)."""
    right = np.where(labels == 1, probabilities, 1 - probabilities)
    return np.stack([(1 - right) ** 2, -np.log(right)])


def _sentence(gain: dict[str, dict[str, float | None]]) -> str:
    numbers = ", ".join(
        f"{words} {gain[name]['value']:+.4f} less ({gain[name]['low']:+.4f} to {gain[name]['high']:+.4f})"
        for name, words in (("brier", "Brier score"), ("log_loss", "log loss"))
    )
    if all((each["low"] or 0) > 0 for each in gain.values()):
        return f"Isotonic regression would give reliably better probabilities than Platt's curve: {numbers}."
    return f"Isotonic regression would not give reliably better probabilities than Platt's curve: {numbers}."
