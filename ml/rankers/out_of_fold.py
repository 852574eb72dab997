"""Scoring people by forests that were not trained on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.rankers.baselines import score_baselines
from ml.rankers.fitting import fit_recipe
from ml.rankers.folds import FEWEST_QUARTERS, Fold, LabelledRows, grouped_folds, rolling_origins
from ml.rankers.judge import texts

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.isotonic import IsotonicRegression
    from sklearn.pipeline import Pipeline

    from ml.organisation import Organisation
    from ml.rankers.calibration import PlattCalibration
    from ml.rankers.risk_sets import TenureData


@dataclass(frozen=True)
class OutOfFold:
    """Scores of rows that the scoring forest did not train on.

    Attributes
    ----------
    rows : ndarray of shape (n_tested,)
        Positions in the training table, ascending.
    fold : ndarray of str, shape (n_tested,)
        Which fold tested each.
    votes, frequencies : ndarray of shape (n_tested,), in [0, 1]
        Of the forest.
    baselines : dict of str to ndarray of shape (n_tested,)
        Of the baselines, on the same folds.
    recipes : dict of str to Pipeline
        The fitted recipe of each fold.
    """

    rows: NDArray[np.intp]
    fold: NDArray[np.str_]
    votes: NDArray[np.float64]
    frequencies: NDArray[np.float64]
    baselines: dict[str, NDArray[np.float64]]
    recipes: dict[str, Pipeline]

    def take(self, chosen: NDArray[np.intp]) -> OutOfFold:
        """Give the scores of some of the tested rows, and the recipes of their folds.

        Parameters
        ----------
        chosen : ndarray of int
            Positions among the tested rows, ascending.
        """
        fold = self.fold[chosen]
        return OutOfFold(
            rows=self.rows[chosen],
            fold=fold,
            votes=self.votes[chosen],
            frequencies=self.frequencies[chosen],
            baselines={name: values[chosen] for name, values in self.baselines.items()},
            recipes={name: recipe for name, recipe in self.recipes.items() if (fold == name).any()},
        )


@dataclass(frozen=True)
class Plan:
    """The folds of a validation, whether they follow time, and a sentence that says so."""

    folds: list[Fold]
    is_temporal: bool
    sentence: str


def labelled_rows(table: pa.Table) -> LabelledRows:
    """Take from a snapshot's table what splitting needs."""

    def times(name: str) -> NDArray[np.datetime64]:
        values: NDArray[np.datetime64] = table[name].to_numpy().astype("datetime64[us]")
        return values

    return LabelledRows(
        labels=table["label"].to_numpy().astype(np.int8),
        candidates=texts(table, "candidate_id"),
        requisitions=texts(table, "requisition_id"),
        entered_at=times("stage_entered_at"),
        matured_at=times("matured_at"),
        labelled_at=times("labelled_at"),
    )


def plan_folds(rows: LabelledRows, organisation: Organisation) -> Plan:
    """Choose rolling origins where the labels' dates and number allow them, else grouped folds."""
    settings, validation = organisation.rankers, organisation.validation
    quarters = rolling_origins(
        rows,
        minimum_labels=settings.minimum_labels,
        minimum_rarer=settings.minimum_rarer,
        group_by=validation.group_by,
    )
    if len(quarters) >= FEWEST_QUARTERS:
        span = f"{quarters[0].name} to {quarters[-1].name}"
        sentence = f"Rolling origin over {len(quarters)} quarters, {span}, no {validation.group_by} on both sides."
        return Plan(quarters, is_temporal=True, sentence=sentence)
    folds = grouped_folds(rows, n_folds=validation.folds, seed=settings.seed, group_by=validation.group_by)
    sentence = (
        f"Grouped {validation.folds}-fold cross-validation by {validation.group_by}, not over time: "
        f"a rolling origin needs {FEWEST_QUARTERS} quarters with labels enough before and in them, and there "
        f"{'is 1' if len(quarters) == 1 else f'are {len(quarters)}'}."
    )
    return Plan(folds, is_temporal=False, sentence=sentence)


def score_out_of_fold(
    recipe: Pipeline,
    table: pa.Table,
    labels: NDArray[np.int8],
    *,
    folds: list[Fold],
    tenures: TenureData | None = None,
    with_baselines: bool = True,
) -> OutOfFold:
    """Fit a recipe on each fold's training rows, encoding included, and score its test rows.

    Parameters
    ----------
    recipe : Pipeline
        Steps ``encode`` and ``forest``; cloned, never fitted itself.
    table : pyarrow.Table with n_rows rows
        The recipe's features.
    labels : ndarray of shape (n_rows,)
        1 for positive, 0 for negative.
    folds : list of Fold
        No row is tested twice.
    tenures : TenureData, optional
        What the forests learn from instead of the labels, as far as it was known at a fold's origin and but for the
        groups that it tests. The baselines learn from the labels.
    with_baselines : bool, default=True
        Whether to fit the baselines too.
    """
    from sklearn.base import clone

    scored, recipes = [], {}
    for fold in folds:
        fitted = clone(recipe).set_params(forest__oob_score=False)
        tested_groups = None if tenures is None else texts(table.take(fold.test), tenures.group)
        train = fit_recipe(
            fitted,
            table.take(fold.train),
            labels[fold.train],
            tenures=tenures,
            origin=fold.origin,
            besides=tested_groups,
        )
        test = fitted["encode"].transform(table.take(fold.test))
        votes, frequencies = fitted["forest"].score_both(test)
        seed = int(fitted["forest"].random_state)
        baselines = score_baselines(train, labels[fold.train], test, seed=seed) if with_baselines else {}
        scored.append((votes, frequencies, baselines))
        recipes[fold.name] = fitted
    rows = np.concatenate([fold.test for fold in folds])
    order = np.argsort(rows)
    names = np.concatenate([np.full(len(fold.test), fold.name) for fold in folds])
    return OutOfFold(
        rows=rows[order],
        fold=names[order],
        votes=np.concatenate([votes for votes, _, _ in scored])[order],
        frequencies=np.concatenate([frequencies for _, frequencies, _ in scored])[order],
        baselines={n: np.concatenate([b[n] for _, _, b in scored])[order] for n in scored[0][2]},
        recipes=recipes,
    )


def cross_fitted_probabilities(
    scores: OutOfFold, labels: NDArray[np.int8], calibration: PlattCalibration | IsotonicRegression
) -> NDArray[np.float64]:
    """Calibrate each fold's frequencies by a curve fitted on the other folds, shape (n_tested,)."""
    from sklearn.base import clone

    probabilities = np.empty(len(labels))
    for name in np.unique(scores.fold):
        own = scores.fold == name
        curve = clone(calibration).fit(scores.frequencies[~own], labels[~own])
        probabilities[own] = curve.predict(scores.frequencies[own])
    return probabilities
