from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import average_precision_score

from ml.contract import FeatureContract
from ml.organisation import RankerSettings
from ml.rankers import recipe as recipe_module
from ml.rankers.metrics import PairwiseAuc
from ml.rankers.train import ContractChangedError, TrainedRanker, fit_and_validate
from tests.ml.rankers.factories import CONTRACT, FEATURES, make_attrition, make_snapshot, make_table, organisation


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedRanker:
    """A quality ranker trained on dated rows with signal."""
    snapshot = make_snapshot(tmp_path_factory.mktemp("snapshots"), make_table(1500))
    return fit_and_validate(snapshot, CONTRACT, organisation())


def test_signal_is_usable_and_said_with_its_numbers(trained: TrainedRanker) -> None:
    headline = trained.metrics["auc"]["headline"]
    assert trained.status == "usable"
    assert headline["kind"] == "within requisitions"
    assert 0.5 < headline["low"] < headline["value"] < headline["high"] < 1
    pairs = trained.metrics["auc"]["within"]["pairs"]
    assert trained.sentence == (
        f"quality: AUC within requisitions {headline['value']:.3f} "
        f"({headline['low']:.3f} to {headline['high']:.3f}), {pairs:,} pairs. "
        "Rolling origin over 4 quarters, 2024Q3 to 2025Q2, no candidate on both sides."
    )


def test_metrics_are_json_and_agree_with_the_predictions(trained: TrainedRanker) -> None:
    metrics = json.loads(json.dumps(trained.metrics, allow_nan=False))
    labels, scores = (trained.predictions[name].to_numpy() for name in ("label", "score"))
    assert metrics["rows"] == 1500
    assert metrics["tested"] == len(labels) == sum(fold["tested"] for fold in metrics["folds"])
    assert metrics["base_rate"] == pytest.approx(labels.mean())
    assert metrics["auc"]["pooled"]["value"] == pytest.approx(PairwiseAuc(labels, scores).value())
    assert metrics["reject_option"]["coverage"]["count"] == (scores > 0.55).sum()
    assert sum(part["of"] for part in metrics["yield_per_bin"]) == len(labels)
    assert metrics["calibration"]["brier"] < metrics["calibration"]["brier_of_base_rate"]
    assert len(metrics["oob_accuracy"]) == 20
    assert [part["rank_seen"] for part in metrics["rank_seen"]] == [False, True]
    assert sum(part["rows"] for part in metrics["rank_seen"]) == len(labels)
    # One decision in five was taken with a rank in view: fewer, so known less well.
    blind, seen = (np.ptp(part["auc_interval"]) for part in metrics["rank_seen"])
    assert blind < seen
    assert metrics["average_precision"] == pytest.approx(average_precision_score(labels, scores))
    for each in (metrics, *metrics["baselines"].values()):
        low, high = each["average_precision_interval"]
        assert low < each["average_precision"] < high
    assert metrics["precision_at_k"][0]["precision"] > metrics["precision_at_k"][0]["random"]
    assert metrics["precision_at_k"][0]["precision_interval"][0] > metrics["precision_at_k"][0]["random"]
    assert [each["feature"] for each in metrics["importance"][:2]] == ["years", "source"]
    assert [each["feature"] for each in metrics["dependence"]] == [each["feature"] for each in metrics["importance"]]
    assert metrics["calibration_choice"]["platt"]["brier"] == pytest.approx(metrics["calibration"]["brier"])
    assert metrics["oob_levels_off"] is None or metrics["oob_levels_off"] <= 16
    assert "attrition_curves" not in metrics
    for baseline in metrics["baselines"].values():
        assert baseline["gain"]["low"] <= baseline["gain"]["value"] <= baseline["gain"]["high"]


def test_predictions_are_of_people_the_forest_did_not_see(trained: TrainedRanker) -> None:
    assert trained.predictions.column_names == [
        *("application_id", "requisition_id", "job_family", "stage_entered_at"),
        *("fold", "score", "probability", "label"),
    ]
    assert set(trained.predictions["fold"].to_pylist()) == {"2024Q3", "2024Q4", "2025Q1", "2025Q2"}


def test_what_a_forest_knows_by_heart_is_not_in_its_predictions(tmp_path: Path) -> None:
    # Labels that nothing predicts, and leaves of single people: a row's own label is all there is to know.
    table = make_table(1500, signal=0.0)
    own = organisation(rankers=replace(organisation().rankers, min_samples_leaf=1))
    trained = fit_and_validate(make_snapshot(tmp_path, table), CONTRACT, own)
    votes, _ = trained.model.score_table(table)
    assert PairwiseAuc(table["label"].to_numpy(), votes).value() > 0.7
    assert abs(trained.metrics["auc"]["pooled"]["value"] - 0.5) < 0.06


def test_labels_that_nothing_predicts_give_no_usable_signal(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, make_table(800, signal=0.0, days=0))
    trained = fit_and_validate(snapshot, CONTRACT, organisation())
    assert trained.status == "no usable signal"
    assert trained.sentence.startswith("quality: not reliably better than chance. AUC within requisitions 0.")


