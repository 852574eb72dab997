from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml.rankers import importance as importance_module
from ml.rankers.importance import permutation_importance, weak_features_sentence
from ml.rankers.judge import Judge, make_judge
from ml.rankers.metrics import PairwiseAuc
from ml.rankers.out_of_fold import OutOfFold, labelled_rows, plan_folds, score_out_of_fold
from ml.rankers.recipe import build_recipe
from tests.ml.rankers.factories import FEATURES, make_table, organisation


@cache
def validated(seed: int = 0) -> tuple[pa.Table, OutOfFold, Judge]:
    table = make_table(800, seed=seed, signal=2.0)
    rows = labelled_rows(table)
    plan = plan_folds(rows, organisation())
    recipe = build_recipe(FEATURES, organisation().rankers)
    scores = score_out_of_fold(recipe, table, rows.labels, folds=plan.folds, with_baselines=False)
    return table, scores, make_judge(table.take(scores.rows), ranker="quality", seed=seed, forest=scores.fold)


def measured(seed: int = 0) -> dict[str, dict[str, Any]]:
    table, scores, judge = validated(seed)
    return {each["feature"]: each for each in permutation_importance(table, scores, judge=judge)}


@pytest.mark.parametrize("seed", range(3))
def test_what_carries_the_signal_is_worth_most_and_noise_nothing(seed: int) -> None:
    table, scores, judge = validated(seed)
    found = permutation_importance(table, scores, judge=judge)
    # A contract feature each, not a column each: the levels of source are dealt together.
    assert [each["feature"] for each in found][:2] == ["years", "source"]
    assert {each["feature"] for each in found[2:]} == {"noise", "is_local"}
    drops = [each["drop"]["value"] for each in found]
    assert drops == sorted(drops, reverse=True)
    for each in found:
        drop = each["drop"]
        assert drop["low"] <= drop["value"] <= drop["high"]
        assert (drop["low"] > 0.03) == (each["feature"] in {"years", "source"})


def test_the_drop_is_that_of_the_raw_values_dealt_anew() -> None:
    """Dealing the encoded columns is encoding the dealt values: the mean over many deals is the same."""
    table, scores, judge = validated()
    random, drops = np.random.default_rng(5), []
    whole = judge.headline(scores.votes)[0][0]
    for _ in range(10):
        votes = np.empty(len(scores.rows))
        for name, recipe in scores.recipes.items():
            own = scores.fold == name
            part = table.take(scores.rows[own])
            dealt = part["source"].take(random.permutation(part.num_rows))
            part = part.set_column(part.column_names.index("source"), "source", dealt)
            votes[own] = recipe["forest"].votes(recipe["encode"].transform(part))
        drops.append(whole - PairwiseAuc(judge.labels, votes, groups=judge.groups).value())
    # The mean of 3 deals against that of 10.
    spread = np.std(drops) * np.sqrt(1 / 3 + 1 / 10)
    assert measured()["source"]["drop"]["value"] == pytest.approx(np.mean(drops), abs=4 * spread)


def test_a_feature_alone_is_ranked_by_its_values_missing_at_the_median() -> None:
    table, scores, judge = validated()
    years = table["years"].to_numpy()[scores.rows].astype(np.float32)
    for name in np.unique(scores.fold):
        own = scores.fold == name
        years[own] = np.where(np.isnan(years[own]), np.nanmedian(years[own]), years[own])
    found = measured()
    assert found["years"]["alone"]["value"] == pytest.approx(judge.headline(years)[0][0])
    assert found["source"]["alone"] is None, "a column per level has no order of its own"


