from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ml.backtest.quarters import Quarter, parse_quarter, quarters_between
from ml.errors import ConfigurationError


def test_a_quarter_is_three_months_from_midnight_utc() -> None:
    quarter = parse_quarter("2025Q4", "from_quarter")
    assert quarter == Quarter(2025, 4)
    assert quarter.name == "2025Q4"
    assert quarter.start == date(2025, 10, 1)
    assert (quarter.starts_at, quarter.ends_at) == (
        datetime(2025, 10, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_quarters_follow_each_other_over_the_year() -> None:
    quarters = quarters_between(Quarter(2024, 3), Quarter(2025, 2))
    assert [quarter.name for quarter in quarters] == ["2024Q3", "2024Q4", "2025Q1", "2025Q2"]
    assert all(quarter.ends_at == quarter.next.starts_at for quarter in quarters)
    assert quarters_between(Quarter(2025, 2), Quarter(2024, 3)) == []


@pytest.mark.parametrize(
    ("name", "given"), [("", "nothing"), ("2025Q5", "'2025Q5'"), ("2025-Q1", "'2025-Q1'"), ("25Q1", "'25Q1'")]
)
def test_anything_else_is_refused(name: str, given: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        parse_quarter(name, "to_quarter")
    assert str(error.value) == f"to_quarter: expected a quarter like 2025Q1, got {given}."
