"""The voting forest: random-forest bipartite ranking with univariate loss (the paper, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from ml.rankers.chunks import chunks
from ml.rankers.growing import grow, plan_growth, positive_shares, with_copies
from ml.rankers.linear import LinearScore
from ml.rankers.out_of_bag import score_out_of_bag

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from sklearn.tree import DecisionTreeClassifier

    from ml.rankers.growing import Grown
    from ml.rankers.kernel import CompactForest


class VotingForestClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Score by the share of trees that vote positive.

    The paper's Algorithm 1 grows N trees, each on S x |Z| rows drawn with replacement from the training
    set Z; its Algorithm 2 scores a person by the share of the trees that vote positive (36 of 100 is 0.36).
    Here each tree's sample is balanced: half of it comes from each class, and |Z| counts twice the rarer
    class. Where the classes are equally frequent that is the paper's sample. Where they are not, a tree grown
    on all rows votes for the frequent class in every large leaf, and the votes stop ordering anybody. With a
    linear score the samples are balanced only on average, see :mod:`ml.rankers.growing`.

    A leaf whose two classes weigh the same votes negative, as ``argmax`` does.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees N, at least 1.
    sample_fraction : float, default=1.0
        Sampling factor S, greater than 0.
    min_samples_leaf : int, default=40
        Fewest distinct training rows in a leaf. Trees whose sample is smaller than thirty such leaves
        take fewer: a thirtieth of their sample, at least one.
    max_features : {"sqrt", "log2", "by sample"}, int, float or None, default="sqrt"
        Features tried at each split, as in scikit-learn; ``"by sample"`` is a third of them where a tree draws 2,000
        rows of each class and rows have no weights, else the square root, and the linear score at two splits in three:
        trees on few rows, or on rows that are drawn again and again for their weight, need to differ more than to be
        right.
    linear_score : bool, default=False
        Whether the trees see one more column, the log odds of a logistic regression
        (:class:`ml.rankers.linear.LinearScore`), which may only raise a tree's share of positives.
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
        Columns seen in fit; the trees see the linear score besides.
    copies_ : int
        Copies of the linear score that the trees see besides.
    linear_ : LinearScore
        Only with a linear score.
    oob_votes_ : ndarray of shape (n_samples,), in [0, 1]
        Weighted share of positive votes among the trees that did not train on the row, by a linear score that did not
        either; NaN where every tree did. See :class:`ml.rankers.out_of_bag.OutOfBag`.
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
    copies_: int
    linear_: LinearScore

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        sample_fraction: float = 1.0,
        min_samples_leaf: int = 40,
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
        unseen, rows = self._add_linear_score(rows, positive, weight, groups)
        grown = self._grow(rows, positive, weight)
        self.estimators_ = [each.tree for each in grown]
        if self.oob_score:
            people = np.arange(len(rows)) if groups is None else np.unique(groups, return_inverse=True)[1]
            seen = with_copies(unseen, self.copies_)
            found = score_out_of_bag(grown, seen, positive, weight, people=people, n_jobs=self.n_jobs)
            self.oob_votes_, self.oob_accuracy_ = found.votes, found.accuracy
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
            Mean over the trees of the positive share in the row's leaf (of the tree's sample).
        """
        check_is_fitted(self, "estimators_")
        rows: NDArray[np.float32] = validate_data(
            self, X, reset=False, dtype=np.float32, order="C", ensure_all_finite="allow-nan"
        )
        forest = self.compact()
        votes, shares = np.zeros(len(rows)), np.zeros(len(rows))
        Parallel(n_jobs=self.n_jobs, require="sharedmem")(
            delayed(self._add)(forest, rows[part], votes[part], shares[part]) for part in chunks(len(rows))
        )
        return votes / len(self.estimators_), shares / len(self.estimators_)

    def compact(self) -> CompactForest:
        """Return the trees as one block of nodes, which split on the columns of :meth:`with_linear_score`."""
        from ml.rankers.kernel import CompactForest

        return CompactForest(self.estimators_, self.n_features_in_ + self.linear_score)

    def with_linear_score(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the columns of X, and the linear score if there is one."""
        return self.linear_.transform(X) if self.linear_score else X

    def seen_by_trees(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the columns that ``estimators_`` split on, of which the linear score can be several."""
        return with_copies(self.with_linear_score(X), self.copies_)

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

    def _add_linear_score(
        self,
        X: NDArray[np.float32],
        positive: NDArray[np.intp],
        weight: NDArray[np.float64] | None,
        groups: ArrayLike | None,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the rows with a linear score that did not see their label, and with the one that is kept."""
        if not self.linear_score:
            return X, X
        # The folds are drawn anew in every fit, the same for the same seed.
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        self.linear_ = LinearScore(random_state=seed)
        unseen = self.linear_.fit_transform(X, positive, weight=weight, groups=groups)
        return unseen, self.linear_.transform(X)

    def _grow(
        self, X: NDArray[np.float32], positive: NDArray[np.intp], weight: NDArray[np.float64] | None
    ) -> list[Grown]:
        growth = plan_growth(
            X.shape[1],
            max(1, round(self.sample_fraction * int(np.bincount(positive).min()))),
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.max_features,
            has_linear_score=self.linear_score,
            has_weights=weight is not None,
        )
        self.copies_ = growth.copies
        seen = with_copies(X, self.copies_)
        log_odds = X[:, -1].astype(np.float64) if self.linear_score else None
        shares = positive_shares(log_odds, positive, weight, self.n_estimators)
        seeds = check_random_state(self.random_state).randint(np.iinfo(np.int32).max, size=self.n_estimators)
        grown: list[Grown] = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(grow)(seen, positive, weight, growth=growth, positive_share=share, seed=int(seed))
            for share, seed in zip(shares, seeds, strict=True)
        )
        return grown

    def _add(
        self,
        forest: CompactForest,
        X: NDArray[np.float32],
        votes: NDArray[np.float64],
        shares: NDArray[np.float64],
    ) -> None:
        forest.add_to(self.with_linear_score(X), votes, shares)

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
