"""Platt's curve or isotonic regression: which of the two turns leaf frequencies into better probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.calibration import PlattCalibration
from ml.rankers.metrics import bounds, cluster_weights, known_interval
from ml.rankers.out_of_fold import cross_fitted_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ml.rankers.judge import Judge
    from ml.rankers.out_of_fold import OutOfFold

_LOSSES = ("brier", "log_loss")


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
        ``platt`` and ``isotonic``: ``brier`` and ``log_loss``, smaller is better, and the interval of each,
        ``brier_interval`` and ``log_loss_interval``. ``gain``: of both measures, by how
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
    losses = np.stack([_losses(labels, cross_fitted_probabilities(scores, labels, curve)) for curve in curves.values()])
    draws = cluster_weights(judge.clusters, np.random.default_rng(judge.seed))
    means, replicates = losses.mean(axis=2), np.array([losses @ weights / weights.sum() for weights in draws])
    saved, saved_again = means[0] - means[1], replicates[:, 0] - replicates[:, 1]
    gain = {name: bounds(float(saved[k]), saved_again[:, k]) for k, name in enumerate(_LOSSES)}
    found = {name: _describe(means[curve], replicates[:, curve]) for curve, name in enumerate(curves)}
    return {**found, "gain": gain, "sentence": _sentence(gain)}


def _describe(means: NDArray[np.float64], replicates: NDArray[np.float64]) -> dict[str, Any]:
    values = {name: float(means[k]) for k, name in enumerate(_LOSSES)}
    return values | {f"{name}_interval": known_interval(replicates[:, k]) for k, name in enumerate(_LOSSES)}


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
