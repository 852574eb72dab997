from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.rankers.line import Line, level

# Two columns of a first feature, one of a second, one of a third.
LINE = replace(
    level(4),
    intercept=-1.0,
    slopes=np.array([1.0, -2.0, 0.5, 3.0]),
    missing=np.array([0.25, 0.0, -1.0, 0.0]),
    usual=np.array([0.5, 0.0, 0.0, 1.0]),
)
OWNERS = np.array([0, 0, 1, 2])
ROW = np.array([[2.0, 1.0, np.nan, 1.0]], np.float32)


def test_terms_and_log_odds() -> None:
    # 1 x 2, -2 x 1, a missing value worth -1, 3 x 1; with the intercept -1 they make 1.
    np.testing.assert_array_equal(LINE.terms(ROW), [[2.0, -2.0, -1.0, 3.0]])
    np.testing.assert_array_equal(LINE.log_odds(ROW), [1.0])
    np.testing.assert_array_equal(LINE.append_to(ROW), [[2.0, 1.0, np.nan, 1.0, 1.0]])


def test_a_column_bends_at_its_knots() -> None:
    # Slope 3 up to 0, 3 - 2 = 1 from 0 to 4, 1 - 1 = 0 above 4: at -1, 2 and 6 that is -3, 2 and 4 x 1 = 4.
    bent = Line(
        0.0, np.array([0.0, 3.0]), np.array([0.0, 9.0]), np.zeros(2), np.array([1, 1]), np.array([0.0, 4.0]),
        np.array([-2.0, -1.0]),
    )  # fmt: skip
    X = np.array([[5, -1], [5, 2], [5, 6], [5, np.nan]], np.float32)
    np.testing.assert_array_equal(bent.terms(X), [[0, -3], [0, 2], [0, 4], [0, 9]])


def test_only_features_that_pull_the_same_way_share() -> None:
    # Pulls: (2 - 2) - .5 = -.5 for the first feature, -1 for the second, 3 - 1 = 2 for the third.
    np.testing.assert_allclose(LINE.share_out(np.array([0.3]), ROW, OWNERS), [[0, 0, 0.3]])
    np.testing.assert_allclose(LINE.share_out(np.array([-0.3]), ROW, OWNERS), [[-0.1, -0.2, 0]])
    np.testing.assert_allclose(LINE.share_out(np.array([0.0]), ROW, OWNERS), [[0, 0, 0]])


def test_where_nothing_pulls_that_way_all_share_alike() -> None:
    shares = level(4).share_out(np.array([0.3, -0.6]), np.vstack([ROW, ROW]), OWNERS)
    np.testing.assert_allclose(shares[:, 0], [0.1, -0.2])


@pytest.mark.parametrize("seed", range(10))
def test_shares_add_up_and_keep_the_sign(seed: int) -> None:
    random = np.random.default_rng(seed)
    line = Line(0.0, *random.normal(size=(3, 4)), random.integers(0, 4, 5), *random.normal(size=(2, 5)))
    X = random.normal(size=(50, 4)).astype(np.float32)
    X[random.random(X.shape) < 0.2] = np.nan
    whole = random.normal(size=50)
    shares = line.share_out(whole, X, OWNERS)
    np.testing.assert_allclose(shares.sum(axis=1), whole)
    assert (shares * whole[:, None] >= 0).all()
