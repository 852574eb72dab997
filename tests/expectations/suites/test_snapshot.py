"""The snapshot suite is met by a good snapshot, and every kind of breakage has its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from expectations.suites import snapshot
from ml.contract import Feature, FeatureContract
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import TRAINER
from tests.expectations.conftest import all_failures
from tests.expectations.factories import CONTRACT, make_snapshot, with_tenures

LATE = pa.array([datetime(2025, 3, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)], pa.timestamp("us", "UTC"))
BREAKS = {
    "column outside the contract": (
        {"shoe_size": pa.array([42.0, 43.0])},
        "columns of the quality snapshot must be exactly the identifiers, the label and the features of its contract: "
        "shoe_size is not expected.",
    ),
    "empty label": (
        {"label": pa.array([1, None], pa.int16())},
        "rows of the quality snapshot.label must not be empty: 1 of 2 rows breaks this.",
    ),
    "label of another kind": (
        {"label": pa.array([1, 2], pa.int16())},
        "rows of the quality snapshot.label must be one of 0, 1: 1 of 2 rows breaks this, for example 2.",
    ),
    "two rows of an application": (
        {"application_id": pa.array(["a1", "a1"])},
        "rows of the quality snapshot.application_id must be unique: 2 of 2 rows break this, for example a1.",
    ),
    "known too late": (
        {"labelled_at": LATE},
        "rows of the quality snapshot.labelled_at must be before 2026-01-01: 1 of 2 rows breaks this, "
        "for example 2026-01-01T00:00:00+00:00.",
    ),
}

BREAKS_OF_TENURES = {
    "a label": (
        {"label": pa.array([1, None], pa.int16())},
        "columns of the quality tenures must be exactly whose tenure it is, its dates and end, and the features of its contract: "
        "label is not expected.",
    ),
    "a start that nobody recorded": (
        {"started_known_at": pa.array([LATE[0], None], pa.timestamp("us", "UTC"))},
        "rows of the quality tenures.started_known_at must not be empty: 1 of 2 rows breaks this.",
    ),
    "an end known too late": (
        {"end_known_at": LATE},
        "rows of the quality tenures.end_known_at must be before 2026-01-01: 1 of 2 rows breaks this, "
        "for example 2026-01-01T00:00:00+00:00.",
    ),
    "two tenures of an application": (
        {"application_id": pa.array(["a1", "a1"])},
        "rows of the quality tenures.application_id must be unique: 2 of 2 rows break this, for example a1.",
    ),
}


@pytest.mark.parametrize("case", BREAKS.values(), ids=BREAKS)
def test_a_break_is_named(good_warehouse: Warehouse, tmp_path: Path, case: tuple[dict[str, pa.Array], str]) -> None:
    columns, sentence = case
    subjects = snapshot.subjects(make_snapshot(tmp_path, **columns), CONTRACT)
    assert all_failures(subjects, good_warehouse, TRAINER) == (sentence,)


@pytest.mark.parametrize("case", BREAKS_OF_TENURES.values(), ids=BREAKS_OF_TENURES)
def test_a_break_of_the_tenures_is_named(
    good_warehouse: Warehouse, tmp_path: Path, case: tuple[dict[str, pa.Array], str]
) -> None:
    columns, sentence = case
    subjects = snapshot.subjects(with_tenures(make_snapshot(tmp_path), tmp_path, **columns), CONTRACT)
    assert all_failures(subjects, good_warehouse, TRAINER) == (sentence,)


def test_good_tenures_meet_every_expectation(good_warehouse: Warehouse, tmp_path: Path) -> None:
    subjects = snapshot.subjects(with_tenures(make_snapshot(tmp_path), tmp_path), CONTRACT)
    assert all_failures(subjects, good_warehouse, TRAINER) == ()


def test_tenures_that_were_altered_or_left_out_are_refused(good_warehouse: Warehouse, tmp_path: Path) -> None:
    frozen = with_tenures(make_snapshot(tmp_path), tmp_path)
    with_tenures(frozen, tmp_path, source=pa.array(["agency", "direct"]))
    assert all_failures(snapshot.subjects(frozen, CONTRACT), good_warehouse, TRAINER) == (
        "hashes of the quality snapshot must bind it to what was frozen: its tenures changed after they were frozen.",
    )
    bare = replace(make_snapshot(tmp_path), ranker="attrition", contract_hash=CONTRACT.hash("attrition"))
    assert (
        "hashes of the attrition snapshot must bind it to what was frozen: it was frozen without its tenures."
    ) in all_failures(snapshot.subjects(bare, CONTRACT), good_warehouse, TRAINER)


def test_a_good_snapshot_meets_every_expectation(good_warehouse: Warehouse, tmp_path: Path) -> None:
    assert all_failures(snapshot.subjects(make_snapshot(tmp_path), CONTRACT), good_warehouse, TRAINER) == ()


def test_a_file_that_was_altered_is_refused(good_warehouse: Warehouse, tmp_path: Path) -> None:
    frozen = make_snapshot(tmp_path)
    make_snapshot(tmp_path, source=pa.array(["agency", "direct"]))
    assert all_failures(snapshot.subjects(frozen, CONTRACT), good_warehouse, TRAINER) == (
        "hashes of the quality snapshot must bind it to what was frozen: its content changed after it was frozen.",
    )


def test_a_snapshot_of_another_contract_is_refused(good_warehouse: Warehouse, tmp_path: Path) -> None:
    # The same columns, but years became months: the hash differs where the names do not.
    years = CONTRACT.features[1]
    months = replace(years, unit="months")
    other = FeatureContract(tuple(months if feature is years else feature for feature in CONTRACT.features))
    assert all_failures(snapshot.subjects(make_snapshot(tmp_path), other), good_warehouse, TRAINER) == (
        "hashes of the quality snapshot must bind it to what was frozen: it was frozen under another feature contract.",
    )


def test_a_feature_of_another_ranker_is_not_allowed(good_warehouse: Warehouse, tmp_path: Path) -> None:
    narrowed = FeatureContract(
        (*CONTRACT.features[:3], Feature("attribute_honors", "boolean", ("onboard",), "", "not for quality any more"))
    )
    frozen = replace(make_snapshot(tmp_path), contract_hash=narrowed.hash("quality"))
    assert all_failures(snapshot.subjects(frozen, narrowed), good_warehouse, TRAINER) == (
        "columns of the quality snapshot must be exactly the identifiers, the label and the features of its contract: "
        "attribute_honors is not expected.",
    )