def test_a_feature_of_one_value_orders_nobody() -> None:
    table, _, _ = validated()
    place = table.column_names.index("noise")
    table = table.set_column(place, "noise", pa.nulls(table.num_rows, pa.float64()))
    rows = labelled_rows(table)
    recipe = build_recipe(FEATURES, organisation().rankers)
    folds = plan_folds(rows, organisation()).folds
    scores = score_out_of_fold(recipe, table, rows.labels, folds=folds, with_baselines=False)
    judge = make_judge(table.take(scores.rows), ranker="quality", seed=0, forest=scores.fold)
    found = {each["feature"]: each for each in permutation_importance(table, scores, judge=judge)}
    assert found["noise"] == {"feature": "noise", "drop": {"value": 0.0, "low": 0.0, "high": 0.0}, "alone": None}


def test_of_many_rows_whole_clusters_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    table, scores, judge = validated()
    monkeypatch.setattr(importance_module, "MOST_ROWS", 200)
    drawn = importance_module._draw(judge)
    names, sizes = np.unique(judge.clusters, return_counts=True)
    assert 150 < len(drawn) <= 200 < sizes.sum()
    kept, kept_sizes = np.unique(judge.clusters[drawn], return_counts=True)
    assert dict(zip(kept, kept_sizes, strict=True)).items() <= dict(zip(names, sizes, strict=True)).items()
    assert permutation_importance(table, scores, judge=judge) == permutation_importance(table, scores, judge=judge)
    monkeypatch.setattr(importance_module, "MOST_ROWS", 1)
    assert len(np.unique(judge.clusters[importance_module._draw(judge)])) == 1


def _weak(drop: tuple[float, float], alone: tuple[float, float]) -> dict[str, Any]:
    return {
        "drop": {"value": sum(drop) / 2, "low": drop[0], "high": drop[1]},
        "alone": {"value": sum(alone) / 2, "low": alone[0], "high": alone[1]},
    }


NOTHING = _weak((-0.002, 0.004), (0.47, 0.53))
CLAIM = "The paper found that number of employers and mean tenure barely predict attrition"


@pytest.mark.parametrize(
    ("tenure", "verdict"),
    [
        (NOTHING, "that holds here"),
        # The drop may be .012; alone it may be .56: neither is known to be small, nor to be large.
        (_weak((-0.002, 0.012), (0.47, 0.53)), "here it cannot be told"),
        (_weak((-0.002, 0.004), (0.47, 0.56)), "here it cannot be told"),
        # The drop is over .01 with all of its interval; alone it is over .55, or under .45.
        (_weak((0.012, 0.03), (0.47, 0.53)), "that does not hold here"),
        (_weak((-0.002, 0.004), (0.56, 0.6)), "that does not hold here"),
        (_weak((-0.002, 0.004), (0.4, 0.44)), "that does not hold here"),
    ],
)
def test_the_papers_finding_holds_or_not_by_both_intervals(tenure: dict[str, Any], verdict: str) -> None:
    importance = [{"feature": "employers_count", **NOTHING}, {"feature": "mean_tenure_months", **tenure}]
    sentence = weak_features_sentence(importance) or ""
    assert sentence.startswith(
        f"{CLAIM}: {verdict}. employers_count: without it AUC drops by 0.001 (-0.002 to 0.004), "
    )


def test_the_papers_finding_is_not_judged_without_the_features() -> None:
    other, employers = {"feature": "years", **NOTHING}, {"feature": "employers_count", **NOTHING}
    assert weak_features_sentence([other, employers]) is None
    unknown = {"feature": "mean_tenure_months", **NOTHING, "alone": None}
    assert weak_features_sentence([employers, unknown]) == f"{CLAIM}: the data here does not say, it lacks one of them."


def test_a_judge_of_some_rows_judges_by_the_same_measure() -> None:
    _, scores, judge = validated()
    few = judge.take(np.arange(50))
    assert few.is_pooled == judge.is_pooled
    assert few.pairs == PairwiseAuc(judge.labels[:50], np.zeros(50), groups=judge.groups[:50]).pairs
    expected = replace(judge, labels=judge.labels[:50], groups=judge.groups[:50], clusters=judge.clusters[:50])
    np.testing.assert_array_equal(few.headline(scores.votes[:50])[1], expected.headline(scores.votes[:50])[1])
