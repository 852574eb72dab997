"""Identifiers are told from measurements: both sides."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from expectations.identifiers import identifies
from tests.expectations.columns import column

ROWS = 2000
OWNERS = np.arange(ROWS)
HOURS = np.datetime64("2025-01-01", "us") + np.arange(ROWS) * np.timedelta64(1, "h")
RANDOM = np.random.default_rng(0)

IDENTIFIERS: dict[str, Iterable[Any]] = {
    "numbers in order": np.arange(ROWS),
    "numbers shuffled": RANDOM.permutation(ROWS) + 10_000.0,
    "some of many numbers": RANDOM.choice(20_000, ROWS, replace=False),
    "numbers with gaps, growing with time": np.cumsum(RANDOM.integers(1, 100_000, ROWS)),
    "numbers with gaps, falling with time": -np.cumsum(RANDOM.integers(1, 100_000, ROWS)).astype(float),
    "prefix and number": [f"CAND-{number:05}" for number in range(ROWS)],
    "words and number": [f"File no. {number}" for number in RANDOM.permutation(ROWS)],
    "number as text": [str(number) for number in RANDOM.integers(10**9, 10**10, ROWS)],
    "hash": [hashlib.sha256(str(number).encode()).hexdigest()[:12] for number in range(ROWS)],
    "uuid": [str(uuid.UUID(int=int(number))) for number in RANDOM.integers(2**60, 2**62, ROWS)],
    "half of them missing": [number if number % 2 else None for number in range(ROWS)],
}
MEASUREMENTS: dict[str, Iterable[Any]] = {
    "salary in whole units": np.round(np.exp(RANDOM.normal(11, 0.4, ROWS))),
    "salary over a wide range": RANDOM.integers(20_000, 10_000_000, ROWS),
    "years with a fraction": RANDOM.gamma(2, 4, ROWS),
    "days since the opening": np.arange(ROWS) / 24 + 0.01,
    "days in whole numbers": np.arange(ROWS) // 24,
    "counts": RANDOM.poisson(3, ROWS),
    "truth": RANDOM.random(ROWS) < 0.5,
    "employers": ["".join(RANDOM.choice(list("abcdefghijklmnopqrst"), 12)).title() for _ in range(ROWS)],
    "employers with numbers": [
        f"{name} {RANDOM.integers(9)}" for name in RANDOM.choice(["Acme", "Bolt", "Cray"], ROWS)
    ],
    "titles": RANDOM.choice(["Engineer II", "Engineer III", "Clerk 1"], ROWS),
    "codes of few departments": RANDOM.choice([f"DEPT-{number:04}" for number in range(40)], ROWS),
    "nothing": [None] * ROWS,
    "a handful": [*range(40), *[None] * (ROWS - 40)],
}


@pytest.mark.parametrize("values", IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_an_identifier_is_seen(values: Iterable[Any]) -> None:
    assert identifies(column(values), owners=OWNERS, times=HOURS) is not None


@pytest.mark.parametrize("values", MEASUREMENTS.values(), ids=MEASUREMENTS)
def test_a_measurement_is_none_however_many_values_it_has(values: Iterable[Any]) -> None:
    assert identifies(column(values), owners=OWNERS, times=HOURS) is None


def test_a_finding_says_what_gives_it_away() -> None:
    # Of 2,000 numbers in a range of 2,000 there are 2000 * 1999 / 2 pairs, and one in 2,000 of them should be equal.
    assert identifies(column(np.arange(ROWS)), owners=OWNERS, times=HOURS) == (
        "its 2,000 whole numbers never repeat, where a measurement of their range would have repeated itself 1,000 times"
    )
    growing = np.arange(ROWS) * 1_000_000.0
    assert identifies(column(growing), owners=OWNERS, times=HOURS) == (
        "its 2,000 different whole numbers follow the time of entry (rank correlation 1.000)"
    )
    assert identifies(column(IDENTIFIERS["prefix and number"]), owners=OWNERS, times=HOURS) == (
        "its 2,000 texts are 2,000 different codes (a quantity would have to be declared numeric)"
    )


def test_one_owner_may_have_its_number_in_many_rows() -> None:
    owners = np.arange(ROWS) // 4
    assert "500 whole numbers never repeat" in str(identifies(column(owners), owners=owners, times=HOURS))
    assert identifies(column(owners), owners=OWNERS, times=HOURS) is None


def test_without_dates_nothing_follows_them() -> None:
    growing = np.arange(ROWS) * 1_000_000.0
    assert identifies(column(growing), owners=OWNERS, times=np.full(ROWS, HOURS[0])) is None
