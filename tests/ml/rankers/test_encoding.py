from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from ml.rankers.codes import MissingFeatureError
from ml.rankers.encoding import FeatureEncoder

KINDS = (("years", "numeric"), ("is_local", "boolean"), ("source", "categorical"))


def people() -> tuple[pa.Table, np.ndarray]:
    """Twenty people; five sources direct, five missing, ten agency; half of them positive."""
    table = pa.table(
        {
            "years": pa.array([1.5, None, *range(18)], pa.float64()),
            "is_local": pa.array([True, False, None, *[True] * 17]),
            "source": pa.array(["direct"] * 5 + [None] * 5 + ["agency"] * 10),
        }
    )
    return table, np.arange(20) % 2


def test_numbers_and_truth_values_stay_and_missing_is_nan() -> None:
    table, y = people()
    matrix = FeatureEncoder(KINDS).fit_transform(table, y)
    assert matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix[:3, 0], np.array([1.5, np.nan, 0.0], np.float32))
    np.testing.assert_array_equal(matrix[:3, 1], np.array([1.0, 0.0, np.nan], np.float32))


def test_few_levels_get_a_column_each_and_missing_one_of_its_own() -> None:
    table, y = people()
    encoder = FeatureEncoder(KINDS)
    matrix = encoder.fit_transform(table, y)
    names = list(encoder.get_feature_names_out())
    assert names == ["years", "is_local", "source=agency", "source=direct", "source=(missing)"]
    np.testing.assert_array_equal(matrix[:5, 2:], [[0, 1, 0]] * 5)
    np.testing.assert_array_equal(matrix[5:10, 2:], [[0, 0, 1]] * 5)
    np.testing.assert_array_equal(matrix[10:, 2:], [[1, 0, 0]] * 10)


def test_an_unseen_level_has_no_column() -> None:
    table, y = people()
    encoder = FeatureEncoder(KINDS).fit(table, y)
    new = pa.table({"years": [1.0], "is_local": [True], "source": ["campus"]})
    np.testing.assert_array_equal(encoder.transform(new), [[1, 1, 0, 0, 0]])


def many_levels(seed: int, *, n: int = 4000, n_levels: int = 40) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """A categorical feature of many levels, each with its own share of positives."""
    random = np.random.default_rng(seed)
    shares = random.uniform(0.05, 0.95, n_levels)
    level = random.integers(n_levels, size=n)
    y = (random.random(n) < shares[level]).astype(int)
    return pa.table({"employer": [f"e{i:04}" for i in level]}), y, shares


def test_many_levels_become_their_share_of_positives() -> None:
    table, y, shares = many_levels(0)
    encoder = FeatureEncoder((("employer", "categorical"),)).fit(table, y)
    levels = pa.table({"employer": [f"e{i:04}" for i in range(len(shares))]})
    # A hundred rows per level: a standard error of .05, a little shrinkage.
    np.testing.assert_allclose(encoder.transform(levels)[:, 0], shares, atol=0.2)
    assert np.corrcoef(encoder.transform(levels)[:, 0], shares)[0, 1] > 0.97
    assert list(encoder.get_feature_names_out()) == ["employer"]


def test_an_unseen_level_of_many_has_the_overall_share() -> None:
    table, y, _ = many_levels(0)
    encoder = FeatureEncoder((("employer", "categorical"),)).fit(table, y)
    unknown = encoder.transform(pa.table({"employer": ["never heard of", None]}))[:, 0]
    # Nobody was missing in training: missing is then as unknown as any other.
    np.testing.assert_allclose(unknown, y.mean(), rtol=1e-6)


def test_a_missing_value_among_many_levels_is_a_level_of_its_own() -> None:
    table, y, _ = many_levels(0)
    # The missing are all positive.
    table = pa.concat_tables([table, pa.table({"employer": pa.array([None] * 200, pa.string())})])
    y = np.append(y, np.ones(200, int))
    encoder = FeatureEncoder((("employer", "categorical"),)).fit(table, y)
    assert encoder.transform(pa.table({"employer": pa.array([None], pa.string())}))[0, 0] > 0.95


