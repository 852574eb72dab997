from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from ml.rankers.calibration import PlattCalibration


@pytest.mark.parametrize("seed", range(5))
def test_finds_the_curve_that_made_the_labels(seed: int) -> None:
    random = np.random.default_rng(seed)
    frequencies = random.uniform(0.05, 0.95, 20_000)
    truth = 1 / (1 + np.exp(2.0 - 1.5 * np.log(frequencies / (1 - frequencies))))
    curve = PlattCalibration().fit(frequencies, random.random(20_000) < truth)
    # Standard errors near .03 at this size.
    assert curve.intercept_ == pytest.approx(-2.0, abs=0.12)
    assert curve.slope_ == pytest.approx(1.5, abs=0.12)
    np.testing.assert_allclose(curve.predict(frequencies), truth, atol=0.03)


def test_is_strictly_increasing_and_stays_inside_the_unit_interval() -> None:
    random = np.random.default_rng(0)
    frequencies = np.sort(random.uniform(0, 1, 500))
    curve = PlattCalibration().fit(frequencies, random.random(500) < frequencies)
    probabilities = curve.predict(np.concatenate([[0.0], frequencies, [1.0]]))
    assert (np.diff(probabilities) > 0).all()
    assert probabilities[0] > 0
    assert probabilities[-1] < 1


def test_undoes_the_balance_of_the_samples() -> None:
    # Frequencies near one half for everybody, one in ten positive: the mean probability is one in ten.
    random = np.random.default_rng(0)
    labels = np.arange(1000) % 10 == 0
    frequencies = 0.5 + 0.1 * random.normal(size=1000) * 0.5 + 0.05 * labels
    probabilities = PlattCalibration().fit(frequencies, labels).predict(frequencies)
    assert probabilities.mean() == pytest.approx(0.1, abs=0.005)


def test_a_perfect_separation_stays_finite() -> None:
    curve = PlattCalibration().fit([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])
    assert np.isfinite([curve.intercept_, curve.slope_]).all()
    assert curve.predict([0.9])[0] < 1


def test_frequencies_that_order_backwards_say_the_base_rate() -> None:
    # Platt's targets: (5 + 1) / (5 + 2) for five positives, 1 / (5 + 2) for five negatives: a mean of one half.
    curve = PlattCalibration().fit(np.linspace(0.1, 0.9, 10), [1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    assert curve.slope_ == 0.0
    np.testing.assert_allclose(curve.predict([0.1, 0.5, 0.9]), 0.5)


def test_before_fit_there_is_no_curve() -> None:
    with pytest.raises(NotFittedError):
        PlattCalibration().predict([0.5])


@pytest.mark.parametrize(
    ("frequencies", "labels", "message"),
    [
        (np.full((4, 2), 0.5), [0, 0, 1, 1], r"^frequencies: expected one column, got an array of shape \(4, 2\)$"),
        ([0.1, np.nan, 0.8, 0.9], [0, 0, 1, 1], r"^Input frequencies contains NaN"),
        ([0.1, 0.2, 0.8, 0.9], [[0, 1]] * 4, r"^labels: expected one column, got an array of shape \(4, 2\)$"),
        ([0.1, 0.2, 0.8, 0.9], [0, 1, 1], r"^Found input variables with inconsistent numbers of samples: \[4, 3\]"),
        ([], [], r"^Found array with 0 sample\(s\) "),
    ],
)
def test_what_is_not_one_column_of_numbers_is_refused(frequencies: object, labels: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PlattCalibration().fit(frequencies, labels)  # type: ignore[arg-type]


def test_a_column_of_a_matrix_is_one_column() -> None:
    column, labels = np.array([[0.1], [0.2], [0.8], [0.9]]), [0, 1, 0, 1]
    one, other = PlattCalibration().fit(column, labels), PlattCalibration().fit(column.ravel(), labels)
    np.testing.assert_array_equal(one.predict(column), other.predict(column.ravel()))
    with pytest.raises(ValueError, match=r"^frequencies: expected one column"):
        one.predict(np.full((4, 2), 0.5))
    assert one.predict(np.empty(0)).shape == (0,)
