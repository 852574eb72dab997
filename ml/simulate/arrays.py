"""Kinds of arrays, times as seconds, and the small mathematics that every part of the simulator shares."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
MaskArray = NDArray[np.uint32]

HOUR = 3_600
DAY = 24 * HOUR
DAYS_PER_MONTH = 365.25 / 12
# A time after every other: what never happens.
NEVER = 1 << 60


def stream(seed: int, name: str) -> np.random.Generator:
    """Open the random stream of one part, so that a draw more in one part leaves the others as they were."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))


def epoch_seconds(day: date) -> int:
    """Midnight UTC of a day, in seconds since 1970."""
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


def epoch_days(seconds: IntArray) -> IntArray:
    """Day of a time, in days since 1970."""
    return seconds // DAY


def months_of(seconds: IntArray) -> IntArray:
    """Month of the year of a time, 0 for January."""
    return seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12


def zipf(size: int, exponent: float) -> FloatArray:
    """Shares of ``size`` levels that fall off with their rank; they sum to one."""
    weights = 1.0 / np.arange(1, size + 1) ** exponent
    return np.asarray(weights / weights.sum())


def logistic(utility: FloatArray) -> FloatArray:
    """Probability of a utility."""
    return np.asarray(1.0 / (1.0 + np.exp(-utility)))


def intercept_for(utility: FloatArray, rate: float) -> float:
    """Give what must be added to utilities for their mean probability to be ``rate``, to 1e-6, by bisection."""
    low, high = -30.0, 30.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        if logistic(utility + middle).mean() < rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def above(values: FloatArray, start: float, span: float) -> FloatArray:
    """How far values lie beyond ``start``, in units of ``span``, from 0 to 1."""
    return np.clip((values - start) / span, 0.0, 1.0)


def at_the_office(times: IntArray, rng: np.random.Generator) -> IntArray:
    """Move times to office hours (8:00 to 18:00 UTC) of the next working day."""
    days = epoch_days(times) + 1
    # 1970-01-01 was a Thursday: Monday is 0 here.
    weekday = (days + 3) % 7
    days = days + np.where(weekday >= 5, 7 - weekday, 0)
    return days * DAY + rng.integers(8 * HOUR, 18 * HOUR, len(times))
