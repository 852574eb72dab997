from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone

from ml.organisation import ValidationSettings
from ml.rankers.baselines import PRIOR, score_baselines
from ml.rankers.calibration import PlattCalibration
from ml.rankers.folds import Fold
from ml.rankers.metrics import PairwiseAuc
from ml.rankers.out_of_fold import cross_fitted_probabilities, labelled_rows, plan_folds, score_out_of_fold
from ml.rankers.recipe import build_recipe
from tests.ml.rankers.factories import FEATURES, make_table, organisation


def test_dates_over_enough_quarters_are_validated_over_time() -> None:
    plan = plan_folds(labelled_rows(make_table()), organisation())
    assert plan.is_temporal
    assert plan.sentence == "Rolling origin over 4 quarters, 2024Q3 to 2025Q2, no candidate on both sides."


def test_one_day_is_validated_by_grouped_folds_and_says_so() -> None:
    settings = ValidationSettings(group_by="requisition", folds=3)
    plan = plan_folds(labelled_rows(make_table(days=0)), organisation(validation=settings))
    assert not plan.is_temporal
    assert len(plan.folds) == 3
    assert plan.sentence == (
        "Grouped 3-fold cross-validation by requisition, not over time: "
        "a rolling origin needs 2 quarters with labels enough before and in them, and there are 0."
    )


@pytest.mark.parametrize(("minimum_labels", "tested"), [(400, "is 1"), (500, "are 0")])
def test_dates_with_too_few_labels_are_not_said_to_be_too_few_dates(minimum_labels: int, tested: str) -> None:
    # Of 600 labels over eighteen months the last origin knows 15/18, less those of the last 30 days and of people who
    # come again: 474; the one before 374.
    rows = labelled_rows(make_table())
    settings = replace(organisation().rankers, minimum_labels=minimum_labels)
    plan = plan_folds(rows, organisation(rankers=settings))
    assert not plan.is_temporal
    assert plan.sentence.endswith(f" quarters with labels enough before and in them, and there {tested}.")


def test_without_dates_there_are_ten_folds() -> None:
    rows = labelled_rows(make_table(days=0))
    plan = plan_folds(rows, organisation())
    assert len(plan.folds) == 10
    assert plan.sentence.startswith("Grouped 10-fold cross-validation by candidate, ")
    assert sorted(np.concatenate([fold.test for fold in plan.folds])) == list(range(600))


def test_scores_are_those_of_a_recipe_fitted_on_the_other_rows_only() -> None:
    table = make_table()
    labels = labelled_rows(table).labels
    fold = Fold("1", np.arange(400), np.arange(450, 600))
    recipe = build_recipe(FEATURES, organisation().rankers)
    scores = score_out_of_fold(recipe, table, labels, folds=[fold])
    alone = clone(recipe).fit(table.slice(0, 400), labels[:400])
    expected = alone["forest"].votes(alone["encode"].transform(table.slice(450)))
    np.testing.assert_array_equal(scores.votes, expected)
    np.testing.assert_array_equal(scores.rows, np.arange(450, 600))
    assert not hasattr(recipe["forest"], "estimators_"), "the recipe itself is never fitted"


def test_a_test_label_changes_no_score() -> None:
    table = make_table()
    labels = labelled_rows(table).labels
    fold = Fold("1", np.arange(400), np.arange(400, 600))
    changed = labels.copy()
    changed[400:] = 1 - changed[400:]
    recipe = build_recipe(FEATURES, organisation().rankers)
    kept, other = (score_out_of_fold(recipe, table, y, folds=[fold]) for y in (labels, changed))
    np.testing.assert_array_equal(kept.frequencies, other.frequencies)
    for name, scores in kept.baselines.items():
        np.testing.assert_array_equal(scores, other.baselines[name])


def test_every_baseline_finds_the_signal_but_the_prior() -> None:
    table = make_table(800, signal=2.5)
    rows = labelled_rows(table)
    recipe = build_recipe(FEATURES, organisation().rankers)
    scores = score_out_of_fold(recipe, table, rows.labels, folds=plan_folds(rows, organisation()).folds)
    labels = rows.labels[scores.rows]
    aucs = {name: PairwiseAuc(labels, values).value() for name, values in scores.baselines.items()}
    assert aucs.pop(PRIOR) == 0.5
    assert set(aucs) == {"best single feature", "logistic regression", "gradient boosting"}
    assert min(aucs.values()) > 0.7


def test_the_best_single_feature_may_rank_downwards() -> None:
    random = np.random.default_rng(0)
    labels = (np.arange(200) % 2).astype(np.int8)
    falling = -labels + 0.1 * random.normal(size=200)
    matrix = np.column_stack([random.normal(size=200), falling, np.full(200, np.nan)]).astype(np.float32)
    matrix[::10, 1] = np.nan
    scores = score_baselines(matrix, labels, matrix, seed=0)["best single feature"]
    assert PairwiseAuc(labels, scores).value() > 0.9


def test_a_fold_is_calibrated_by_the_others() -> None:
    table = make_table()
    rows = labelled_rows(table)
    recipe = build_recipe(FEATURES, organisation().rankers)
    scores = score_out_of_fold(recipe, table, rows.labels, folds=plan_folds(rows, organisation()).folds)
    labels = rows.labels[scores.rows]
    own = scores.fold == "2025Q2"
    changed = np.where(own, 1 - labels, labels)
    kept, other = (cross_fitted_probabilities(scores, y, PlattCalibration()) for y in (labels, changed))
    np.testing.assert_array_equal(kept[own], other[own])
    assert (kept[~own] != other[~own]).all()
    assert kept.mean() == pytest.approx(labels.mean(), abs=0.03)
