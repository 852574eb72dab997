"""Contributions to a score: the Shapley values themselves, by their definition, and that they add up."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
import pyarrow as pa
import pytest
from sklearn.tree import DecisionTreeClassifier

from ml.rankers import explanations as module
from ml.rankers.calibration import PlattCalibration
from ml.rankers.codes import Codes, MissingFeatureError
from ml.rankers.explanations import VoteExplainer, make_explainer, read_explainer
from ml.rankers.forest import VotingForestClassifier
from ml.rankers.recipe import FacetRanker, build_recipe
from tests.ml.rankers.factories import FEATURES, make_table, organisation

SEEDS = range(6)


def numeric(n_columns: int) -> Codes:
    return Codes(tuple((f"x{number}", "numeric") for number in range(n_columns)), {}, {})


def as_table(X: np.ndarray) -> pa.Table:
    return pa.table({f"x{number}": X[:, number] for number in range(X.shape[1])})


def rows(seed: int, n: int, n_columns: int, missing: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    # Few values: the same column is asked for more than once on a way, at thresholds that lie close together.
    X = random.integers(0, 6, size=(n, n_columns)).astype(np.float32)
    y = (X[:, 0] + X[:, 1] * (X[:, 2] > 2) + random.normal(scale=2, size=n) > 6).astype(int)
    y[:10] = [0, 1] * 5
    X[random.random(X.shape) < missing] = np.nan
    return X, y


def expected_vote(
    tree: DecisionTreeClassifier, row: np.ndarray, is_known: Callable[[int], bool], node: int = 0
) -> float:
    """The game by its definition: known columns follow the row, unknown ones average by the training sample."""
    inner = tree.tree_
    left, right = inner.children_left[node], inner.children_right[node]
    if left < 0:
        return float(inner.value[node, 0, 1] > inner.value[node, 0, 0])
    if is_known(inner.feature[node]):
        value = row[inner.feature[node]]
        goes_left = inner.missing_go_to_left[node] if np.isnan(value) else value <= inner.threshold[node]
        return expected_vote(tree, row, is_known, left if goes_left else right)
    sample = inner.weighted_n_node_samples
    return sum(sample[child] / sample[node] * expected_vote(tree, row, is_known, child) for child in (left, right))


def enumerated(trees: list[DecisionTreeClassifier], row: np.ndarray, players: np.ndarray) -> list[float]:
    """Shapley values by their definition: the mean gain over every set of players that may be known before."""
    n = int(players.max()) + 1

    def worth(known: tuple[int, ...]) -> float:
        return float(np.mean([expected_vote(tree, row, lambda column: players[column] in known) for tree in trees]))

    values = []
    for player in range(n):
        others = [other for other in range(n) if other != player]
        values.append(
            sum(
                factorial(size) * factorial(n - size - 1) / factorial(n) * (worth((*known, player)) - worth(known))
                for size in range(n)
                for known in combinations(others, size)
            )
        )
    return values


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("seed", SEEDS)
def test_contributions_are_the_shapley_values(seed: int, missing: float) -> None:
    X, y = rows(seed, 150, 5, missing)
    forest = VotingForestClassifier(4, min_samples_leaf=2, random_state=seed).fit(X, y)
    found = make_explainer(forest, numeric(5)).explain(as_table(X[:6]))
    for row, values in zip(X[:6], found.values, strict=True):
        np.testing.assert_allclose(values, enumerated(forest.estimators_, row, np.arange(5)), atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_columns_of_a_feature_are_known_together(seed: int) -> None:
    # Levels a to d as four columns, and two numbers: three players of six columns.
    random = np.random.default_rng(seed)
    levels = np.array(list("abcd"))
    codes = Codes(
        (("x0", "numeric"), ("letter", "categorical"), ("x1", "numeric")),
        {"letter": levels},
        {"letter": np.eye(6, 5, dtype=np.float32)},
    )
    letters = random.choice(np.array([*"abcde"]), 200)
    table = pa.table({"x0": random.normal(size=200), "letter": letters, "x1": random.normal(size=200)})
    table = table.set_column(1, "letter", pa.array([None if letter == "d" else letter for letter in letters]))
    X = codes.matrix(table)
    y = ((letters == "a") | (X[:, 0] > 0) & (letters == "b")).astype(int)
    forest = VotingForestClassifier(5, min_samples_leaf=1, max_features=None, random_state=seed).fit(X, y)
    found = make_explainer(forest, codes).explain(table.slice(0, 8))
    players = np.array([0, 1, 1, 1, 1, 1, 2])
    for row, values in zip(X[:8], found.values, strict=True):
        np.testing.assert_allclose(values, enumerated(forest.estimators_, row, players), atol=1e-12)


@pytest.mark.parametrize("trees", [1, 7])
@pytest.mark.parametrize("n_columns", [3, 40])
@pytest.mark.parametrize("seed", SEEDS)
def test_base_value_and_contributions_add_up_to_the_votes(seed: int, n_columns: int, trees: int) -> None:
    # Forty columns and leaves of one row: ways of twenty features and more.
    X, y = rows(seed, 400, n_columns, missing=0.1)
    y = np.where(np.random.default_rng(seed).random(400) < 0.4, 1 - y, y)
    forest = VotingForestClassifier(trees, min_samples_leaf=1, max_features=1, random_state=seed).fit(X, y)
    new, _ = rows(seed + 100, 200, n_columns, missing=0.3)
    found = make_explainer(forest, numeric(n_columns)).explain(as_table(new))
    np.testing.assert_allclose(found.base_value + found.values.sum(axis=1), forest.votes(new), atol=1e-9)


def test_a_tree_of_one_leaf_is_all_base_value() -> None:
    # Equal rows cannot be split; as many of each class tie, and a tie votes negative.
    X = np.zeros((40, 2), np.float32)
    forest = VotingForestClassifier(3, random_state=0).fit(X, [0, 1] * 20)
    found = make_explainer(forest, numeric(2)).explain(as_table(X[:4]))
    assert found.base_value == 0
    np.testing.assert_array_equal(found.values, np.zeros((4, 2)))


def by_hand(tree: DecisionTreeClassifier, X: np.ndarray) -> tuple[float, list[list[float]]]:
    forest = VotingForestClassifier(1)
    forest.estimators_, forest.n_features_in_ = [tree], X.shape[1]
    found = make_explainer(forest, numeric(X.shape[1])).explain(as_table(X))
    return found.base_value, found.values.round(12).tolist()


def test_two_that_must_both_be_true_share_the_credit() -> None:
    # Positive if both are 1, a quarter of the sample: base 1/4. Knowing one of two true ones gives 1/2, both give 1:
    # each gets (1/2 - 1/4) / 2 + (1 - 1/2) / 2 = 3/8. Of (1, 0) the first gets (1/4 + 0) / 2 = 1/8, the second
    # (0 - 1/4) / 2 + (0 - 1/2) / 2 = -3/8; of (0, 0) each gets (0 - 1/4) / 2 + 0 = -1/8.
    X = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], np.float32)
    tree = DecisionTreeClassifier(random_state=0).fit(X, [1, 0, 0, 0])
    assert by_hand(tree, X) == (
        0.25, [[0.375, 0.375], [0.125, -0.375], [-0.375, 0.125], [-0.125, -0.125]]
    )  # fmt: skip


def test_a_split_between_leaves_that_vote_alike_moves_nothing() -> None:
    # The first column decides the vote; the second tells only how sure a leaf is, a share of 3/4 or of 1.
    X = np.array([[0, 0]] * 4 + [[0, 1]] * 4 + [[1, 0]] * 4 + [[1, 1]] * 4, np.float32)
    y = [0] * 8 + [1, 1, 1, 0] + [1] * 4
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    assert set(tree.tree_.feature) == {0, 1, -2}
    base, values = by_hand(tree, X[[0, -1]])
    assert (base, values) == (0.5, [[-0.5, 0.0], [0.5, 0.0]])


def test_a_value_that_is_missing_contributes_as_the_trees_take_it() -> None:
    # Only missing values are positive, one in four: base 1/4, knowing it gives 1.
    X = np.array([[1], [1], [1], [np.nan]], np.float32)
    tree = DecisionTreeClassifier(random_state=0).fit(X, [0, 0, 0, 1])
    assert by_hand(tree, X[2:]) == (0.25, [[-0.25], [0.75]])


def fitted(seed: int = 0) -> tuple[FacetRanker, pa.Table]:
    table = make_table(seed=seed)
    settings = organisation().rankers
    pipeline = build_recipe(FEATURES, settings).fit(table, table["label"].to_numpy())
    return FacetRanker(pipeline, PlattCalibration().fit([0.1, 0.9], [0, 1])), table


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ranker_is_explained_by_the_features_of_its_contract(seed: int) -> None:
    ranker, table = fitted(seed)
    explainer = ranker.explainer()
    assert explainer.features == ("years", "noise", "is_local", "source")
    found = explainer.explain(table)
    votes, _ = ranker.score_table(table)
    np.testing.assert_allclose(found.base_value + found.values.sum(axis=1), votes, atol=1e-9)
    # Years and source carry the signal, noise and is_local do not.
    moved = np.abs(found.values).mean(axis=0)
    assert moved[[0, 3]].min() > moved[[1, 2]].max()


def test_an_explainer_explains_as_before_once_written_and_read() -> None:
    ranker, table = fitted()
    explainer = ranker.explainer()
    again = read_explainer(explainer.to_bytes())
    assert again.codes.features == explainer.codes.features
    np.testing.assert_array_equal(again.explain(table).values, explainer.explain(table).values)


def test_a_row_is_explained_alike_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    ranker, table = fitted()
    explainer = ranker.explainer()
    whole = explainer.explain(table).values
    monkeypatch.setattr(module, "CHUNK_ROWS", 37)
    np.testing.assert_array_equal(explainer.explain(table).values, whole)
    np.testing.assert_array_equal(explainer.explain(table.slice(123, 1)).values, whole[123:124])


def test_the_base_value_is_known_where_nobody_is_explained() -> None:
    ranker, table = fitted()
    explainer = ranker.explainer()
    found = explainer.explain(table.slice(0, 0))
    assert found.values.shape == (0, 4)
    assert found.base_value == explainer.explain(table).base_value


def test_a_missing_column_is_named() -> None:
    explainer: VoteExplainer = fitted()[0].explainer()
    with pytest.raises(MissingFeatureError, match=r"^The feature source is missing: build the features"):
        explainer.explain(make_table().drop_columns(["source"]))
