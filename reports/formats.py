"""How the reports write numbers: .612, 61.2%, 12,345, always the same way."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

ABSENT = "–"


def decimal(value: float | None, digits: int = 3) -> str:
    """Write a number without the zero before its point: ``.612``; 1 is ``1.000``."""
    if _is_absent(value):
        return ABSENT
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def percent(value: float | None) -> str:
    """Write a share with one decimal: ``61.2%``."""
    return ABSENT if _is_absent(value) else f"{value:.1%}"


def points(value: float | None) -> str:
    """Write a difference of shares in percentage points, with its sign: ``+14.6``."""
    return ABSENT if value is None or math.isnan(value) else f"{100 * value:+.1f}"


def count(value: float | None) -> str:
    """Write a whole number with thousands separators: ``12,345``."""
    return ABSENT if _is_absent(value) else f"{value:,.0f}"


def decimals(interval: tuple[float, float] | None) -> str:
    """Write an interval of numbers: ``.588 to .640``."""
    return ABSENT if interval is None else f"{decimal(interval[0])} to {decimal(interval[1])}"


def percents(interval: tuple[float, float] | None) -> str:
    """Write an interval of shares: ``58.8% to 64.0%``."""
    return ABSENT if interval is None else f"{percent(interval[0])} to {percent(interval[1])}"


def level(value: object) -> str:
    """Write a value of a feature: ``yes``, ``agency``, ``12.5``, ``85,000``, ``missing``."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def p_value(value: float) -> str:
    """Write a p-value: ``.032``, and ``< .001`` below what three decimals tell apart."""
    return "< .001" if value < 0.001 else decimal(value)


def day(value: date) -> str:
    """Write a date in words: ``1 October 2026``."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """Write a time in words, in UTC: ``1 October 2026, 07:30 UTC``."""
    return f"{day(value.astimezone(UTC))}, {value.astimezone(UTC):%H:%M} UTC"


def _is_absent(value: float | None) -> bool:
    return value is None or math.isnan(value)
