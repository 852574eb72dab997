from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from ml.rankers.judge import Judge, make_judge
from ml.rankers.metrics import PairwiseAuc
from tests.ml.rankers.factories import make_table


def judge(table: pa.Table, ranker: str = "quality", **changes: object) -> Judge:
    return make_judge(table, ranker=ranker, seed=0, **changes)  # type: ignore[arg-type]


def test_quality_is_judged_within_requisitions_drawn_whole() -> None:
    table = make_table(1200)
    ours = judge(table)
    assert ours.kind == "within requisitions"
    assert ours.cluster_kind == "requisition"
    scores = table["noise"].to_numpy()
    (value,), replicates = ours.headline(scores)
    auc = PairwiseAuc(table["label"].to_numpy(), scores, groups=table["requisition_id"].to_numpy())
    assert value == auc.value()
    assert ours.pairs == auc.pairs > 1000
    assert replicates.shape == (500, 1)
    assert np.median(replicates) == pytest.approx(value, abs=0.01)


def test_attrition_is_judged_within_job_families() -> None:
    ours = judge(make_table(), "attrition")
    assert ours.kind == "within job families"
    assert len(np.unique(ours.groups)) == 4


def test_too_few_pairs_within_requisitions_are_pooled() -> None:
    table = make_table(n_requisitions=300)
    ours = judge(table)
    assert ours.pairs < 1000
    assert ours.kind == "pooled"
    scores = table["years"].fill_null(0).to_numpy()
    (value,), _ = ours.headline(np.nan_to_num(scores))
    assert value == PairwiseAuc(table["label"].to_numpy(), np.nan_to_num(scores)).value()


def test_one_job_family_is_pooled() -> None:
    table = make_table()
    table = table.set_column(3, "job_family", pa.nulls(600, pa.string()))
    assert judge(table, "attrition").kind == "pooled"


def test_few_requisitions_are_drawn_by_candidate() -> None:
    assert judge(make_table(n_requisitions=5)).cluster_kind == "candidate"


def test_pairs_scored_by_different_forests_do_not_count() -> None:
    table = make_table(1200)
    forest = np.repeat(["2024Q1", "2024Q2"], 600)
    ours, apart = judge(table), judge(table, forest=forest)
    assert apart.pairs < ours.pairs
    # A forest that scores everybody higher changes nothing within forests.
    scores = table["noise"].to_numpy()
    (value,), _ = apart.within(scores)
    (shifted,), _ = apart.within(scores + 10.0 * (forest == "2024Q2"))
    assert shifted == value


def test_replicates_of_two_scores_are_paired() -> None:
    table = make_table(1200)
    scores = table["noise"].to_numpy()
    values, replicates = judge(table).headline(scores, 2 * scores + 1)
    assert values[0] == values[1]
    np.testing.assert_array_equal(replicates[:, 0], replicates[:, 1])


def test_precision_has_an_interval_over_requisitions_drawn_whole() -> None:
    table = make_table(1200)
    requisitions, order = table["requisition_id"].to_numpy(), np.argsort(np.argsort(-table["noise"].to_numpy()))
    first, fifth, tenth = judge(table).precision_at(order, groups=requisitions)
    assert [first["k"], fifth["k"], tenth["k"]] == [1, 5, 10]
    for row in (first, fifth, tenth):
        low, high = row["precision_interval"]
        assert low < row["precision"] < high
        # Forty people in each of thirty requisitions.
        assert row["groups"] == 30
    # Of thirty lists the first alone are thirty people; the first ten are three hundred.
    assert np.ptp(tenth["precision_interval"]) < np.ptp(first["precision_interval"])
    # A share p of thirty lists is known to 1.96 root of p (1 - p) / 30 on either side.
    share = first["precision"]
    assert np.ptp(first["precision_interval"]) == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share) / 30), rel=0.2)


def test_precision_of_few_requisitions_has_an_interval_over_candidates() -> None:
    table = make_table(n_requisitions=5)
    order = np.argsort(np.argsort(-table["noise"].to_numpy()))
    tenth = judge(table).precision_at(order, groups=table["requisition_id"].to_numpy())[2]
    assert tenth["groups"] == 5
    low, high = tenth["precision_interval"]
    assert low < high


def test_precision_without_a_list_that_is_long_enough_is_none() -> None:
    table = make_table(60, n_requisitions=60)
    alone = np.array([str(number) for number in range(60)], dtype=object)
    for row in judge(table).precision_at(np.arange(60), groups=alone):
        assert (row["groups"], row["precision"], row["precision_interval"], row["random"]) == (0, None, None, None)


def test_precision_of_a_single_list_has_no_interval() -> None:
    table = make_table(1200)
    # Twenty people apply for the same requisition, everybody else for one that nobody else wants.
    lists = np.array([str(max(number, 19)) for number in range(1200)], dtype=object)
    for row in judge(table).precision_at(np.arange(1200), groups=lists)[1:]:
        assert (row["groups"], row["precision_interval"]) == (1, None)
        assert row["precision"] == table["label"].to_numpy()[: row["k"]].mean()


def test_average_precisions_are_measured_on_the_same_replicates() -> None:
    table = make_table(1200)
    scores = table["noise"].to_numpy()
    values, replicates = judge(table).average_precision(scores, 2 * scores + 1, np.zeros(1200))
    assert replicates.shape == (500, 3)
    np.testing.assert_array_equal(replicates[:, 0], replicates[:, 1])
    assert values[2] == pytest.approx(table["label"].to_numpy().mean())
