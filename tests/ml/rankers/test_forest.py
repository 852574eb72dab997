from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from ml.rankers import chunks, linear
from ml.rankers.forest import VotingForestClassifier
from ml.rankers.growing import BY_SAMPLE

SEEDS = range(5)


def rows(seed: int, n: int = 400, *, missing: float = 0.0, positives: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 6)).astype(np.float32)
    y = (X[:, 0] + np.abs(X[:, 1]) + random.normal(size=n) > np.quantile(X[:, 0] + 1, 1 - positives)).astype(int)
    X[random.random(X.shape) < missing] = np.nan
    return X, y


# Small leaves: the checks learn from thirty rows. Array API input is checked where scikit-learn is told to.
@parametrize_with_checks([VotingForestClassifier(10), VotingForestClassifier(10, linear_score=True)])
def test_is_a_scikit_learn_estimator(estimator: VotingForestClassifier, check: object) -> None:
    if getattr(check, "func", check).__name__ != "check_array_api_input":
        check(estimator)  # type: ignore[operator]


@pytest.mark.parametrize("linear_score", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("seed", SEEDS)
def test_both_scores_equal_the_loop_over_trees_bit_for_bit(seed: int, missing: float, linear_score: bool) -> None:
    X, y = rows(seed, missing=missing)
    # By sample: with a linear score the trees see copies of it.
    recipe = VotingForestClassifier(25, max_features=BY_SAMPLE, linear_score=linear_score, random_state=seed, n_jobs=2)
    forest = recipe.fit(X, y)
    new, _ = rows(seed + 100, missing=missing)
    votes, frequencies = forest.score_both(new)
    counted, summed = np.zeros(len(new)), np.zeros(len(new))
    seen = forest.seen_by_trees(new)
    for tree in forest.estimators_:
        counted += tree.predict(seen)
        summed += tree.predict_proba(seen)[:, 1]
    np.testing.assert_array_equal(votes, counted / 25)
    np.testing.assert_array_equal(frequencies, summed / 25)


@pytest.mark.parametrize("linear_score", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_votes_are_whole_numbers_of_trees(seed: int, linear_score: bool) -> None:
    X, y = rows(seed)
    forest = VotingForestClassifier(40, max_features=BY_SAMPLE, linear_score=linear_score, random_state=seed)
    votes = forest.fit(X, y).votes(X) * 40
    np.testing.assert_allclose(votes, np.round(votes), atol=1e-12)
    assert votes.min() >= 0
    assert votes.max() <= 40


def test_the_number_of_jobs_changes_nothing() -> None:
    X, y = rows(0, missing=0.1)
    one, four = (
        VotingForestClassifier(20, random_state=3, oob_score=True, linear_score=True, n_jobs=jobs).fit(X, y)
        for jobs in (1, 4)
    )
    for a, b in zip(one.estimators_, four.estimators_, strict=True):
        assert a.tree_.__getstate__()["nodes"].tobytes() == b.tree_.__getstate__()["nodes"].tobytes()
        assert a.tree_.value.tobytes() == b.tree_.value.tobytes()
    np.testing.assert_array_equal(one.score_both(X), four.score_both(X))
    np.testing.assert_array_equal(one.oob_votes_, four.oob_votes_)
    np.testing.assert_array_equal(one.oob_accuracy_, four.oob_accuracy_)


def test_another_seed_grows_another_forest() -> None:
    X, y = rows(0)
    forests = [VotingForestClassifier(20, random_state=seed).fit(X, y) for seed in (0, 1)]
    assert (forests[0].frequencies(X) != forests[1].frequencies(X)).any()


@pytest.mark.parametrize("linear_score", [False, True])
def test_a_row_is_scored_alike_wherever_it_stands(monkeypatch: pytest.MonkeyPatch, linear_score: bool) -> None:
    X, y = rows(1)
    recipe = VotingForestClassifier(15, max_features=BY_SAMPLE, linear_score=linear_score, random_state=0)
    forest = recipe.fit(X, y)
    whole = np.array(forest.score_both(X))
    order = np.random.default_rng(0).permutation(len(X))
    np.testing.assert_array_equal(np.array(forest.score_both(X[order])), whole[:, order])
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 37)
    np.testing.assert_array_equal(np.array(forest.score_both(X)), whole)


@pytest.mark.parametrize("seed", SEEDS)
def test_swapped_labels_mirror_the_frequencies(seed: int) -> None:
    X, y = rows(seed)
    kept = VotingForestClassifier(15, random_state=seed).fit(X, y)
    swapped = clone(kept).fit(X, 1 - y)
    np.testing.assert_allclose(swapped.frequencies(X), 1 - kept.frequencies(X), atol=1e-12)
    # What neither votes for are the leaves that tie, which both count as negative.
    assert (kept.votes(X) + swapped.votes(X) <= 1 + 1e-12).all()


@pytest.mark.parametrize("n", [600, 9000])
@pytest.mark.parametrize("seed", SEEDS)
def test_swapped_labels_mirror_the_linear_score_and_what_trees_are_grown_on(seed: int, n: int) -> None:
    X, y = rows(seed, n, missing=0.1, positives=0.4)
    kept = VotingForestClassifier(15, max_features=BY_SAMPLE, linear_score=True, random_state=seed).fit(X, y)
    swapped = clone(kept).fit(X, 1 - y)
    np.testing.assert_array_equal(swapped.with_linear_score(X)[:, -1], -kept.with_linear_score(X)[:, -1])
    for tree, other in zip(kept.estimators_, swapped.estimators_, strict=True):
        np.testing.assert_allclose(other.tree_.value[0, 0], tree.tree_.value[0, 0, ::-1], atol=1e-12)
        assert other.tree_.n_node_samples[0] == tree.tree_.n_node_samples[0]
    # Below the root they are other trees of the same kind: what was left is right, and is grown by other draws.
    new, truth = rows(seed + 100, n, missing=0.1, positives=0.4)
    one, other = kept.votes(new), 1 - swapped.votes(new)
    assert abs(roc_auc_score(truth, one) - roc_auc_score(truth, other)) < 0.03


@pytest.mark.parametrize("seed", SEEDS)
def test_a_monotone_transform_changes_no_training_row(seed: int) -> None:
    X, y = rows(seed)
    plain = VotingForestClassifier(10, random_state=seed).fit(X, y)
    stretched = clone(plain).fit(np.sinh(X), y)
    np.testing.assert_allclose(stretched.votes(np.sinh(X)), plain.votes(X), atol=0.101)
    assert np.mean(stretched.votes(np.sinh(X)) == plain.votes(X)) > 0.98


def test_a_tie_in_a_leaf_votes_negative() -> None:
    # Equal rows cannot be split: every tree is one leaf of as many drawn positives as negatives.
    X, y = np.zeros((40, 1)), np.array([0, 1] * 20)
    forest = VotingForestClassifier(7, random_state=0).fit(X, y)
    np.testing.assert_array_equal(forest.votes(X), 0.0)
    np.testing.assert_array_equal(forest.frequencies(X), 0.5)


def test_a_tied_vote_predicts_negative() -> None:
    X, y = rows(2)
    forest = VotingForestClassifier(2, random_state=0).fit(X, np.where(y == 1, "yes", "no"))
    tied = forest.votes(X) == 0.5
    assert tied.any()
    assert set(forest.predict(X)[tied]) == {"no"}


@pytest.mark.parametrize("positives", [0.05, 0.95])
def test_samples_are_balanced_whichever_class_is_rarer(positives: float) -> None:
    X, y = rows(0, n=4000, positives=positives)
    rarer = min(y.sum(), len(y) - y.sum())
    forest = VotingForestClassifier(10, random_state=0, sample_fraction=0.5).fit(X, y)
    for tree in forest.estimators_:
        root = tree.tree_.value[0, 0]
        np.testing.assert_allclose(root, 0.5)
        # Half of the rarer class from each class, drawn with replacement: the weights sum to the draws.
        assert tree.tree_.weighted_n_node_samples[0] == 2 * round(0.5 * rarer)
    assert roc_auc_score(y, forest.votes(X)) > 0.7


def test_rows_are_drawn_in_proportion_to_their_weight_within_their_class() -> None:
    # Half of each class has a 0, half a 1; positives with a 0 weigh three times as much as those with a 1. Of a tree's
    # positives 3/4 then have a 0, of its negatives 1/2: .75 / (.75 + .5) = .6 at 0, and .25 / (.25 + .5) = 1/3 at 1.
    X, y = np.tile([0.0, 1.0], 200)[:, None], np.repeat([0, 1], 200)
    weight = np.where((y == 1) & (X[:, 0] == 0), 3.0, 1.0)
    forest = VotingForestClassifier(100, random_state=0).fit(X, y, draw_weight=weight)
    np.testing.assert_allclose(forest.frequencies(np.array([[0.0], [1.0]])), [0.6, 1 / 3], atol=0.01)
    # The factor of a whole class changes nothing: each class gives half of every sample.
    again = clone(forest).fit(X, y, draw_weight=np.where(y == 1, weight / 7, weight))
    np.testing.assert_array_equal(again.votes(X), forest.votes(X))


def test_out_of_bag_votes_come_from_trees_that_did_not_see_the_row() -> None:
    # Labels that nothing predicts: trees with leaves of one row know those they saw, and guess the others.
    random = np.random.default_rng(0)
    X, y = random.normal(size=(300, 3)), np.arange(300) % 2
    forest = VotingForestClassifier(100, min_samples_leaf=1, random_state=0, oob_score=True).fit(X, y)
    assert roc_auc_score(y, forest.votes(X)) > 0.95
    assert abs(roc_auc_score(y, forest.oob_votes_) - 0.5) < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_out_of_bag_votes_are_by_a_linear_score_that_did_not_see_the_row(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Labels that nothing predicts, and so weak a penalty that the fitted linear score knows those it was fitted on.
    monkeypatch.setattr(linear, "STRENGTHS", (1.0,))
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(300, 60)), np.arange(300) % 2
    forest = VotingForestClassifier(100, linear_score=True, random_state=0, oob_score=True, n_jobs=2).fit(X, y)
    assert roc_auc_score(y, forest.votes(X)) > 0.8
    # A standard error of .033; folds of fixed class shares push below .5.
    assert 0.3 < roc_auc_score(y, forest.oob_votes_) < 0.6
    assert forest.oob_accuracy_[-1] < 0.6


@pytest.mark.parametrize("max_features", ["sqrt", BY_SAMPLE])
@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_tree_falls_as_the_linear_score_rises(seed: int, missing: float, max_features: str) -> None:
    X, y = rows(seed, missing=missing)
    recipe = VotingForestClassifier(20, max_features=max_features, min_samples_leaf=1, linear_score=True)
    forest = recipe.set_params(random_state=seed).fit(X, y)
    seen = forest.seen_by_trees(X[:50])
    raised = seen.copy()
    raised[:, 6:] += np.random.default_rng(seed).exponential(size=(50, 1))
    for tree in forest.estimators_:
        assert (tree.predict_proba(raised)[:, 1] >= tree.predict_proba(seen)[:, 1]).all()


def test_no_row_of_a_person_is_out_of_bag_where_another_is_in_it() -> None:
    # Everybody has two equal rows, and nothing predicts the labels but having seen the person's other row.
    random = np.random.default_rng(0)
    X, y, people = random.normal(size=(300, 3)).repeat(2, axis=0), np.arange(300).repeat(2) % 2, np.arange(600) // 2
    recipe = VotingForestClassifier(100, min_samples_leaf=1, random_state=0, oob_score=True)
    apart, together = clone(recipe).fit(X, y), clone(recipe).fit(X, y, groups=people)
    assert roc_auc_score(y, apart.oob_votes_) > 0.9
    assert abs(roc_auc_score(y, together.oob_votes_) - 0.5) < 0.1


def test_the_accuracy_curve_ends_at_the_accuracy_of_the_out_of_bag_votes() -> None:
    X, y = rows(4, positives=0.2)
    forest = VotingForestClassifier(60, random_state=0, oob_score=True).fit(X, y)
    assert forest.oob_accuracy_.shape == (60,)
    assert not np.isnan(forest.oob_votes_).any()
    accuracy = balanced_accuracy_score(y, forest.oob_votes_ > 0.5)
    assert forest.oob_accuracy_[-1] == pytest.approx(accuracy)
    assert forest.oob_accuracy_[0] < forest.oob_accuracy_[-1]


def test_a_row_that_every_tree_saw_has_no_out_of_bag_vote() -> None:
    # One positive row: each of the three trees must have drawn it.
    X, y = np.arange(6.0)[:, None], np.array([0, 0, 0, 0, 0, 1])
    forest = VotingForestClassifier(3, random_state=0, oob_score=True).fit(X, y)
    assert np.isnan(forest.oob_votes_[-1])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_estimators": 0}, "n_estimators: expected at least 1, got 0"),
        ({"min_samples_leaf": 0}, "min_samples_leaf: expected at least 1, got 0"),
        ({"sample_fraction": 0.0}, "sample_fraction: expected more than 0, got 0.0"),
    ],
)
def test_refuses_parameters_out_of_range(parameters: dict[str, float], message: str) -> None:
    X, y = rows(0)
    with pytest.raises(ValueError, match=f"^{message}$"):
        VotingForestClassifier(**parameters).fit(X, y)  # type: ignore[arg-type]


def test_refuses_labels_of_one_class() -> None:
    with pytest.raises(ValueError, match=r"^y: expected two classes, got only one class, 1$"):
        VotingForestClassifier().fit([[0.0], [1.0]], [1, 1])


def test_refuses_infinite_values() -> None:
    X, y = rows(0)
    X[0, 0] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        VotingForestClassifier(2).fit(X, y)
