"""From a frozen snapshot to a validated ranker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ml.errors import FacetrankError
from ml.rankers.attrition_curves import attrition_curves
from ml.rankers.calibration import PlattCalibration
from ml.rankers.calibration_choice import compare_calibrations
from ml.rankers.dependence import partial_dependence
from ml.rankers.fitting import fit_recipe
from ml.rankers.folds import grouped_folds
from ml.rankers.gap_leavers import with_gap_leavers
from ml.rankers.importance import permutation_importance, weak_features_sentence
from ml.rankers.involuntary import without_involuntary
from ml.rankers.judge import make_judge
from ml.rankers.metrics import levels_off
from ml.rankers.out_of_fold import (
    OutOfFold,
    Plan,
    cross_fitted_probabilities,
    labelled_rows,
    plan_folds,
    score_out_of_fold,
)
from ml.rankers.recipe import FacetRanker, build_recipe
from ml.rankers.risk_sets import TenureData, tenure_data
from ml.rankers.support import FALSE_ALARMS, TrainingSupport
from ml.rankers.survival import SURVIVAL, score_survival
from ml.rankers.validation import measure

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ml.contract import FeatureContract
    from ml.organisation import Labels, Organisation
    from ml.rankers.folds import LabelledRows
    from ml.rankers.judge import Judge
    from ml.rankers.snapshot import Snapshot

USABLE = "usable"
NO_USABLE_SIGNAL = "no usable signal"


class ContractChangedError(FacetrankError):
    """A snapshot was frozen under another feature contract."""


@dataclass(frozen=True)
class TrainedRanker:
    """A ranker, what it was trained on and how it did.

    Attributes
    ----------
    snapshot : Snapshot
        Its training data.
    model : FacetRanker
        Fitted on every row of the snapshot, calibrated on the out-of-fold scores.
    metrics : dict
        Of the validation; see :func:`ml.rankers.validation.measure`. Also ``oob_accuracy`` by number of trees and where
        it ``oob_levels_off``, ``importance``, ``dependence`` and ``calibration_choice``; ``false_alarms``, the share
        of people like those trained on that is called outside; for attrition ``tenures``, ``risk_sets``,
        ``involuntary``, ``gap_leavers``, ``weak_features`` and ``attrition_curves``.
    predictions : pyarrow.Table
        Out-of-fold: application_id, requisition_id, job_family, stage_entered_at, fold, score, probability, label.
    status : str
        ``usable`` or ``no usable signal``.
    sentence : str
        The status in words, with its numbers.
    """

    snapshot: Snapshot
    model: FacetRanker
    metrics: dict[str, Any]
    predictions: pa.Table
    status: str
    sentence: str

    @property
    def ranker(self) -> str:
        """Which of the three it is."""
        return self.snapshot.ranker


def fit_and_validate(snapshot: Snapshot, contract: FeatureContract, organisation: Organisation) -> TrainedRanker:
    """Validate the contract's recipe on a snapshot, then fit it on all of its rows.

    Parameters
    ----------
    snapshot : Snapshot
        Enough observed labels with their features.
    contract : FeatureContract
        The one that the snapshot was frozen under.
    organisation : Organisation
        Forest, validation and seed settings.

    Raises
    ------
    ContractChangedError
        The snapshot's contract hash is another.
    """
    ranker = snapshot.ranker
    if contract.hash(ranker) != snapshot.contract_hash:
        raise ContractChangedError(
            f"{ranker}: the feature contract changed after {snapshot.path} was frozen: freeze it again."
        )
    table, settings = snapshot.table(), organisation.rankers
    recipe = build_recipe(contract.for_ranker(ranker), settings)
    rows = labelled_rows(table)
    plan = plan_folds(rows, organisation)
    tenures, rules = tenure_data(snapshot, organisation), organisation.labels
    scores = score_out_of_fold(recipe, table, rows.labels, folds=plan.folds, tenures=tenures)
    if tenures is not None:
        months = rules.attrition_months + rules.attrition_gap_months
        stays = score_survival(recipe, table, tenures, folds=plan.folds, months=months)
        scores = replace(scores, baselines={**scores.baselines, SURVIVAL: stays})
    tested = table.take(scores.rows)
    judge = make_judge(tested, ranker=ranker, seed=settings.seed, forest=scores.fold if plan.is_temporal else None)
    probabilities = cross_fitted_probabilities(scores, judge.labels, PlattCalibration())
    fit_recipe(recipe.set_params(forest__oob_score=True), table, rows.labels, tenures=tenures)
    calibration = PlattCalibration().fit(scores.frequencies, judge.labels)
    model = FacetRanker(recipe, calibration, _fit_support(recipe, table, rows, organisation))
    metrics = measure(table, scores, judge=judge, plan=plan, probabilities=probabilities)
    metrics |= _look_inside(model, table, scores, judge) | {"false_alarms": FALSE_ALARMS}
    if tenures is not None:
        metrics |= _measure_tenures(table, scores, judge, recipe=recipe, tenures=tenures, plan=plan, rules=rules)
        metrics["weak_features"] = weak_features_sentence(metrics["importance"])
    status, sentence = _judge_signal(ranker, metrics)
    return TrainedRanker(snapshot, model, metrics, _predictions(tested, scores, probabilities), status, sentence)


def _measure_tenures(
    table: pa.Table,
    scores: OutOfFold,
    judge: Judge,
    *,
    recipe: Pipeline,
    tenures: TenureData,
    plan: Plan,
    rules: Labels,
) -> dict[str, Any]:
    """Measure what only a ranker of tenures has: exits of all kinds and times, beside those that its labels know."""
    return {
        "tenures": tenures.table.num_rows,
        "risk_sets": tenures.summary(),
        "involuntary": without_involuntary(table.take(scores.rows), tenures.table, scores.votes, judge=judge),
        "gap_leavers": with_gap_leavers(
            recipe,
            table,
            scores,
            tenures,
            folds=plan.folds,
            months=rules.attrition_months,
            gap_months=rules.attrition_gap_months,
        ),
        "attrition_curves": attrition_curves(recipe, tenures.table, as_of=tenures.as_of, lag_days=tenures.lag_days),
    }


def _fit_support(recipe: Pipeline, table: pa.Table, rows: LabelledRows, organisation: Organisation) -> TrainingSupport:
    """Learn whom the training rows resemble; grouped folds, as a person's other application is no new person."""
    validation = organisation.validation
    folds = grouped_folds(rows, n_folds=validation.folds, seed=organisation.rankers.seed, group_by=validation.group_by)
    return TrainingSupport(recipe["encode"].features).fit(table, folds)


