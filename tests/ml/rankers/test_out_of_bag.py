from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from ml.rankers.forest import VotingForestClassifier
from ml.rankers.growing import BY_SAMPLE, Grown
from ml.rankers.out_of_bag import OutOfBag, score_out_of_bag

# Two negatives, two positives; the column tells them apart.
X, POSITIVE = np.array([[0.0], [0.0], [1.0], [1.0]], np.float32), np.array([0, 0, 1, 1])


def grown(says: int, sample: list[int], drawn: tuple[int, int]) -> Grown:
    """Give a tree that votes alike for everybody."""
    tree = DecisionTreeClassifier(max_depth=1).fit(np.array([[0.0], [1.0]]), [0, 1])
    tree.tree_.value[:, 0] = [1 - says, says]
    return Grown(tree, np.array(sample, np.int32), np.array(drawn))


def scored(trees: list[Grown], weight: np.ndarray | None = None, people: tuple[int, ...] = (0, 1, 2, 3)) -> OutOfBag:
    return score_out_of_bag(trees, X, POSITIVE, weight, people=np.array(people), n_jobs=1)


def test_a_vote_counts_by_one_over_the_chance_that_the_tree_is_without_the_row() -> None:
    # A draw of a negative misses row 0 with a chance of 1/2. One such draw: 1/2, the vote counts 2. Three: 1/8, it
    # counts 8. The first says yes, the second no: 2 / 10. Every tree saw the others, or one did that says nothing else.
    trees = [grown(1, [1, 2, 3], (1, 3)), grown(0, [1, 2, 3], (3, 1))]
    np.testing.assert_allclose(scored(trees).votes, [0.2, np.nan, np.nan, np.nan])


def test_a_row_that_weighs_more_is_missed_less() -> None:
    # Row 0 has three quarters of its class: one draw misses it with 1/4, three with 1/64. 4 / (4 + 64) = 1/17.
    trees = [grown(1, [1, 2, 3], (1, 3)), grown(0, [1, 2, 3], (3, 1))]
    np.testing.assert_allclose(scored(trees, np.array([3.0, 1, 1, 1])).votes[0], 1 / 17)


def test_a_person_is_out_of_bag_with_all_rows() -> None:
    # Rows 0 and 2 are one person: (1, 3) draws miss both with 1/2 * 1/8, (3, 1) with the same. Votes 1 and 0: one half.
    trees = [grown(1, [1, 3], (1, 3)), grown(0, [1, 3], (3, 1)), grown(1, [0, 1, 3], (2, 2))]
    np.testing.assert_allclose(scored(trees, people=(0, 1, 0, 2)).votes, [0.5, np.nan, 0.5, np.nan])


def test_the_accuracy_is_the_mean_of_both_classes_so_far() -> None:
    # The first tree is without row 0 and wrongly says yes: none of the negatives is right, no positive is decided, one
    # half: (0 + .5) / 2. The second is without row 2 and says yes: (0 + 1) / 2.
    trees = [grown(1, [1, 2, 3], (2, 2)), grown(1, [0, 1, 3], (2, 2))]
    assert scored(trees).accuracy.tolist() == [0.25, 0.5]


@pytest.mark.parametrize("seed", range(3))
def test_out_of_bag_says_what_new_rows_say(seed: int) -> None:
    # One column of six matters, odds of up to 20 to 1: the trees' thresholds lie far apart.
    random = np.random.default_rng(seed)
    rows = random.normal(size=(5_000, 6)).astype(np.float32)
    labels = (random.random(5_000) < expit(1.5 * rows[:, 0])).astype(int)
    forest = VotingForestClassifier(60, max_features=BY_SAMPLE, linear_score=True, oob_score=True, n_jobs=2)
    forest.set_params(random_state=seed).fit(rows[:1_500], labels[:1_500])
    new = roc_auc_score(labels[1_500:], forest.votes(rows[1_500:]))
    # Standard errors of .01 and .007.
    assert roc_auc_score(labels[:1_500], forest.oob_votes_) == pytest.approx(new, abs=0.035)
