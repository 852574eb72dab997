from __future__ import annotations

from typing import Any

from ml.rankers.remarks import remarks


def _bounds(value: float, low: float | None, high: float | None) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high}


def _metrics(frequencies: dict[str, Any], **gains: dict[str, Any]) -> dict[str, Any]:
    """A forest of AUC .700; each baseline's gain is what the forest gains on it."""
    return {
        "auc": {
            "headline": {"kind": "within requisitions", **_bounds(0.7, 0.68, 0.72)},
            "frequencies": _bounds(0.7 + frequencies["value"], 0.68, 0.74),
            "frequencies_gain": frequencies,
        },
        "baselines": {
            name.replace("_", " "): {**_bounds(0.7 - gain["value"], 0.6, 0.8), "gain": gain}
            for name, gain in gains.items()
        },
    }


EQUAL = _bounds(0.0, -0.01, 0.01)


def test_nothing_is_said_of_a_forest_that_nobody_beats() -> None:
    # Better, as good, worse by chance, and touching 0: no interval lies wholly below it.
    ahead, touching = _bounds(0.2, 0.18, 0.22), _bounds(-0.02, -0.04, 0.0)
    assert remarks(_metrics(EQUAL, prior=ahead, logistic_regression=EQUAL, gradient_boosting=touching)) == []


def test_who_orders_people_reliably_better_is_named_with_the_numbers_best_first() -> None:
    boosting, logistic = _bounds(-0.03, -0.05, -0.01), _bounds(-0.01, -0.018, -0.002)
    assert remarks(_metrics(EQUAL, logistic_regression=logistic, gradient_boosting=boosting)) == [
        "Gradient boosting orders people reliably better than the forest's votes: "
        "AUC within requisitions 0.730 against 0.700, 0.030 more (0.010 to 0.050).",
        "Logistic regression orders people reliably better than the forest's votes: "
        "AUC within requisitions 0.710 against 0.700, 0.010 more (0.002 to 0.018).",
    ]


def test_frequencies_that_order_reliably_better_are_said() -> None:
    assert remarks(_metrics(_bounds(0.004, 0.001, 0.007))) == [
        "The forest's leaf frequencies order people reliably better than its votes: "
        "AUC within requisitions 0.704 against 0.700, 0.004 more (0.001 to 0.007)."
    ]
    assert remarks(_metrics(_bounds(0.004, 0.0, 0.007))) == []
    assert remarks(_metrics(_bounds(-0.004, -0.007, -0.001))) == [], "frequencies that order worse are no news"


def test_a_gain_without_an_interval_is_no_reliable_one() -> None:
    assert remarks(_metrics(_bounds(0.1, None, None), prior=_bounds(-0.1, None, None))) == []
