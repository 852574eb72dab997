from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from ml.rankers import dependence as dependence_module
from ml.rankers.calibration import PlattCalibration
from ml.rankers.dependence import partial_dependence
from ml.rankers.recipe import FacetRanker, build_recipe
from tests.ml.rankers.factories import FEATURES, make_table, organisation

TABLE = make_table(1500, signal=2.0)


@pytest.fixture(scope="module")
def model() -> FacetRanker:
    labels = TABLE["label"].to_numpy()
    recipe = build_recipe(FEATURES, organisation().rankers).fit(TABLE, labels)
    return FacetRanker(recipe, PlattCalibration().fit(np.linspace(0, 1, len(labels)), labels))


def test_numbers_go_by_quantiles_that_occur_and_the_score_follows_the_signal(model: FacetRanker) -> None:
    (years,) = partial_dependence(model, TABLE, ["years"], seed=0)
    assert (years["feature"], years["kind"]) == ("years", "numeric")
    *known, missing = years["points"]
    values = [point["value"] for point in known]
    assert set(values) <= set(TABLE["years"].to_pylist())
    assert values == sorted(values)
    assert len(values) == 10
    assert known[-1]["score"] - known[0]["score"] > 0.4
    # One value in ten is missing.
    assert missing["value"] is None
    assert missing["share"] == pytest.approx(np.isnan(TABLE["years"].to_numpy()).mean())


def test_a_point_is_the_mean_score_of_everybody_given_its_value(
    model: FacetRanker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependence_module, "MOST_ROWS", 10_000)
    (source,) = partial_dependence(model, TABLE, ["source"], seed=0)
    for point in source["points"]:
        constant = pa.repeat(pa.scalar(point["value"]), TABLE.num_rows)
        votes, _ = model.score_table(TABLE.set_column(TABLE.column_names.index("source"), "source", constant))
        assert point["score"] == votes.mean()
    scores = {point["value"]: point["score"] for point in source["points"]}
    # Level 1 of direct, agency and campus is the one that carries the signal.
    assert max(scores, key=scores.__getitem__) == "agency"


def test_levels_are_the_most_frequent_first(model: FacetRanker, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {name: TABLE["source"].to_pylist().count(name) for name in ("direct", "agency", "campus")}
    monkeypatch.setattr(dependence_module, "LEVELS_SHOWN", 2)
    (source,) = partial_dependence(model, TABLE, ["source"], seed=0)
    expected = sorted(counts, key=lambda name: -counts[name])[:2]
    assert [point["value"] for point in source["points"]] == expected
    assert source["points"][0]["share"] == counts[expected[0]] / 1500


def test_whole_numbers_stay_whole_and_truth_values_are_both(model: FacetRanker) -> None:
    table = make_table(300)
    whole = table.set_column(table.column_names.index("noise"), "noise", pa.array([i % 3 for i in range(300)]))
    noise, local = partial_dependence(model, whole, ["noise", "is_local"], seed=0)
    assert [point["value"] for point in noise["points"]] == [0, 1, 2]
    assert {point["value"] for point in local["points"]} == {True, False}


def test_a_feature_of_one_value_makes_room_for_the_next(model: FacetRanker, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = TABLE.set_column(TABLE.column_names.index("years"), "years", pa.nulls(TABLE.num_rows, pa.float64()))
    monkeypatch.setattr(dependence_module, "FEATURES_SHOWN", 2)
    found = partial_dependence(model, nothing, ["years", "noise", "source", "is_local"], seed=0)
    assert [each["feature"] for each in found] == ["noise", "source"]


def test_the_same_seed_draws_the_same_people(model: FacetRanker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependence_module, "MOST_ROWS", 50)
    first, again, other = (partial_dependence(model, TABLE, ["noise"], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
