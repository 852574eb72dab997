from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml.rankers import gap_leavers
from ml.rankers.attrition_curves import GAP, labels_of
from ml.rankers.fitting import fit_recipe
from ml.rankers.folds import Fold, grouped_folds
from ml.rankers.gap_leavers import with_gap_leavers
from ml.rankers.out_of_fold import OutOfFold, labelled_rows, plan_folds, score_out_of_fold
from ml.rankers.recipe import build_recipe
from ml.rankers.risk_sets import TenureData
from tests.ml.rankers.factories import FEATURES, make_attrition, organisation, tenure_data_of

RECIPE = build_recipe(FEATURES, organisation().rankers)
ORIGIN = np.datetime64("2025-01-01", "us")


class Known:
    """A recipe whose forest votes what the row says."""

    def __getitem__(self, step: str) -> Known:
        return self

    def transform(self, table: pa.Table) -> np.ndarray:
        return table["votes"].to_numpy()

    def votes(self, matrix: np.ndarray) -> np.ndarray:
        return matrix


def people(*rows: tuple[str, str, str | None, float]) -> TenureData:
    """Candidate, first and last day, and the votes; everything is known on the day."""
    candidates, starts, ends, votes = zip(*rows, strict=True)
    started, ended = np.array(starts, "datetime64[D]"), np.array([end or "NaT" for end in ends], "datetime64[D]")
    table = pa.table(
        {
            "application_id": [f"a{number}" for number in range(len(rows))],
            "candidate_id": list(candidates),
            "requisition_id": ["r"] * len(rows),
            "started_on": started,
            "started_known_at": started.astype("datetime64[us]"),
            "ended_on": ended,
            "end_known_at": ended.astype("datetime64[us]"),
            "votes": votes,
        }
    )
    return tenure_data_of(table, as_of="2026-01-01")


# Tested are two stayers and a leaver at .9, .6 and .7: of three above .55, two stayed.
TESTED = pa.table({"candidate_id": ["x", "y", "z"], "label": pa.array([1, 1, 0], pa.int16())})
SCORES = OutOfFold(np.arange(3), np.full(3, "2025Q1"), np.array([0.9, 0.6, 0.7]), np.zeros(3), {}, {"2025Q1": Known()})  # type: ignore[dict-item]
FOLDS = [Fold("2025Q1", np.arange(0), np.arange(3), ORIGIN)]
# Left after six months and before eight are over.
LATER = ("2025-02-10", "2025-09-01")


def test_who_left_in_the_gap_is_scored_and_counted_as_a_leaver() -> None:
    tenures = people(
        ("a", *LATER, 0.8),
        ("b", *LATER, 0.3),
        ("c", "2025-02-10", "2025-08-09", 0.8),  # a day before six months are over: no gap
        ("d", "2025-02-10", "2025-10-10", 0.8),  # eight months: a stayer
        ("e", "2025-04-01", "2025-11-01", 0.8),  # of the next quarter, which is not tested
        ("f", "2025-03-31", "2025-10-15", 0.8),
    )
    found = with_gap_leavers(RECIPE, TESTED, SCORES, tenures, folds=FOLDS, months=6, gap_months=2)
    # In the gap a, b, e and f; of the tested quarter all but e; above .55 a and f: now two of five stayed.
    assert (found["gap"], found["scored"], found["above"]) == (4, 3, 2)
    assert (found["accuracy"]["count"], found["accuracy"]["of"]) == (2, 5)
    assert found["sentence"] == (
        "Of the 4 who left in the gap, the 3 who started in a quarter that was tested are scored by forests that did "
        "not learn from them: 2 stand above .55."
    )


def test_who_came_before_and_was_learnt_from_is_not_scored() -> None:
    before = ("2023-01-10", None, 0.5)
    # The forest learnt from a's first time; from x's it did not, as the quarter tests x.
    tenures = people(("a", *before), ("x", *before), ("a", *LATER, 0.8), ("x", *LATER, 0.8))
    found = with_gap_leavers(RECIPE, TESTED, SCORES, tenures, folds=FOLDS, months=6, gap_months=2)
    assert (found["gap"], found["scored"]) == (2, 1)


