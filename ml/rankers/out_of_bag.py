"""What the trees of a forest say of the rows that they were not grown on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from joblib import Parallel, delayed

from ml.rankers.chunks import chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ml.rankers.growing import Grown


@dataclass(frozen=True)
class OutOfBag:
    """Votes and accuracy out of bag.

    A tree grown on many positives is without few of them, so a positive is mostly out of the bags of trees that ask for
    much, and a negative of those that ask for little. Each vote therefore counts by one over the chance that its tree
    is without the person (Horvitz and Thompson, 1952).

    Attributes
    ----------
    votes : ndarray of shape (n_rows,), in [0, 1]
        Weighted share of positive votes; NaN where every tree saw the row.
    accuracy : ndarray of shape (n_trees,), in [0, 1]
        Mean of both classes' accuracy with the first 1, 2, ... trees. A class of which no row is out of bag yet counts
        as undecided, one half.
    """

    votes: NDArray[np.float64]
    accuracy: NDArray[np.float64]


def score_out_of_bag(
    grown: Sequence[Grown],
    X: NDArray[np.float32],
    positive: NDArray[np.intp],
    weight: NDArray[np.float64] | None,
    *,
    people: NDArray[np.intp],
    n_jobs: int | None,
) -> OutOfBag:
    """Score the training rows by the trees that were not grown on their person.

    Parameters
    ----------
    grown : sequence of Grown
        The trees, and what they were grown on.
    X : ndarray of shape (n_rows, n_seen), float32
        What the trees split on.
    positive : ndarray of shape (n_rows,)
        1 for positive, 0 for negative.
    weight : ndarray of shape (n_rows,) or None
        As the rows were drawn.
    people : ndarray of shape (n_rows,)
        From 0; none of a person's rows is out of bag if one is in it.
    n_jobs : int or None
        Threads; the result does not depend on it.
    """
    missed = _log_chances_of_a_miss(positive, weight, people)
    voters = [_voter(tree, people, missed) for tree in grown]
    parts = Parallel(n_jobs=n_jobs, require="sharedmem")(
        delayed(_ask)(voters, X[part], positive[part].astype(bool), people[part]) for part in chunks(len(X))
    )
    hits, seen = (np.sum([part[which] for part in parts], axis=0) for which in (1, 2))
    accuracy = np.divide(hits, seen, out=np.full(hits.shape, 0.5), where=seen > 0).mean(axis=1)
    return OutOfBag(np.concatenate([votes for votes, _, _ in parts]), accuracy)


@dataclass(frozen=True)
class _Voter:
    """A tree, its nodes' votes, and how much its vote on each person counts: not at all where it saw the person."""

    grown: Grown
    node_votes: NDArray[np.float64]
    counts: NDArray[np.float64]


def _log_chances_of_a_miss(
    positive: NDArray[np.intp], weight: NDArray[np.float64] | None, people: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give the log of the chance that one draw from each class misses each person, shape (2, n_people)."""
    mass = np.ones(len(positive)) if weight is None else weight
    drawn = np.zeros((2, people.max() + 1))
    np.add.at(drawn, (positive, people), mass / np.bincount(positive, mass)[positive])
    with np.errstate(divide="ignore"):
        log_chances: NDArray[np.float64] = np.log1p(-np.minimum(drawn, 1))
    return log_chances


def _voter(grown: Grown, people: NDArray[np.intp], missed: NDArray[np.float64]) -> _Voter:
    shares = grown.tree.tree_.value[:, 0, :]
    counts = np.zeros(missed.shape[1])
    is_out = np.bincount(people[grown.sample], minlength=len(counts)) == 0
    counts[is_out] = np.exp(-(grown.drawn @ missed[:, is_out]))
    return _Voter(grown, (shares[:, 1] > shares[:, 0]).astype(np.float64), counts)


def _ask(
    voters: list[_Voter], X: NDArray[np.float32], label: NDArray[np.bool_], people: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return some rows' vote shares, and by number of trees and class their correct and decided rows."""
    votes, cast = np.zeros(len(label)), np.zeros(len(label))
    hits, seen = np.zeros((2, len(voters), 2), dtype=np.int64)
    for k, voter in enumerate(voters):
        counts = voter.counts[people]
        votes += counts * voter.node_votes.take(voter.grown.tree.tree_.apply(X))
        cast += counts
        is_decided = cast > 0
        is_right = ((votes > cast / 2) == label) & is_decided
        hits[k] = is_right[~label].sum(), is_right[label].sum()
        seen[k] = is_decided[~label].sum(), is_decided[label].sum()
    return np.divide(votes, cast, out=np.full(len(label), np.nan), where=cast > 0), hits, seen
