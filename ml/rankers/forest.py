"""The voting forest: random-forest bipartite ranking with univariate loss (the paper, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from ml.rankers.linear import LinearScore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from ml.rankers.kernel import CompactForest

# Rows scored together: large enough to amortise a call per tree, small enough to stay in cache
# and to bound the memory of a batch whatever its length.
CHUNK_ROWS = 2048
# A tree's leaves hold at least a thirtieth of its sample until that reaches ``min_samples_leaf``: with thirty people
# of the rarer class a tree with leaves of twenty has three of them and orders nobody, and one with leaves of single
# people repeats the noise. Measured in docs/adr/0028.
LEAVES_OF_SMALL_SAMPLE = 30
# With this ``max_features`` a third of the columns is tried at each split where a tree draws so many rows of each
# class, all alike, else the square root of their number. Measured in docs/adr/0017 and 0028.
BY_SAMPLE = "by sample"
FEWEST_FOR_THIRD = 500


class VotingForestClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Score by the share of trees that vote positive.

    The paper's Algorithm 1 grows N trees, each on S x |Z| rows drawn with replacement from the training
    set Z; its Algorithm 2 scores a person by the share of the trees that vote positive (36 of 100 is 0.36).
    Here each tree's sample is balanced: half of it comes from each class, and |Z| counts twice the rarer
    class. Where the classes are equally frequent that is the paper's sample. Where they are not, a tree grown
    on all rows votes for the frequent class in every large leaf, and the votes stop ordering anybody.

    A leaf whose two classes weigh the same votes negative, as ``argmax`` does.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees N, at least 1.
    sample_fraction : float, default=1.0
        Sampling factor S, greater than 0.
    min_samples_leaf : int, default=20
        Fewest distinct training rows in a leaf. Trees whose sample is smaller than thirty such leaves
        take fewer: a thirtieth of their sample, at least one. Twice as many where rows have weights, as the same
        few are drawn again and again.
    max_features : {"sqrt", "log2", "by sample"}, int, float or None, default="sqrt"
        Features tried at each split, as in scikit-learn; ``"by sample"`` is a third of them where a tree draws 500
        rows of each class and rows have no weights, else the square root: trees on few rows, or on rows that are drawn
        again and again for their weight, need to differ more than to be right.
    linear_score : bool, default=False
        Whether the trees see one more column, the cross-fitted log odds of a logistic regression
        (:class:`ml.rankers.linear.LinearScore`).
    oob_score : bool, default=False
        Whether to compute the out-of-bag attributes; costs one scoring of the training rows.
    n_jobs : int or None, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState or None, default=None
        Source of the samples and of the splits.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        Sorted labels; the second is the positive class.
    estimators_ : list of DecisionTreeClassifier
        The trees; their classes are 0 and 1, positions in ``classes_``.
    n_features_in_ : int
        Columns seen in fit; the trees have one more with a linear score.
    linear_ : LinearScore
        Only with a linear score.
    oob_votes_ : ndarray of shape (n_samples,), in [0, 1]
        Share of positive votes among the trees that did not train on the row; NaN where every tree did.
    oob_accuracy_ : ndarray of shape (n_estimators,), in [0, 1]
        Mean of both classes' out-of-bag accuracy with the first 1, 2, ..., N trees: where it levels off,
        more trees change nothing. Equals plain accuracy where the classes are equally frequent.

    Notes
    -----
    Missing values (NaN) are handled by the trees themselves; infinite values are refused.
    """

    classes_: NDArray[Any]
    estimators_: list[DecisionTreeClassifier]
    n_features_in_: int
    linear_: LinearScore

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        sample_fraction: float = 1.0,
        min_samples_leaf: int = 20,
        max_features: str | int | float | None = "sqrt",
        linear_score: bool = False,
        oob_score: bool = False,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_estimators = n_estimators
        self.sample_fraction = sample_fraction
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.linear_score = linear_score
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(
        self, X: ArrayLike, y: ArrayLike, draw_weight: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> VotingForestClassifier:
        """Grow the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Converted to float32; NaN is a missing value.
        y : array-like of shape (n_samples,)
            Labels of exactly two classes.
        draw_weight : array-like of shape (n_samples,), optional
            Within its class a row is drawn in proportion to this. Default: all alike.
        groups : array-like of int, shape (n_samples,), optional
            Rows of one group are of one person: none of them is out of a tree's bag if one is in it. Default: each row
            is its own.

        Returns
        -------
        VotingForestClassifier
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or the labels are not of two classes.
        """
        self._check_parameters()
        checked = validate_data(self, X, y, dtype=np.float32, order="C", ensure_all_finite="allow-nan")
        rows: NDArray[np.float32] = checked[0]
        positive = self._encode_labels(checked[1])
        weight = None if draw_weight is None else np.asarray(draw_weight, dtype=np.float64)
        if self.linear_score:
            # The folds are drawn anew in every fit, the same for the same seed.
            seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
            self.linear_ = LinearScore(random_state=seed)
            rows = self.linear_.fit_transform(rows, positive, weight=weight, groups=groups)
        n_draws = max(1, round(self.sample_fraction * int(np.bincount(positive).min())))
        seeds = check_random_state(self.random_state).randint(np.iinfo(np.int32).max, size=self.n_estimators)
        grown = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(_grow)(rows, positive, weight, self._tree(int(seed), n_draws, weight), n_draws) for seed in seeds
        )
        self.estimators_ = [tree for tree, _ in grown]
        if self.oob_score:
            people = np.arange(len(rows)) if groups is None else np.unique(groups, return_inverse=True)[1]
            self._score_out_of_bag(rows, positive, [sample for _, sample in grown], people=people)
        return self

    def score_both(self, X: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Score rows by votes and by leaf frequencies in one pass over the trees.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to score.

        Returns
        -------
        votes : ndarray of shape (n_samples,), in [0, 1]
            Share of trees whose leaf majority is positive, a multiple of 1 / N; higher ranks first.
        frequencies : ndarray of shape (n_samples,), in [0, 1]
            Mean over the trees of the positive share in the row's leaf (of the balanced sample).
        """
        check_is_fitted(self, "estimators_")
        rows: NDArray[np.float32] = validate_data(
            self, X, reset=False, dtype=np.float32, order="C", ensure_all_finite="allow-nan"
        )
        from ml.rankers.kernel import CompactForest

        forest = CompactForest(self.estimators_)
        votes, shares = np.zeros(len(rows)), np.zeros(len(rows))
        Parallel(n_jobs=self.n_jobs, require="sharedmem")(
            delayed(self._add)(forest, rows[part], votes[part], shares[part]) for part in _chunks(len(rows))
        )
        return votes / len(self.estimators_), shares / len(self.estimators_)

    def seen_by_trees(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the columns that the trees split on: those of X, and the linear score if there is one."""
        return self.linear_.transform(X) if self.linear_score else X

    def votes(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the share of trees that vote positive, shape (n_samples,), in [0, 1]."""
        return self.score_both(X)[0]

    def frequencies(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the mean positive share of the rows' leaves, shape (n_samples,), in [0, 1]."""
        return self.score_both(X)[1]

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the shares of votes for each class, shape (n_samples, 2): an order, not a calibrated probability."""
        votes = self.votes(X)
        return np.column_stack([1.0 - votes, votes])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class with most votes, shape (n_samples,); a tie is negative."""
        positive = self.votes(X) > 0.5
        predicted: NDArray[Any] = self.classes_[positive.astype(int)]
        return predicted

    def _add(
        self,
        forest: CompactForest,
        X: NDArray[np.float32],
        votes: NDArray[np.float64],
        shares: NDArray[np.float64],
    ) -> None:
        forest.add_to(self.seen_by_trees(X), votes, shares)

    def _check_parameters(self) -> None:
        for name, smallest in (("n_estimators", 1), ("min_samples_leaf", 1)):
            value = getattr(self, name)
            if value < smallest:
                raise ValueError(f"{name}: expected at least {smallest}, got {value}")
        if self.sample_fraction <= 0:
            raise ValueError(f"sample_fraction: expected more than 0, got {self.sample_fraction}")

    def _encode_labels(self, y: NDArray[Any]) -> NDArray[np.intp]:
        check_classification_targets(y)
        self.classes_, encoded = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. The type of the target is {type_of_target(y)}.")
        if len(self.classes_) < 2:
            raise ValueError(f"y: expected two classes, got only one class, {self.classes_[0]}")
        return encoded

    def _tree(self, seed: int, n_draws: int, weight: NDArray[np.float64] | None) -> DecisionTreeClassifier:
        most = self.min_samples_leaf if weight is None else 2 * self.min_samples_leaf
        leaf = min(most, max(1, 2 * n_draws // LEAVES_OF_SMALL_SAMPLE))
        max_features = self.max_features
        if max_features == BY_SAMPLE:
            max_features = 1 / 3 if n_draws >= FEWEST_FOR_THIRD and weight is None else "sqrt"
        return DecisionTreeClassifier(min_samples_leaf=leaf, max_features=max_features, random_state=seed)

    def _score_out_of_bag(
        self,
        X: NDArray[np.float32],
        positive: NDArray[np.intp],
        samples: list[NDArray[np.int32]],
        *,
        people: NDArray[np.intp],
    ) -> None:
        bags = (np.bincount(people[sample], minlength=len(X)) > 0 for sample in samples)
        voters = [(tree, _node_votes(tree), bag) for tree, bag in zip(self.estimators_, bags, strict=True)]
        parts = Parallel(n_jobs=self.n_jobs, require="sharedmem")(
            delayed(_out_of_bag)(voters, X, positive.astype(bool), people, part) for part in _chunks(len(X))
        )
        self.oob_votes_ = np.concatenate([votes for votes, _, _ in parts])
        hits = np.sum([hit for _, hit, _ in parts], axis=0)
        seen = np.sum([count for _, _, count in parts], axis=0)
        # A class of which no row is out of bag yet counts as undecided, one half.
        self.oob_accuracy_ = np.divide(hits, seen, out=np.full(hits.shape, 0.5), where=seen > 0).mean(axis=1)


def _chunks(n_rows: int) -> Iterator[slice]:
    return (slice(start, min(start + CHUNK_ROWS, n_rows)) for start in range(0, n_rows, CHUNK_ROWS))


def _grow(
    X: NDArray[np.float32],
    positive: NDArray[np.intp],
    weight: NDArray[np.float64] | None,
    tree: DecisionTreeClassifier,
    n_draws: int,
) -> tuple[DecisionTreeClassifier, NDArray[np.int32]]:
    """Grow one tree on a balanced bootstrap; return it and the rows it saw."""
    counts = _balanced_counts(positive, weight, n_draws, np.random.RandomState(tree.random_state))
    sample = np.flatnonzero(counts).astype(np.int32)
    # Gathered rows are contiguous in memory: a tree on a ninth of the rows then reads a ninth of them.
    tree.fit(X[sample], positive[sample], sample_weight=counts[sample].astype(np.float64))
    return tree, sample


def _balanced_counts(
    positive: NDArray[np.intp], weight: NDArray[np.float64] | None, n_draws: int, random: np.random.RandomState
) -> NDArray[np.intp]:
    """Return how often each row is drawn: ``n_draws`` times a row of each class, with replacement."""
    drawn = []
    # The first row's class is drawn first, so that swapping the labels mirrors the forest and changes nothing else.
    for label in (positive[0], 1 - positive[0]):
        rows = np.flatnonzero(positive == label)
        if weight is None:
            drawn.append(rows[random.randint(len(rows), size=n_draws)])
        else:
            drawn.append(random.choice(rows, size=n_draws, p=weight[rows] / weight[rows].sum()))
    return np.bincount(np.concatenate(drawn), minlength=len(positive))


def _node_votes(tree: DecisionTreeClassifier) -> NDArray[np.float64]:
    """Return each node's vote, shape (n_nodes,): 1 where its majority is positive."""
    shares = tree.tree_.value[:, 0, :]
    votes: NDArray[np.float64] = (shares[:, 1] > shares[:, 0]).astype(np.float64)
    return votes


def _out_of_bag(
    voters: list[tuple[DecisionTreeClassifier, NDArray[np.float64], NDArray[np.bool_]]],
    X: NDArray[np.float32],
    positive: NDArray[np.bool_],
    people: NDArray[np.intp],
    part: slice,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return a chunk's out-of-bag vote shares, and by number of trees and class its correct and decided rows.

    With each tree come its nodes' votes and its bag, which marks people.
    """
    label = positive[part]
    votes, cast = np.zeros(len(label)), np.zeros(len(label))
    hits, seen = np.zeros((2, len(voters), 2), dtype=np.int64)
    for k, (tree, vote_of_node, bag) in enumerate(voters):
        outside = ~bag[people[part]]
        votes += outside * vote_of_node.take(tree.tree_.apply(X[part]))
        cast += outside
        is_decided = cast > 0
        is_right = ((votes > cast / 2) == label) & is_decided
        hits[k] = is_right[~label].sum(), is_right[label].sum()
        seen[k] = is_decided[~label].sum(), is_decided[label].sum()
    return np.divide(votes, cast, out=np.full(len(label), np.nan), where=cast > 0), hits, seen