def test_nobody_of_the_gap_in_a_tested_quarter_is_said() -> None:
    tenures = people(("e", "2025-04-01", "2025-11-01", 0.8))
    found = with_gap_leavers(RECIPE, TESTED, SCORES, tenures, folds=FOLDS, months=6, gap_months=2)
    assert (found["gap"], found["scored"], found["accuracy"]) == (1, 0, None)
    assert found["sentence"] == "Of the 1 who left in the gap, none started in a quarter that was tested."


def test_a_gap_that_is_not_over_is_none_yet() -> None:
    # Eight months and fourteen days from 20 March are over on 4 December; from 20 April on 3 January.
    tenures = people(("a", "2025-03-20", "2025-10-20", 0.8), ("e", "2025-04-20", "2025-11-20", 0.8))
    found = with_gap_leavers(RECIPE, TESTED, SCORES, tenures, folds=FOLDS, months=6, gap_months=2)
    assert found["gap"] == 1


def test_nobody_in_the_gap_is_said() -> None:
    tenures = people(("a", "2025-02-10", None, 0.8))
    found = with_gap_leavers(RECIPE, TESTED, SCORES, tenures, folds=FOLDS, months=6, gap_months=2)
    assert (found["gap"], found["scored"], found["accuracy"]) == (0, 0, None)
    assert found["sentence"] == "Nobody is known to have left in the gap."


def test_without_quarters_they_are_scored_by_forests_that_learn_from_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, everybody = make_attrition(600)
    tenures, rows = tenure_data_of(everybody, as_of=everybody["started_on"].to_numpy().max() + 1), labelled_rows(table)
    folds = grouped_folds(rows, n_folds=3, seed=0)
    scores = score_out_of_fold(RECIPE, table, rows.labels, folds=folds, tenures=tenures, with_baselines=False)
    fits: list[tuple[set[str], set[str]]] = []

    def fit(recipe: Any, learnt: pa.Table, labels: Any, *, tenures: TenureData, besides: Any) -> None:
        fits.append((set(besides), set(learnt["candidate_id"].to_pylist())))
        fit_recipe(recipe, learnt, labels, tenures=tenures, besides=besides)

    monkeypatch.setattr(gap_leavers, "fit_recipe", fit)
    found = with_gap_leavers(RECIPE, table, scores, tenures, folds=folds, months=6, gap_months=2)
    assert found["scored"] == found["gap"] > 0
    assert found["sentence"].startswith(
        f"Of the {found['gap']} who left in the gap, all are scored by forests that did "
    )
    assert len(fits) == 3
    for besides, learnt in fits:
        assert besides
        assert not besides & learnt
    # Everybody of the gap is left out by one forest.
    is_gap = labels_of(tenures.tenures, 6, 2) == GAP
    is_gap &= tenures.tenures.is_over(8, tenures.as_of, lag_days=tenures.lag_days)
    gap = set(everybody.filter(pa.array(is_gap))["candidate_id"].to_pylist())
    assert set.union(*(besides for besides, _ in fits)) == gap
    assert sum(len(besides) for besides, _ in fits) == len(gap)


@pytest.mark.parametrize("seed", range(2))
def test_real_forests_did_not_learn_from_whom_they_score(seed: int) -> None:
    table, everybody = make_attrition(1500, seed=seed)
    as_of = everybody["started_on"].to_numpy().max() + 1
    tenures, rows = tenure_data_of(everybody, as_of=as_of), labelled_rows(table)
    plan = plan_folds(rows, organisation())
    assert plan.is_temporal
    scores = score_out_of_fold(RECIPE, table, rows.labels, folds=plan.folds, tenures=tenures, with_baselines=False)
    found = with_gap_leavers(RECIPE, table, scores, tenures, folds=plan.folds, months=6, gap_months=2)
    assert 0 < found["scored"] < found["gap"]
    # Those who stayed for six months and no longer stand between early leavers and long stayers.
    share = found["above"] / found["scored"]
    above, stayed = scores.votes > 0.55, rows.labels[scores.rows] == 1
    assert above[~stayed].mean() < share < above[stayed].mean()