@pytest.mark.parametrize("seed", range(5))
def test_no_training_row_sees_its_own_label(seed: int) -> None:
    # Labels that the level does not predict, ten rows a level: codes that held a row's own label would predict it.
    random = np.random.default_rng(seed)
    table = pa.table({"employer": [f"e{i % 400}" for i in range(4000)]})
    y = random.integers(2, size=4000)
    encoder = FeatureEncoder((("employer", "categorical"),))
    crossed = encoder.fit_transform(table, y)[:, 0]
    assert roc_auc_score(y, crossed) < 0.53
    assert roc_auc_score(y, encoder.transform(table)[:, 0]) > 0.55


@pytest.mark.parametrize("seed", range(3))
def test_levels_by_the_thousand_order_new_people_nearly_as_their_true_shares_do(seed: int) -> None:
    table, y, shares = many_levels(seed, n=60_000, n_levels=4000)
    known, new, truth = table[:40_000], table[40_000:], y[40_000:]
    encoder = FeatureEncoder((("employer", "categorical"),)).fit(known, y[:40_000])
    assert 3000 < len(encoder.levels_["employer"]) <= 4000
    matrix = encoder.transform(new)
    assert matrix.shape == (20_000, 1)
    number = np.array([int(name[1:]) for name in new["employer"].to_pylist()])
    of_codes, of_shares, of_numbers = (roc_auc_score(truth, each) for each in (matrix[:, 0], shares[number], number))
    # Ten rows a level: the variance of a share, .9**2 / 12 = .0675, over that and its error's, .1825 / 10: .79; the
    # correlation is its root, .89. Levels as numbers order nobody.
    assert (of_codes - 0.5) / (of_shares - 0.5) > 0.8
    assert abs(of_numbers - 0.5) < 0.02


def test_a_level_on_fewer_than_five_rows_is_not_learned() -> None:
    table, y = people()
    rare = table.set_column(2, "source", pa.array(["campus"] * 4 + ["agency"] * 16))
    encoder = FeatureEncoder(KINDS).fit(rare, y)
    assert list(encoder.levels_["source"]) == ["agency"]


@pytest.mark.parametrize(("rarer", "columns"), [(100, 21), (300, 1)])
def test_twenty_levels_are_few_or_many_by_the_rarer_class(rarer: int, columns: int) -> None:
    # 20 levels need 200 rows of the rarer class to learn a share for each.
    table = pa.table({"school": [f"s{i % 20:02}" for i in range(1000)]})
    y = (np.arange(1000) < rarer).astype(int)
    assert FeatureEncoder((("school", "categorical"),)).fit_transform(table, y).shape == (1000, columns)


def test_arrow_dictionaries_and_pandas_encode_alike() -> None:
    table, y = people()
    encoder = FeatureEncoder(KINDS).fit(table, y)
    expected = encoder.transform(table)
    dictionary = table.set_column(2, "source", table["source"].dictionary_encode())
    np.testing.assert_array_equal(encoder.transform(dictionary), expected)
    np.testing.assert_array_equal(encoder.transform(table.to_pandas()), expected)
    # Chunks that have dictionaries of their own.
    halves = pa.concat_tables([dictionary.slice(0, 7), dictionary.slice(7)])
    np.testing.assert_array_equal(encoder.transform(halves), expected)


def test_a_column_of_nothing_but_missing_values() -> None:
    table, y = people()
    empty = table.set_column(2, "source", pa.nulls(20)).set_column(0, "years", pa.nulls(20))
    matrix = FeatureEncoder(KINDS).fit_transform(empty, y)
    assert np.isnan(matrix[:, 0]).all()
    np.testing.assert_array_equal(matrix[:, 2], 1.0)


def test_columns_that_are_not_features_are_ignored() -> None:
    table, y = people()
    more = table.append_column("secret", pa.array(range(20)))
    np.testing.assert_array_equal(
        FeatureEncoder(KINDS).fit_transform(more, y), FeatureEncoder(KINDS).fit_transform(table, y)
    )


def test_refuses_a_table_without_a_feature() -> None:
    table, y = people()
    encoder = FeatureEncoder(KINDS).fit(table, y)
    message = r"^The feature source is missing: build the features with the ranker's contract\.$"
    with pytest.raises(MissingFeatureError, match=message):
        encoder.transform(pd.DataFrame({"years": [1.0], "is_local": [True]}))
