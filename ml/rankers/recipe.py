"""How a ranker is made: encoder and forest from the feature contract and the organisation's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from ml.rankers.encoding import FeatureEncoder, as_table
from ml.rankers.explanations import make_explainer
from ml.rankers.forest import VotingForestClassifier
from ml.rankers.growing import BY_SAMPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.contract import Feature
    from ml.organisation import RankerSettings
    from ml.rankers.calibration import PlattCalibration
    from ml.rankers.explanations import VoteExplainer
    from ml.rankers.support import TrainingSupport

# The number of the ADR that last changed what the same settings make of the same rows. A version names it, as code that
# fits in another way cannot refit an earlier version; tests/ml/rankers/test_recipe.py holds it to what is fitted.
RECIPE = 29
# Rows encoded together: bounds the memory of scoring a whole warehouse.
SLICE_ROWS = 65_536


def build_recipe(features: Sequence[Feature], settings: RankerSettings) -> Pipeline:
    """Give the unfitted pipeline of encoder and forest.

    Parameters
    ----------
    features : sequence of Feature
        What the contract gives this ranker, in the order of the matrix.
    settings : RankerSettings
        Trees, sampling factor, leaf size and seed.

    Returns
    -------
    Pipeline
        Steps ``encode`` and ``forest``; takes tables with the features' columns and labels of 0 and 1.
    """
    kinds = tuple((feature.name, feature.kind) for feature in features)
    forest = VotingForestClassifier(
        settings.trees,
        sample_fraction=settings.sample_fraction,
        min_samples_leaf=settings.min_samples_leaf,
        max_features=BY_SAMPLE,
        linear_score=True,
        n_jobs=-1,
        random_state=settings.seed,
    )
    return Pipeline([("encode", FeatureEncoder(kinds, random_state=settings.seed)), ("forest", forest)])


class FacetRanker(BaseEstimator):  # type: ignore[misc]
    """A fitted recipe and its calibration: what a model file holds.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted steps ``encode`` and ``forest``.
    calibration : PlattCalibration
        Fitted on out-of-fold frequencies of the same recipe.
    support : TrainingSupport or None
        Fitted on the pipeline's training rows; None in versions from before it was measured.
    """

    # Files from before there was a support do not set it.
    support: TrainingSupport | None = None

    def __init__(
        self, pipeline: Pipeline, calibration: PlattCalibration, support: TrainingSupport | None = None
    ) -> None:
        self.pipeline = pipeline
        self.calibration = calibration
        self.support = support

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that a table must have to be scored."""
        return tuple(name for name, _ in self.pipeline["encode"].features)

    def score_table(self, X: pa.Table | pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Score rows in slices, so that memory does not grow with their number.

        Parameters
        ----------
        X : pyarrow.Table or DataFrame with n_rows rows
            Has a column for every feature.

        Returns
        -------
        votes : ndarray of shape (n_rows,), in [0, 1]
            Share of trees that vote positive; higher ranks first.
        probabilities : ndarray of shape (n_rows,), in (0, 1)
            Calibrated, strictly increasing in the leaf frequencies: breaks the ties of the votes.

        Raises
        ------
        MissingFeatureError
            A feature is not a column of X.
        """
        table = as_table(X)
        votes, frequencies = np.empty(table.num_rows), np.empty(table.num_rows)
        for start in range(0, table.num_rows, SLICE_ROWS):
            rows = slice(start, start + SLICE_ROWS)
            matrix = self.pipeline["encode"].transform(table.slice(start, SLICE_ROWS))
            votes[rows], frequencies[rows] = self.pipeline["forest"].score_both(matrix)
        return votes, self.calibration.predict(frequencies)

    def is_outside(self, X: pa.Table | pd.DataFrame) -> NDArray[np.bool_] | None:
        """Say which rows lie outside of what the ranker was trained on, shape (n_rows,); None where it cannot be said.

        Raises
        ------
        MissingFeatureError
            A feature is not a column of X.
        """
        if self.support is None:
            return None
        table = as_table(X)
        outside = np.empty(table.num_rows, dtype=bool)
        for start in range(0, table.num_rows, SLICE_ROWS):
            outside[start : start + SLICE_ROWS] = self.support.is_outside(table.slice(start, SLICE_ROWS))
        return outside

    def explainer(self) -> VoteExplainer:
        """Give what takes the votes apart by features, in the order of ``features``."""
        return make_explainer(self.pipeline["forest"], self.pipeline["encode"].learned)
