from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from ml.rankers import linear as module
from ml.rankers.forest import VotingForestClassifier
from ml.rankers.linear import STRENGTHS, LinearScore


def additive(seed: int, n: int = 600, columns: int = 5, missing: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose log odds are the sum of their columns."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, columns)).astype(np.float32)
    y = (random.random(n) < expit(X.sum(axis=1))).astype(int)
    X[random.random(X.shape) < missing] = np.nan
    return X, y


@pytest.mark.parametrize("seed", range(5))
def test_terms_and_intercept_add_up_to_the_appended_column(seed: int) -> None:
    X, y = additive(seed, missing=0.2)
    linear = LinearScore(random_state=seed).fit(X, y)
    whole = linear.transform(X)
    assert whole.shape == (600, 6)
    np.testing.assert_array_equal(whole[:, :5], X)
    np.testing.assert_allclose(whole[:, 5], linear.intercept_ + linear.line.terms(X).sum(axis=1), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_no_row_knows_its_own_label(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Labels that are noise: fitted weights order the rows that they were fitted on, cross-fitted ones do not. With so
    # weak a penalty, since a strong one drops all weights.
    monkeypatch.setattr(module, "STRENGTHS", (1.0,))
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(300, 60)).astype(np.float32), random.integers(0, 2, 300)
    linear = LinearScore(random_state=seed)
    crossed = linear.fit_transform(X, y)[:, -1]
    assert roc_auc_score(y, linear.transform(X)[:, -1]) > 0.65
    # 300 rows of noise: a standard error of .033; folds of fixed class shares push a little below .5.
    assert 0.33 < roc_auc_score(y, crossed) < 0.6


def test_finds_the_slopes() -> None:
    X, y = additive(0, n=20_000)
    line = LinearScore().fit(X, y).line
    # Every slope is 1: from -1 to 1 a column adds 2. On 6,000 drawn rows the standard error is some .07; the lasso
    # takes a little off.
    np.testing.assert_allclose(line.terms(np.ones((1, 5))) - line.terms(-np.ones((1, 5))), 2, atol=0.25)


def test_finds_where_a_column_bends() -> None:
    random = np.random.default_rng(0)
    X = random.uniform(-2, 2, size=(40_000, 2)).astype(np.float32)
    # The first column helps up to 0 and no further.
    y = (random.random(40_000) < expit(2 * np.minimum(X[:, 0], 0))).astype(int)
    line = LinearScore().fit(X, y).line
    at = line.terms(np.array([[-1.6, 0], [-0.6, 0], [0.6, 0], [1.6, 0]], np.float32))[:, 0]
    # Two per unit below; nothing above, where the next knots are at .4 and 1.2.
    assert at[1] - at[0] == pytest.approx(2, abs=0.3)
    assert at[3] - at[2] == pytest.approx(0, abs=0.2)


def test_what_says_nothing_is_dropped() -> None:
    random = np.random.default_rng(0)
    X, y = additive(0, n=1_000, columns=3)
    linear = LinearScore().fit(np.hstack([X, random.normal(size=(1_000, 100)).astype(np.float32)]), y)
    # The lasso drops most of a hundred columns of noise, and none of the three.
    assert (linear.slopes_[:3] > 0.3).all()
    assert np.count_nonzero(linear.slopes_[3:]) < 50


def test_columns_of_two_values_have_no_knots() -> None:
    X, y = additive(0)
    assert set(LinearScore().fit((X > 0).astype(np.float32), y).bent_.tolist()) == set()


def test_noise_gets_the_strong_penalty_and_signal_the_weak() -> None:
    random = np.random.default_rng(0)
    noise = LinearScore().fit(random.normal(size=(300, 60)).astype(np.float32), random.integers(0, 2, 300))
    assert noise.strength_ == min(STRENGTHS)
    X, y = additive(0, n=3_000)
    assert LinearScore().fit(X, y).strength_ > min(STRENGTHS)


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_units_do_not_matter(factor: float) -> None:
    X, y = additive(1)
    scaled = X * np.array([factor, 1, 1, 1, 1], np.float32)
    np.testing.assert_allclose(
        LinearScore().fit_transform(X, y)[:, -1], LinearScore().fit_transform(scaled, y)[:, -1], atol=1e-3
    )


def test_missing_values_have_a_weight_of_their_own() -> None:
    random = np.random.default_rng(0)
    is_missing = random.random(2_000) < 0.5
    X = np.where(is_missing, np.nan, random.normal(size=2_000)).astype(np.float32)[:, None]
    # Nine in ten of those with the value are positive, one in ten of those without: log odds 2.2 and -2.2.
    y = (random.random(2_000) < np.where(is_missing, 0.1, 0.9)).astype(int)
    column = LinearScore().fit(X, y).transform(X)[:, -1]
    assert column[~is_missing].mean() - column[is_missing].mean() == pytest.approx(4.4, abs=0.4)


def test_columns_that_say_nothing_are_survived() -> None:
    X, y = additive(2)
    X[:, 1], X[:, 2] = np.nan, 7.0
    linear = LinearScore().fit(X, y)
    assert np.isfinite(linear.transform(X)[:, -1]).all()
    assert linear.slopes_[1] == 0


def test_a_value_missing_for_the_first_time_counts_as_the_median() -> None:
    X, y = additive(3)
    linear = LinearScore().fit(X, y)
    new = X[:1].copy()
    new[0, 0] = np.nan
    usual = X[:1].copy()
    usual[0, 0] = np.median(X[:, 0])
    np.testing.assert_allclose(linear.transform(new)[:, -1], linear.transform(usual)[:, -1], atol=1e-5)


def test_drawn_rows_keep_the_base_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(20_000, 2)).astype(np.float32)
    y = (random.random(20_000) < expit(X[:, 0] - 3)).astype(int)
    monkeypatch.setattr(module, "MOST_OF_CLASS", 500)
    probability = expit(LinearScore().fit(X, y).transform(X)[:, -1])
    # Half of the drawn rows are positive, of all rows some 7%.
    assert probability.mean() == pytest.approx(y.mean(), rel=0.15)


def test_too_few_of_a_class_to_cross_fit() -> None:
    X, y = additive(4, n=40)
    y[:] = 0
    y[:4] = 1
    linear = LinearScore()
    assert (linear.fit_transform(X, y)[:, -1] == 0).all()
    assert (linear.transform(X)[:, -1] == 0).all()


def test_the_same_seed_gives_the_same_bytes() -> None:
    X, y = additive(5, missing=0.1)
    first, second = (LinearScore(random_state=3).fit_transform(X, y) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_closes_what_a_plain_forest_loses_on_additive_data() -> None:
    differences = []
    for seed in range(5):
        X, y = additive(seed, n=1_500, columns=12)
        new, outcome = additive(seed + 100, n=3_000, columns=12)
        with_line, plain = (
            VotingForestClassifier(60, linear_score=flag, random_state=seed, n_jobs=2).fit(X, y).votes(new)
            for flag in (True, False)
        )
        differences.append(roc_auc_score(outcome, with_line) - roc_auc_score(outcome, plain))
    assert min(differences) > 0
