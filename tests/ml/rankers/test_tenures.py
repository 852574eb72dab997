from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from ml.rankers.tenures import Tenures, add_months, tenures_of


def made(*rows: tuple[str, str, str | None, str | None]) -> Tenures:
    """Tenures of started_on, started_known_at, ended_on, end_known_at; None for an end that is not known."""
    started_on, started_known_at, ended_on, end_known_at = zip(*rows, strict=True)
    return Tenures(
        np.array(started_on, "datetime64[D]"),
        np.array(started_known_at, "datetime64[us]"),
        np.array(ended_on, "datetime64[D]"),
        np.array(end_known_at, "datetime64[us]"),
    )


def test_months_are_added_as_postgres_adds_them() -> None:
    days = np.array(["2024-01-31", "2023-01-31", "2024-02-29", "2024-10-31", "2024-05-15", "NaT"], "datetime64[D]")
    # select date '2024-01-31' + interval '1 month', and so on.
    expected = ["2024-02-29", "2023-02-28", "2024-03-29", "2024-11-30", "2024-06-15", "NaT"]
    np.testing.assert_array_equal(add_months(days, 1), np.array(expected, "datetime64[D]"))
    np.testing.assert_array_equal(add_months(days[2:3], 12), np.array(["2025-02-28"], "datetime64[D]"))
    np.testing.assert_array_equal(add_months(days, 0), days)


def test_what_was_recorded_from_the_origin_on_is_not_known() -> None:
    origin = np.datetime64("2024-07-01T00:00:00", "us")
    tenures = made(
        ("2024-01-01", "2024-01-02", "2024-06-20", "2024-06-30T23:59:59"),
        ("2024-01-01", "2024-01-02", "2024-06-20", "2024-07-01T00:00:00"),
        ("2024-01-01", "2024-07-01", None, None),
    )
    known = tenures.known_at(origin)
    assert known.ended_on.astype(str).tolist() == ["2024-06-20", "NaT", "NaT"]
    assert known.started_on.astype(str).tolist() == ["2024-01-01", "2024-01-01", "NaT"]
    # Nothing can be said of a start that nobody knew of.
    assert known.is_over(1, origin, lag_days=14).tolist() == [True, True, False]


def test_whose_time_is_over_goes_by_the_start_and_the_lag_alone() -> None:
    # 1 March and 2 months is 1 May, and 14 days on top 15 May: over at its midnight, not a microsecond earlier.
    tenures = made(("2024-03-01", "2024-03-01", "2024-03-10", "2024-03-12"), ("2024-03-01", "2024-03-01", None, None))
    assert tenures.is_over(2, np.datetime64("2024-05-15", "us"), lag_days=14).all()
    before = np.datetime64("2024-05-15", "us") - np.timedelta64(1, "us")
    assert not tenures.is_over(2, before, lag_days=14).any()


def test_leaving_on_the_day_when_the_months_are_over_is_staying_them() -> None:
    tenures = made(
        ("2024-01-31", "2024-01-31", "2024-02-28", "2024-03-01"),
        ("2024-01-31", "2024-01-31", "2024-02-29", "2024-03-01"),
        ("2024-01-31", "2024-01-31", None, None),
    )
    assert tenures.left_within(1).tolist() == [True, False, False]


def test_tenures_are_read_from_arrow_columns() -> None:
    start, known = dt.date(2024, 1, 1), dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
    timestamp = pa.timestamp("us", tz="UTC")
    table = pa.table(
        {
            "started_on": pa.array([start, start], pa.date32()),
            "started_known_at": pa.array([known, known], timestamp),
            "ended_on": pa.array([None, start], pa.date32()),
            "end_known_at": pa.array([None, known], timestamp),
        }
    )
    tenures = tenures_of(table)
    assert tenures.ended_on.astype(str).tolist() == ["NaT", "2024-01-01"]
    assert np.isnat(tenures.end_known_at).tolist() == [True, False]
    assert tenures.started_known_at[0] == np.datetime64("2024-01-02", "us")
