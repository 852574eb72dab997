"""How the trees of a voting forest are grown: on which rows, by which columns, and what each is asked.

A tree votes for the class that is more frequent in a leaf. Were every sample half of each class, all trees would ask
the same question, and where they agree the votes would order nobody. So their samples differ in the share of positives,
and the votes count how many of a ladder of thresholds a person passes. That is the probing reduction of Langford and
Zadrozny (*Estimating class membership probabilities using classifier learners*, 2005): the share of classifiers of
different costs that say yes estimates a probability, or here an order. Where the thresholds lie the linear score says,
so that the ladder is as wide as the people are apart. Measured in docs/adr/0029.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.tree import DecisionTreeClassifier

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A tree's leaves hold at least a thirtieth of its sample until that reaches ``min_samples_leaf``: with thirty people
# of the rarer class a tree with leaves of forty has two of them and orders nobody, and one with leaves of single
# people repeats the noise. Measured in docs/adr/0028.
LEAVES_OF_SMALL_SAMPLE = 30
# With this ``max_features`` a third of the columns is tried at each split where a tree draws so many rows of each
# class, all alike. On fewer rows, or rows drawn by weight, it is the square root of their number, and the linear score
# is among them at two splits in three. Measured in docs/adr/0029.
BY_SAMPLE = "by sample"
FEWEST_FOR_THIRD = 2_000
LINEAR_SCORE_TRIED = 2 / 3
# The thresholds of the ladder lie between these quantiles of the linear score, both classes weighing the same.
LADDER = (0.05, 0.95)
# Multiples of it, modulo 1, fill an interval evenly however many there are: any first trees are a ladder too.
GOLDEN_RATIO = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Growth:
    """What the trees of one forest have in common.

    Attributes
    ----------
    n_draws : int
        Half of the rows drawn for a tree, at least 1.
    min_samples_leaf : int
        Fewest distinct rows in a leaf.
    max_features : str, int, float or None
        Columns tried at each split, as in scikit-learn.
    monotonic : tuple of int, length n_seen, or None
        1 for columns that may only raise the share of positives. Not an array: scikit-learn turns the signs of an
        array of int8 where it stands, and the trees of all threads share it.
    copies : int
        How often the last column follows once more, to be tried that much more often.
    """

    n_draws: int
    min_samples_leaf: int
    max_features: str | int | float | None
    monotonic: tuple[int, ...] | None
    copies: int

    def tree(self, seed: int) -> DecisionTreeClassifier:
        """Give a tree that is not grown yet."""
        return DecisionTreeClassifier(
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.max_features,
            monotonic_cst=self.monotonic,
            random_state=seed,
        )


@dataclass(frozen=True)
class Grown:
    """A grown tree, and what it was grown on.

    Attributes
    ----------
    tree : DecisionTreeClassifier
        Of the classes 0 and 1.
    sample : ndarray of int32
        The rows it saw, ascending, each once.
    drawn : ndarray of int, shape (2,)
        How often a negative and a positive row was drawn.
    """

    tree: DecisionTreeClassifier
    sample: NDArray[np.int32]
    drawn: NDArray[np.intp]


def plan_growth(
    n_columns: int,
    n_draws: int,
    *,
    min_samples_leaf: int,
    max_features: str | int | float | None,
    has_linear_score: bool,
    has_weights: bool,
) -> Growth:
    """Plan the trees of a forest.

    A linear score may only raise the share of positives: it is the log odds already, and what a tree finds against its
    direction on the rows it is grown on is their noise.

    Parameters
    ----------
    n_columns : int
        Columns of the encoded rows; the last is the linear score if there is one.
    n_draws : int
        Half of the rows drawn for a tree.
    min_samples_leaf, max_features
        Of the forest.
    has_linear_score, has_weights : bool
        Whether the last column is one, and whether rows are drawn by weight.
    """
    copies = 0
    if max_features == BY_SAMPLE and n_draws >= FEWEST_FOR_THIRD and not has_weights:
        max_features = 1 / 3
    elif max_features == BY_SAMPLE:
        max_features = max(1, int(n_columns**0.5))
        copies = copies_of_linear_score(n_columns, max_features) if has_linear_score else 0
    monotonic = (*[0] * (n_columns - 1), *[1] * (1 + copies))
    return Growth(
        n_draws=n_draws,
        min_samples_leaf=min(min_samples_leaf, max(1, 2 * n_draws // LEAVES_OF_SMALL_SAMPLE)),
        max_features=max_features,
        monotonic=monotonic if has_linear_score else None,
        copies=copies,
    )


def with_copies(X: NDArray[np.float32], copies: int) -> NDArray[np.float32]:
    """Give the columns that trees split on: those of X, and so many copies of its last."""
    return np.hstack([X, np.repeat(X[:, -1:], copies, axis=1)]) if copies else X


def copies_of_linear_score(n_columns: int, n_tried: int) -> int:
    """Count the copies with which one of ``n_tried`` columns is the linear score at ``LINEAR_SCORE_TRIED`` of splits.

    With c copies it is none of them with a chance of about (1 - (1 + c) / (n_columns + c)) ** n_tried.
    """
    missed = (1 - LINEAR_SCORE_TRIED) ** (1 / n_tried)
    return max(0, int(np.ceil((n_columns - 1) / missed)) - n_columns)


def positive_shares(
    log_odds: NDArray[np.float64] | None,
    positive: NDArray[np.intp],
    weight: NDArray[np.float64] | None,
    n_trees: int,
) -> NDArray[np.float64]:
    """Give the share of positives in the sample of each tree, shape (n_trees,), in (0, 1).

    Parameters
    ----------
    log_odds : ndarray of shape (n_rows,) or None
        The training rows' linear scores. Without one every sample is half of each class.
    positive : ndarray of shape (n_rows,)
        1 for positive, 0 for negative.
    weight : ndarray of shape (n_rows,) or None
        How much a row weighs in its class.
    n_trees : int
        How many samples.

    Notes
    -----
    In a sample of which positives are the share s, a leaf votes positive where its log odds, were both classes as
    frequent, are above -log(s / (1 - s)). These thresholds are quantiles of the linear score, less its median.
    """
    if log_odds is None:
        return np.full(n_trees, 0.5)
    # Towards the first row's class, so that swapping the labels mirrors the samples.
    direction = 1 if positive[0] == 1 else -1
    mass = np.ones(len(positive)) if weight is None else weight
    balanced = mass / np.bincount(positive, mass)[positive]
    low, high = LADDER
    levels = low + (high - low) * (np.arange(1, n_trees + 1) * GOLDEN_RATIO % 1)
    median, *thresholds = np.quantile(
        direction * log_odds, [0.5, *levels], weights=balanced, method="inverted_cdf"
    ).tolist()
    shares: NDArray[np.float64] = 1 / (1 + np.exp(direction * (np.array(thresholds) - median)))
    return shares


def grow(
    X: NDArray[np.float32],
    positive: NDArray[np.intp],
    weight: NDArray[np.float64] | None,
    *,
    growth: Growth,
    positive_share: float,
    seed: int,
) -> Grown:
    """Grow one tree on rows drawn with replacement.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_seen)
        Columns that the tree splits on, see :func:`with_copies`.
    positive : ndarray of shape (n_rows,)
        1 for positive, 0 for negative; both occur.
    weight : ndarray of shape (n_rows,) or None
        Within its class a row is drawn in proportion to this. Default: all alike.
    growth : Growth
        Of the forest.
    positive_share : float, in (0, 1)
        Of the drawn rows.
    seed : int
        Of the draws and of the splits.
    """
    tree = growth.tree(seed)
    counts = _draw(positive, weight, growth.n_draws, positive_share, np.random.RandomState(seed))
    sample = np.flatnonzero(counts).astype(np.int32)
    # Gathered rows are contiguous in memory: a tree on a ninth of the rows then reads a ninth of them.
    tree.fit(X[sample], positive[sample], sample_weight=counts[sample].astype(np.float64))
    return Grown(tree, sample, np.bincount(positive, counts).astype(np.intp))


def _draw(
    positive: NDArray[np.intp],
    weight: NDArray[np.float64] | None,
    n_draws: int,
    positive_share: float,
    random: np.random.RandomState,
) -> NDArray[np.intp]:
    """Return how often each row is drawn: ``2 * n_draws`` rows in all, at least one of each class."""
    drawn, share = [], (1 - positive_share, positive_share)
    first = min(max(1, round(2 * n_draws * share[positive[0]])), 2 * n_draws - 1)
    # The first row's class is drawn first, so that swapping the labels mirrors the sample.
    for label, size in ((positive[0], first), (1 - positive[0], 2 * n_draws - first)):
        rows = np.flatnonzero(positive == label)
        if weight is None:
            drawn.append(rows[random.randint(len(rows), size=size)])
        else:
            drawn.append(random.choice(rows, size=size, p=weight[rows] / weight[rows].sum()))
    return np.bincount(np.concatenate(drawn), minlength=len(positive))
