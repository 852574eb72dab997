from __future__ import annotations

import math
from datetime import date

import pytest

from reports import formats


@pytest.mark.parametrize(
    ("value", "text"), [(0.6124, ".612"), (1.0, "1.000"), (0.0, ".000"), (-0.25, "-.250"), (None, "–"), (math.nan, "–")]
)
def test_decimal_drops_the_zero_before_the_point(value: float | None, text: str) -> None:
    assert formats.decimal(value) == text


def test_shares_counts_and_differences() -> None:
    assert formats.percent(0.5984) == "59.8%"
    assert formats.percent(None) == "–"
    assert formats.points(0.146) == "+14.6"
    assert formats.points(-0.02) == "-2.0"
    assert formats.points(None) == "–"
    assert formats.count(12345) == "12,345"
    assert formats.count(None) == "–"


def test_intervals() -> None:
    assert formats.decimals((0.588, 0.64)) == ".588 to .640"
    assert formats.percents((0.588, 0.64)) == "58.8% to 64.0%"
    assert formats.decimals(None) == formats.percents(None) == "–"


def test_p_values_and_days() -> None:
    assert formats.p_value(0.0321) == ".032"
    assert formats.p_value(0.0002) == "< .001"
    assert formats.day(date(2026, 10, 1)) == "1 October 2026"


def test_values_of_features() -> None:
    assert formats.level(None) == "missing"
    assert [formats.level(True), formats.level(False)] == ["yes", "no"]
    assert [formats.level(2), formats.level(2.0), formats.level(0.98541), formats.level(12345.6)] == [
        "2",
        "2",
        "0.9854",
        "12,346",
    ]
    assert formats.level("agency") == "agency"