def test_too_few_pairs_are_said(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, make_table(600, n_requisitions=400))
    sentence = fit_and_validate(snapshot, CONTRACT, organisation()).metrics["auc"]["sentence"]
    assert sentence.startswith("AUC pooled 0.")
    assert sentence.endswith(" pairs within requisitions are too few to judge by.")


def test_a_single_job_family_is_said(tmp_path: Path) -> None:
    table = make_table(600).set_column(3, "job_family", pa.nulls(600, pa.string()))
    snapshot = make_snapshot(tmp_path, table, ranker="attrition")
    sentence = fit_and_validate(snapshot, CONTRACT, organisation()).metrics["auc"]["sentence"]
    assert sentence.endswith(": everybody is of one job family, there is nothing to compare within.")


def test_attrition_is_measured_beside_a_model_of_all_tenures(tmp_path: Path) -> None:
    table, tenures = make_attrition()
    # The day after the last start, up to which the made tenures are known.
    snapshot = replace(make_snapshot(tmp_path, table, ranker="attrition", tenures=tenures), as_of_date="2026-12-16")
    trained = fit_and_validate(snapshot, CONTRACT, organisation())
    survival = trained.metrics["baselines"]["survival model"]
    learnt = trained.metrics["risk_sets"]
    assert 0 < learnt["leavers"] < learnt["people"] <= trained.metrics["tenures"]
    assert learnt["sentence"].startswith(f"The forest learns from the tenures of {learnt['people']:,} people: ")
    assert survival["value"] > 0.65
    assert survival["gain"]["low"] <= survival["gain"]["value"] <= survival["gain"]["high"]
    # Labels judge it; it learns from the tenures of more people than have one (docs/adr/0028).
    assert trained.metrics["rows"] == table.num_rows < tenures.num_rows == trained.metrics["tenures"]
    assert len(trained.metrics["attrition_curves"]["combinations"]) == 16
    assert trained.metrics["weak_features"] is None, "the contract has neither feature"
    with_gap, accuracy = trained.metrics["gap_leavers"], trained.metrics["reject_option"]["yield"]
    assert 0 < with_gap["above"] <= with_gap["scored"] < with_gap["gap"]
    assert with_gap["accuracy"]["count"] == accuracy["count"]
    assert with_gap["accuracy"]["of"] == accuracy["of"] + with_gap["above"]
    left_out = trained.metrics["involuntary"]
    assert 0 < left_out["involuntary"] < left_out["leavers"]
    assert left_out["leavers"] == trained.metrics["tested"] - trained.metrics["tested_positives"]
    assert left_out["auc"]["low"] < left_out["auc"]["value"] < left_out["auc"]["high"]
    json.dumps(trained.metrics, allow_nan=False)


def test_the_same_snapshot_and_seed_give_the_same_forest(trained: TrainedRanker) -> None:
    again = fit_and_validate(trained.snapshot, CONTRACT, organisation())
    for a, b in zip(
        trained.model.pipeline["forest"].estimators_, again.model.pipeline["forest"].estimators_, strict=True
    ):
        assert a.tree_.__getstate__()["nodes"].tobytes() == b.tree_.__getstate__()["nodes"].tobytes()
    assert again.metrics == trained.metrics
    table = trained.snapshot.table()
    np.testing.assert_array_equal(again.model.score_table(table), trained.model.score_table(table))


def test_another_seed_gives_another_forest(trained: TrainedRanker) -> None:
    settings = RankerSettings(trees=20, minimum_labels=100, minimum_rarer=20, seed=1)
    other = fit_and_validate(trained.snapshot, CONTRACT, organisation(rankers=settings))
    assert other.metrics["auc"] != trained.metrics["auc"]


def test_scores_do_not_depend_on_how_rows_are_sliced(trained: TrainedRanker, monkeypatch: pytest.MonkeyPatch) -> None:
    table = trained.snapshot.table()
    whole = trained.model.score_table(table)
    monkeypatch.setattr(recipe_module, "SLICE_ROWS", 101)
    np.testing.assert_array_equal(trained.model.score_table(table), whole)
    np.testing.assert_array_equal(trained.model.score_table(table.to_pandas()), whole)


def test_probabilities_break_the_ties_of_the_votes(trained: TrainedRanker) -> None:
    votes, probabilities = trained.model.score_table(trained.snapshot.table())
    assert len(np.unique(votes)) <= 21
    assert len(np.unique(probabilities)) > 100


def test_nobody_to_score_gives_no_scores(trained: TrainedRanker) -> None:
    votes, probabilities = trained.model.score_table(trained.snapshot.table().slice(0, 0))
    assert len(votes) == len(probabilities) == 0


def test_refuses_a_contract_that_changed_after_the_snapshot(trained: TrainedRanker) -> None:
    changed = FeatureContract((*FEATURES, replace(FEATURES[0], name="more")))
    message = f"^quality: the feature contract changed after {trained.snapshot.path} was frozen: freeze it again\\.$"
    with pytest.raises(ContractChangedError, match=message):
        fit_and_validate(trained.snapshot, changed, organisation())
