from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from ml.rankers.fitting import fit_recipe
from ml.rankers.metrics import PairwiseAuc
from ml.rankers.recipe import build_recipe
from ml.rankers.risk_sets import LONGEST_MONTHS, cumulative_hazard, risk_rows, tenure_data
from ml.rankers.tenures import tenures_of
from tests.ml.rankers.factories import (
    FEATURES,
    make_attrition,
    make_snapshot,
    make_table,
    organisation,
    tenure_data_of,
)
from tests.ml.rankers.test_tenures import made

RECIPE = build_recipe(FEATURES, organisation().rankers)


def laid_out(*rows: tuple[str, str, str | None, str | None], origin: str) -> list[tuple[int, int, float]]:
    found = risk_rows(made(*rows), np.datetime64(origin, "us"), lag_days=14)
    return list(zip(found.people.tolist(), found.labels.tolist(), found.weights.round(6).tolist(), strict=True))


def test_leavers_are_set_against_who_was_still_there() -> None:
    # Followed to 1 January 2025, the origin less 14 days. The first two left after 10 and 31 days, the third is followed
    # for all of the year and the fourth for 5 days, which end before anybody leaves. On day 10 three are at risk and one
    # leaves, 1/3; on day 31 two are and one leaves, 1/2 more.
    rows = [
        ("2024-01-01", "2024-01-01", "2024-01-11", "2024-01-12"),
        ("2024-01-01", "2024-01-01", "2024-02-01", "2024-02-02"),
        ("2024-01-01", "2024-01-01", None, None),
        ("2024-12-27", "2024-12-27", None, None),
    ]
    third, both = round(1 / 3, 6), round(1 / 3 + 1 / 2, 6)
    assert laid_out(*rows, origin="2025-01-15") == [
        (0, 0, 1.0), (1, 0, 1.0), (0, 1, third), (1, 1, both), (2, 1, both),
    ]  # fmt: skip


def test_who_leaves_on_one_day_is_in_each_others_risk_set() -> None:
    # Two of three leave on day 4: 2/3; the third goes on and leaves alone on day 9: 2/3 + 1/1.
    hazard = cumulative_hazard(np.array([9, 4, 4]), np.array([True, True, True]))
    np.testing.assert_allclose(hazard, [5 / 3, 2 / 3, 2 / 3])


def test_an_end_is_counted_once_the_recording_lag_is_over() -> None:
    """Else the leavers of the last fortnight would be those whose end was recorded quickly."""
    rows = [("2024-01-01", "2024-01-01", "2024-03-01", "2024-03-02"), ("2024-01-01", "2024-01-01", None, None)]
    assert laid_out(*rows, origin="2024-03-14") == []
    assert laid_out(*rows, origin="2024-03-15") == [(0, 0, 1.0), (0, 1, 0.5), (1, 1, 0.5)]


def test_an_end_that_was_recorded_after_the_origin_is_not_known() -> None:
    rows = [("2024-01-01", "2024-01-01", "2024-02-01", "2024-05-01"), ("2024-01-01", "2024-01-01", None, None)]
    assert laid_out(*rows, origin="2024-05-01") == []
    assert len(laid_out(*rows, origin="2024-05-02")) == 3


def test_tenures_are_followed_for_two_years() -> None:
    # Who leaves on the day when 24 months are over counts, who leaves a day later was there all the time.
    rows = [("2020-01-01", "2020-01-01", day, day) for day in ("2022-01-01", "2022-01-02")]
    assert LONGEST_MONTHS == 24
    assert laid_out(*rows, origin="2025-01-01") == [(0, 0, 1.0), (0, 1, 0.5), (1, 1, 0.5)]


@pytest.mark.parametrize("seed", range(20))
def test_both_classes_weigh_as_much_as_there_are_leavers(seed: int) -> None:
    # The hazard gone through, summed over people, is the sum over days of those at risk times left / at risk.
    random = np.random.default_rng(seed)
    days, has_left = random.integers(0, 40, size=200), random.random(200) < 0.4
    assert cumulative_hazard(days, has_left).sum() == pytest.approx(has_left.sum())
    later = cumulative_hazard(days, has_left)[np.argsort(days, kind="stable")]
    assert (np.diff(later) >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_forest_learns_who_stays_and_more_than_labels_teach(seed: int) -> None:
    table, tenures = make_attrition(500, seed=seed)
    new, _ = make_attrition(3000, seed=seed + 100)
    labels, outcome = table["label"].to_numpy(), new["label"].to_numpy()
    by_labels, by_tenures = clone(RECIPE), clone(RECIPE)
    fit_recipe(by_labels, table, labels)
    matrix = fit_recipe(by_tenures, table, labels, tenures=tenure_data_of(tenures))
    assert matrix.shape[0] == table.num_rows
    scores = [each["forest"].votes(each["encode"].transform(new)) for each in (by_labels, by_tenures)]
    ours, theirs = (PairwiseAuc(outcome, each).value() for each in reversed(scores))
    assert ours > 0.65
    assert ours > theirs - 0.02


def test_nothing_after_the_origin_and_nobody_tested_is_learnt_from() -> None:
    _, tenures = make_attrition(600)
    origin = np.datetime64("2025-07-01", "us")
    candidates = tenures["candidate_id"].to_numpy(zero_copy_only=False)
    tested = np.unique(candidates[::7])
    data = tenure_data_of(tenures)
    before = data.at_risk(origin, tested)
    assert not np.isin(candidates[before.people], tested).any()
    known = tenures_of(tenures)
    assert (known.started_known_at[before.people] < origin).all()
    starts, ends = tenures["started_on"].to_numpy(), tenures["ended_on"].to_numpy()
    later = ~(known.end_known_at < origin) | np.isin(candidates, tested)
    assert later.any()
    place = tenures.column_names.index("ended_on")
    changed = tenures.set_column(place, "ended_on", [np.where(later, starts + np.timedelta64(1, "D"), ends)])
    after = tenure_data_of(changed).at_risk(origin, tested)
    np.testing.assert_array_equal(before.people, after.people)
    np.testing.assert_array_equal(before.weights, after.weights)


def test_a_row_that_the_encoder_learnt_from_keeps_its_own_encoding() -> None:
    table, tenures = make_attrition(300)
    encoder = clone(RECIPE["encode"]).fit(table, table["label"].to_numpy())
    mark = np.full((table.num_rows, len(encoder.get_feature_names_out())), -7, np.float32)
    encoded = tenure_data_of(tenures).encode(encoder, table, mark)
    is_learnt = np.isin(tenures["application_id"].to_numpy(zero_copy_only=False), table["application_id"].to_pylist())
    assert 0 < is_learnt.sum() < len(is_learnt)
    assert (encoded[is_learnt] == -7).all()
    np.testing.assert_array_equal(encoded[~is_learnt], encoder.transform(tenures)[~is_learnt])


def test_only_a_snapshot_with_tenures_gives_some(tmp_path) -> None:
    assert tenure_data(make_snapshot(tmp_path, make_table(100)), organisation()) is None
    table, tenures = make_attrition(300)
    snapshot = make_snapshot(tmp_path, table, ranker="attrition", tenures=tenures)
    data = tenure_data(snapshot, organisation())
    assert data is not None
    assert data.as_of == np.datetime64(snapshot.as_of_date)
    assert (data.lag_days, data.group) == (14, "candidate_id")
    assert data.table.num_rows == tenures.num_rows