def _look_inside(model: FacetRanker, table: pa.Table, scores: OutOfFold, judge: Judge) -> dict[str, Any]:
    """Measure what the forest is made of: trees enough, features that matter, the curve of its probabilities."""
    curve = model.pipeline["forest"].oob_accuracy_
    importance = permutation_importance(table, scores, judge=judge)
    features = [each["feature"] for each in importance]
    return {
        "oob_accuracy": [round(float(value), 4) for value in curve],
        "oob_levels_off": levels_off(curve, np.bincount(table["label"].to_numpy())),
        "importance": importance,
        "dependence": partial_dependence(model, table, features, seed=judge.seed),
        "calibration_choice": compare_calibrations(scores, judge=judge),
    }


def _judge_signal(ranker: str, metrics: dict[str, Any]) -> tuple[str, str]:
    auc = metrics["auc"]
    if auc["headline"]["low"] > 0.5:
        return USABLE, f"{ranker}: {auc['sentence']} {metrics['validation']}"
    return NO_USABLE_SIGNAL, f"{ranker}: not reliably better than chance. {auc['sentence']} {metrics['validation']}"


def _predictions(tested: pa.Table, scores: OutOfFold, probabilities: NDArray[np.float64]) -> pa.Table:
    import pyarrow as pa

    table = tested.select(["application_id", "requisition_id", "job_family", "stage_entered_at"])
    columns = {
        "fold": pa.array(scores.fold.tolist(), pa.string()),
        "score": pa.array(scores.votes),
        "probability": pa.array(probabilities),
    }
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table.append_column("label", tested["label"])
