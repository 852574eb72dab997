"""Which as-of date a run is for, when nobody names one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True)
class Trigger:
    """What started a run.

    Attributes
    ----------
    moment : datetime
        End of the schedule's data interval, or the time of a manual start; with a zone.
    told : tuple of date
        As-of dates of the asset updates that started it; empty for any other start.
    """

    moment: datetime
    told: tuple[date, ...] = ()


def quarter_start(day: date) -> date:
    """Give the first day of the calendar quarter that ``day`` is in: as of it, the quarter before is complete."""
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
