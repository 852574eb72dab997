"""Votes and leaf frequencies of a forest, against scikit-learn's own ``predict_proba`` on the same trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from benchmarks.world import synthetic_features

if TYPE_CHECKING:
    from numpy.random import Generator

    from ml.registry import LoadedRanker

# At 200,000 applications a million rows are scored.
ROWS_PER_APPLICATION = 5
COMPARED_ROWS = 20_000


class Votes:
    """One matrix, one set of trees, two ways to ask them."""

    def __init__(self, ranker: LoadedRanker, n_rows: int, generator: Generator) -> None:
        self.forest = ranker.model.pipeline["forest"]
        slices = [synthetic_features(n_rows, generator) for _ in range(ROWS_PER_APPLICATION)]
        self.matrix = np.vstack([ranker.model.pipeline["encode"].transform(features) for features in slices])
        self.library = RandomForestClassifier(len(self.forest.estimators_), n_jobs=-1)
        self.library.estimators_ = self.forest.estimators_
        self.library.classes_, self.library.n_classes_ = self.forest.classes_, 2
        self.library.n_features_in_, self.library.n_outputs_ = self.forest.estimators_[0].n_features_in_, 1

    def naive(self) -> None:
        """Ask scikit-learn, whose answer is the mean of the leaves' shares."""
        self.library.predict_proba(self.forest.seen_by_trees(self.matrix))

    def fast(self) -> None:
        """Ask the product for both, votes and shares."""
        self.votes, self.frequencies = self.forest.score_both(self.matrix)

    def differing_rows(self) -> int:
        """Count rows whose votes or frequencies are not those of a loop over the trees, bit for bit."""
        rows = self.forest.seen_by_trees(self.matrix[:COMPARED_ROWS])
        votes, shares = np.zeros(len(rows)), np.zeros(len(rows))
        for tree in self.forest.estimators_:
            votes += tree.predict(rows)
            shares += tree.predict_proba(rows)[:, 1]
        trees = len(self.forest.estimators_)
        is_same = (self.votes[: len(rows)] == votes / trees) & (self.frequencies[: len(rows)] == shares / trees)
        return int((~is_same).sum())
