"""The labels suite: every kind of breakage has its sentence. That good data meets it is ``test_gates``' part."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.suites import labels
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import TRANSFORMER
from tests.expectations.conftest import Break, failures_of
from tests.expectations.factories import AS_OF, RANKERS

BREAKS = {
    "missing column": (
        "alter table labels.quality_labels drop job_family",
        "labels.quality_labels must have the columns of its contract: job_family is missing.",
    ),
    "empty key": (
        "update labels.quality_labels set candidate_id = null where application_id = 'a1'",
        "labels.quality_labels.candidate_id must not be empty: 1 of 3 rows breaks this.",
    ),
    "two rows of an application": (
        "update labels.quality_labels set application_id = 'a1' where application_id = 'a2'",
        "labels.quality_labels.application_id must be unique: 2 of 3 rows break this, for example a1.",
    ),
    "unknown status": (
        "update labels.quality_labels set label_status = 'gap' where application_id = 'a3'",
        "labels.quality_labels.label_status must be one of observed, immature, withdrawn, expired, excluded: "
        "1 of 3 rows breaks this, for example gap.",
    ),
    "label of another kind": (
        "update labels.quality_labels set label = 2 where application_id = 'a1'",
        "labels.quality_labels.label must be one of 0, 1: 1 of 3 rows breaks this, for example 2.",
    ),
    "label without status": (
        "update labels.quality_labels set label_status = 'withdrawn' where application_id = 'a1'",
        "labels.quality_labels must have a label exactly where the status is observed: "
        "1 row breaks this, for example a1.",
    ),
    "observed too early": (
        "update labels.quality_labels set matured_at = timestamptz '2026-01-01 00:00:01 UTC' "
        "where application_id = 'a2'",
        "labels.quality_labels must not be observed while the outcome window is open: "
        "1 row breaks this, for example a2.",
    ),
    "unknown since when": (
        "update labels.quality_labels set labelled_at = null where application_id = 'a2'",
        "labels.quality_labels must not be observed without knowing since when: 1 row breaks this, for example a2.",
    ),
    "from the future": (
        "update labels.quality_labels set stage_entered_at = timestamptz '2026-01-01 UTC' where application_id = 'a3'",
        "labels.quality_labels must not know anything from the as-of date on: 1 row breaks this, for example a3.",
    ),
    "one outcome": (
        "update labels.quality_labels set label = 1 where label = 0",
        "labels.quality_labels must have both outcomes among its observed labels: all 2 are 1.",
    ),
}


@pytest.mark.parametrize("case", BREAKS.values(), ids=BREAKS)
def test_a_break_is_named(broken: Break, case: tuple[str, str]) -> None:
    statements, sentence = case
    warehouse = broken(statements)
    subjects = labels.subjects(RANKERS, AS_OF, minimum_labels=2)
    assert failures_of("labels.quality_labels", subjects, warehouse, TRANSFORMER) == (sentence,)


def test_one_outcome_is_no_matter_below_the_minimum(broken: Break) -> None:
    # Two observed labels: a ranker that needs three says by itself that they are too few.
    warehouse = broken("update labels.quality_labels set label = 1 where label = 0")
    subjects = labels.subjects(RANKERS, AS_OF, minimum_labels=3)
    assert failures_of("labels.quality_labels", subjects, warehouse, TRANSFORMER) == ()


def test_a_date_that_was_not_built_has_no_rows(good_warehouse: Warehouse) -> None:
    subjects = labels.subjects(("onboard",), date(2025, 10, 1), minimum_labels=2)
    failures = failures_of("labels.onboard_labels", subjects, good_warehouse, TRANSFORMER)
    assert failures == ("labels.onboard_labels must have rows as of 2025-10-01: there are none.",)


def test_only_rankers_with_labels_are_looked_at() -> None:
    assert [subject.name for subject in labels.subjects(("onboard",), AS_OF, 2)] == ["labels.onboard_labels"]
