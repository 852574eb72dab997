"""Which dates were built, and passed their gates."""

from datetime import date

import pytest

from ml.jobs.builds import NotBuiltError, invocation_id, newest_features, record_build, record_passed

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def test_a_date_counts_once_its_gate_let_it_pass(fresh_warehouse):
    record_build(fresh_warehouse, MAY, "run 1")
    for layer in ("labels", "features"):
        with pytest.raises(NotBuiltError) as error:
            invocation_id(fresh_warehouse, MAY, layer)
        assert str(error.value) == (
            f"No {layer} as of 2026-05-01 that passed their gate: run ingest as of that date first."
        )
        record_passed(fresh_warehouse, MAY, layer)
        assert invocation_id(fresh_warehouse, MAY, layer) == "run 1"


def test_a_new_build_has_to_pass_again(fresh_warehouse):
    record_build(fresh_warehouse, MAY, "run 1")
    record_passed(fresh_warehouse, MAY, "labels")
    record_build(fresh_warehouse, MAY, "run 2")
    with pytest.raises(NotBuiltError):
        invocation_id(fresh_warehouse, MAY, "labels")
    record_passed(fresh_warehouse, MAY, "labels")
    assert invocation_id(fresh_warehouse, MAY, "labels") == "run 2"


def test_the_newest_features_are_the_latest_date_that_passed(fresh_warehouse):
    with pytest.raises(NotBuiltError) as error:
        newest_features(fresh_warehouse)
    assert str(error.value) == "No features have been built yet: run ingest first."
    record_build(fresh_warehouse, JUNE, "stopped by its gate")
    record_build(fresh_warehouse, MAY, "run 1")
    record_passed(fresh_warehouse, MAY, "features")
    assert newest_features(fresh_warehouse) == MAY
    record_passed(fresh_warehouse, JUNE, "features")
    assert newest_features(fresh_warehouse) == JUNE
