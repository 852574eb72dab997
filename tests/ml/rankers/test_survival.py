from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.rankers.folds import Fold
from ml.rankers.metrics import PairwiseAuc
from ml.rankers.out_of_fold import labelled_rows, plan_folds
from ml.rankers.recipe import build_recipe
from ml.rankers.survival import HazardModel, person_months, score_survival
from tests.ml.rankers.factories import FEATURES, make_attrition, organisation, tenure_data_of
from tests.ml.rankers.test_tenures import made

RECIPE = build_recipe(FEATURES, organisation().rankers)


def laid_out(*rows: tuple[str, str, str | None, str | None], origin: str, months: int) -> list[tuple[int, int, bool]]:
    parts = person_months(made(*rows), origin=np.datetime64(origin, "us"), months=months, lag_days=14)
    return [(int(row), int(month), bool(leaving)) for row, month, leaving in zip(*parts, strict=True)]


def test_a_person_is_at_risk_in_each_month_until_leaving() -> None:
    # Started on 1 January: left in the second month, in the third on its first day, and never.
    rows = [
        ("2024-01-01", "2024-01-01", "2024-02-10", "2024-02-12"),
        ("2024-01-01", "2024-01-01", "2024-03-01", "2024-03-02"),
        ("2024-01-01", "2024-01-01", None, None),
    ]
    assert laid_out(*rows, origin="2025-01-01", months=3) == [
        (0, 0, False), (1, 0, False), (2, 0, False),
        (0, 1, True), (1, 1, False), (2, 1, False),
        (1, 2, True), (2, 2, False),
    ]  # fmt: skip


def test_a_spell_that_runs_at_the_origin_is_censored_at_its_last_month_that_is_over() -> None:
    # The first month is over on 1 February and counts from 15 February, the second from 15 March on.
    start = ("2024-01-01", "2024-01-01", None, None)
    assert laid_out(start, origin="2024-02-14", months=3) == []
    assert laid_out(start, origin="2024-02-15", months=3) == [(0, 0, False)]
    assert laid_out(start, origin="2024-03-15", months=3) == [(0, 0, False), (0, 1, False)]


def test_who_left_early_waits_for_the_stayers_of_the_same_start() -> None:
    """Else, of those who started lately only the leavers would count, and everybody would seem to leave."""
    left, stays = ("2024-01-01", "2024-01-01", "2024-01-05", "2024-01-06"), ("2024-01-01", "2024-01-01", None, None)
    assert laid_out(left, stays, origin="2024-02-14", months=3) == []
    assert laid_out(left, stays, origin="2024-02-15", months=3) == [(0, 0, True), (1, 0, False)]


def test_an_end_that_was_recorded_after_the_origin_is_not_known() -> None:
    late = ("2024-01-01", "2024-01-01", "2024-01-20", "2024-05-01")
    assert laid_out(late, origin="2024-03-15", months=2) == [(0, 0, False), (0, 1, False)]
    assert laid_out(late, origin="2024-05-02", months=2) == [(0, 0, True)]


@pytest.mark.parametrize("seed", range(5))
def test_a_later_origin_adds_person_months_and_takes_none_away(seed: int) -> None:
    _, tenures = make_attrition(200, seed=seed)
    from ml.rankers.tenures import tenures_of

    known = replace(tenures_of(tenures), end_known_at=np.full(200, np.datetime64("2000-01-01", "us")))
    earlier, later = (
        set(zip(*(part.tolist() for part in person_months(known, origin=np.datetime64(day, "us"), months=8, lag_days=14)), strict=True))
        for day in ("2025-01-01", "2025-07-01")
    )  # fmt: skip
    assert earlier < later


def test_without_features_the_chance_to_stay_is_kaplan_meiers() -> None:
    # Of 100 people 20 leave in the first month; 30 are censored then; of the 50 left 10 leave in the second month.
    month = np.repeat([0, 1], [100, 50])
    is_leaving = np.concatenate([np.arange(100) < 20, np.arange(50) < 10])
    model = HazardModel(2).fit(np.zeros((150, 1), np.float32), month, is_leaving)
    # (1 - 20/100) x (1 - 10/50) = .64; the ridge of the regression pulls both hazards, which are equal, nowhere.
    assert model.chance_to_stay(np.zeros((1, 1), np.float32)) == pytest.approx([0.64], abs=0.01)


def test_a_column_of_which_nothing_is_known_says_nothing() -> None:
    random = np.random.default_rng(0)
    X = np.column_stack([random.normal(size=300), np.full(300, np.nan)]).astype(np.float32)
    month, is_leaving = random.integers(3, size=300), random.random(300) < 0.2
    both, alone = (HazardModel(3).fit(rows, month, is_leaving).chance_to_stay(rows) for rows in (X, X[:, :1]))
    np.testing.assert_array_equal(both, alone)


@pytest.mark.parametrize("seed", range(3))
def test_the_signal_is_found_on_the_folds_of_the_validation(seed: int) -> None:
    table, tenures = make_attrition(1500, seed=seed)
    plan = plan_folds(labelled_rows(table), organisation())
    scores = score_survival(RECIPE, table, tenure_data_of(tenures), folds=plan.folds, months=8)
    tested = np.sort(np.concatenate([fold.test for fold in plan.folds]))
    assert plan.is_temporal
    assert ((scores > 0) & (scores < 1)).all()
    assert PairwiseAuc(table["label"].to_numpy()[tested], scores).value() > 0.65


def _scores(fold: Fold, table, tenures, months: int = 8) -> np.ndarray:
    return score_survival(RECIPE, table, tenure_data_of(tenures), folds=[fold], months=months)


def test_nothing_after_the_origin_and_nobody_tested_changes_a_score() -> None:
    table, tenures = make_attrition(600)
    origin = np.datetime64("2025-07-01", "us")
    rows = labelled_rows(table)
    train = np.flatnonzero((rows.matured_at <= origin) & (rows.labelled_at < origin))
    test = np.flatnonzero(rows.entered_at >= origin)
    train = train[~np.isin(rows.candidates[train], rows.candidates[test])]
    fold = Fold("2025Q3", train, test, origin)
    expected = _scores(fold, table, tenures)
    starts, known = tenures["started_on"].to_numpy(), tenures["end_known_at"].to_numpy()
    is_tested = np.isin(tenures["candidate_id"].to_numpy(zero_copy_only=False), rows.candidates[test])
    later = (starts >= origin.astype("datetime64[D]")) | ~(known < origin) | is_tested
    assert later.any()
    ends = np.where(later, starts + np.timedelta64(1, "D"), tenures["ended_on"].to_numpy())
    place = tenures.column_names.index("ended_on")
    changed = tenures.set_column(place, "ended_on", [ends])
    np.testing.assert_array_equal(_scores(fold, table, changed), expected)


def test_people_without_a_label_teach_the_model() -> None:
    table, tenures = make_attrition(600)
    fold = Fold("1", np.arange(200), np.arange(200, table.num_rows))
    labelled = np.isin(tenures["application_id"].to_numpy(), table["application_id"].to_numpy())
    assert 0 < labelled.sum() < len(labelled)
    without = _scores(fold, table, tenures.filter(labelled))
    assert (_scores(fold, table, tenures) != without).all()


def test_staying_longer_is_less_likely() -> None:
    table, tenures = make_attrition(600)
    fold = Fold("1", np.arange(200), np.arange(200, table.num_rows))
    assert (_scores(fold, table, tenures, months=15) < _scores(fold, table, tenures)).all()
