"""Who lies outside of what a ranker was trained on, and how seldom that is said of people like those trained on."""

from __future__ import annotations

import math
import re

import numpy as np
import pyarrow as pa
import pytest

from ml.rankers.codes import MissingFeatureError
from ml.rankers.folds import Fold, grouped_folds
from ml.rankers.out_of_fold import labelled_rows
from ml.rankers.support import FALSE_ALARMS, MOST_VALUES, TrainingSupport
from tests.ml.rankers.factories import FEATURES, make_table

KINDS = tuple((feature.name, feature.kind) for feature in FEATURES)


def fit(table: pa.Table, **settings: float) -> TrainingSupport:
    folds = grouped_folds(labelled_rows(table), n_folds=5, seed=0)
    return TrainingSupport(KINDS, **settings).fit(table, folds)


def change(table: pa.Table, **columns: object) -> pa.Table:
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    return table


def test_the_surprise_of_a_value_is_the_share_of_training_rows_at_least_as_odd() -> None:
    table = pa.table(
        {
            "years": pa.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, None]),
            "local": pa.array([True] * 8 + [False]),
            "source": pa.array(["direct"] * 6 + ["agency", "campus", None]),
        }
    )
    kinds = (("years", "numeric"), ("local", "boolean"), ("source", "categorical"))
    support = TrainingSupport(kinds).fit(table, [Fold("1", np.arange(9), np.arange(9))])
    new = pa.table(
        {"years": [2.0, 4.5, None, 12.0], "local": [True, False, None, True], "source": ["direct", "agency", None, "x"]}
    )
    # Of 9 rows, and the row itself. Years: two are at most 2, twice; four at
    # most 4.5, twice; one is missing, twice; beyond
    # 8, where none is, (12 - 4.5) / (8 - 4.5) times the surprise of none. Local: all; one false; nobody missing.
    # Source: agency and campus are on fewer than five rows and so unknown, two rows; missing one row.
    expected = [
        [math.log(10 / 5), 0, 0],
        [math.log(10 / 9), math.log(10 / 2), math.log(10 / 4)],
        [math.log(10 / 3), math.log(10), math.log(10 / 2)],
        [7.5 / 3.5 * math.log(10), 0, math.log(10 / 4)],
    ]
    np.testing.assert_allclose(support.surprise(new), expected, atol=1e-6)


@pytest.mark.parametrize("n_rows", [300, 3000])
def test_of_people_like_those_trained_on_about_one_in_a_hundred_is_outside(n_rows: int) -> None:
    shares = [
        fit(make_table(n_rows, seed=seed)).is_outside(make_table(5000, seed=1000 + seed)).mean() for seed in range(20)
    ]
    # One fit's threshold is itself a draw: with n rows the share varies by sqrt(.01 x .99 / n), .0057 at 300. The
    # mean of 20 varies by .0013, and is .01 or less.
    assert np.mean(shares) == pytest.approx(FALSE_ALARMS, abs=4 * 0.0013)
    assert max(shares) < 0.01 + 4.5 * 0.0057


@pytest.mark.parametrize("seed", range(5))
def test_other_people_are_outside(seed: int) -> None:
    support, people = fit(make_table(seed=seed)), make_table(500, seed=100 + seed)
    noise = people["noise"].to_numpy()
    assert support.is_outside(change(people, noise=noise + 6)).mean() > 0.5
    # One value is enough if it is far enough out.
    assert support.is_outside(change(people, noise=noise + 60)).all()


def test_several_odd_values_add_up() -> None:
    support, people = fit(make_table(2000)), make_table(1)
    odd = {"years": [2.8], "noise": [2.8], "source": ["newspaper"], "is_local": pa.array([None], pa.bool_())}
    usual = change(people, years=[0.0], noise=[0.0])
    for name, values in odd.items():
        assert not support.is_outside(change(usual, **{name: values}))[0]
    assert support.is_outside(change(people, **odd))[0]


def test_missing_values_are_as_odd_as_they_are_rare() -> None:
    support = fit(make_table(1000))
    people = make_table(200, seed=1)
    nothing = pa.nulls(200, pa.float64())
    years, noise = KINDS.index(("years", "numeric")), KINDS.index(("noise", "numeric"))
    # Years are missing on a tenth of the training rows, noise never.
    assert support.surprise(change(people, years=nothing))[0, years] == pytest.approx(math.log(1 / 0.2), abs=0.3)
    assert support.surprise(change(people, noise=nothing))[0, noise] == pytest.approx(math.log(1001))


def test_a_feature_that_training_never_had_is_odd_when_it_is_there() -> None:
    table = change(make_table(), noise=pa.nulls(600, pa.float64()))
    noise = KINDS.index(("noise", "numeric"))
    surprises = fit(table).surprise(change(table.slice(0, 2), noise=[None, 1.0]))[:, noise]
    np.testing.assert_allclose(surprises, [0, math.log(601)])


def test_a_feature_of_many_levels_surprises_nobody_for_that() -> None:
    random = np.random.default_rng(0)
    old, new = (
        change(make_table(4000, seed=seed), source=random.integers(400, size=4000).astype(str)) for seed in (0, 1)
    )
    assert fit(old).is_outside(new).mean() < 0.02


def test_too_few_rows_call_nobody_outside() -> None:
    # With 98 rows the 1% is less than one of them and the new one.
    few = make_table(98)
    far = change(few, noise=np.full(98, 1e6))
    assert not fit(few).is_outside(far).any()
    assert fit(make_table(99)).is_outside(far).all()


def test_what_is_kept_does_not_grow_with_the_rows() -> None:
    table = make_table(2 * MOST_VALUES)
    support = fit(table)
    noise = table["noise"].to_numpy()
    assert len(support.values_["noise"]) == MOST_VALUES
    assert support.values_["noise"][[0, -1]].tolist() == [np.float32(noise.min()), np.float32(noise.max())]


def test_the_result_is_the_same_again_and_for_frames() -> None:
    table = make_table()
    one, other = fit(table), fit(table)
    assert one.threshold_ == other.threshold_
    np.testing.assert_array_equal(one.surprise(table), other.surprise(table.to_pandas()))


def test_a_missing_feature_is_named() -> None:
    sentence = "The feature noise is missing: build the features with the ranker's contract."
    with pytest.raises(MissingFeatureError, match=f"^{re.escape(sentence)}$"):
        fit(make_table()).is_outside(make_table().drop_columns("noise"))
