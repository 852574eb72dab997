"""How long people stayed, as far as it was known at a moment: what the labels of a snapshot leave out.

A label needs its whole window to be over. Whoever started lately, and whoever left between t and t + delta months, has
none; that such a person stayed so many months is known all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Tenures:
    """Tenures of the people who started work, aligned with the rows of their table.

    Attributes
    ----------
    started_on, ended_on : ndarray of datetime64[D], shape (n_rows,)
        First and last day, transfers bridged; NaT for an end that is not known.
    started_known_at, end_known_at : ndarray of datetime64[us], shape (n_rows,), UTC
        When either was recorded; NaT beside an end that is not known.
    """

    started_on: NDArray[np.datetime64]
    started_known_at: NDArray[np.datetime64]
    ended_on: NDArray[np.datetime64]
    end_known_at: NDArray[np.datetime64]

    def known_at(self, origin: np.datetime64) -> Tenures:
        """Give the same tenures as they looked at an origin: starts and ends recorded later are NaT."""
        is_started, is_ended = self.started_known_at < origin, self.end_known_at < origin
        day, moment = np.datetime64("NaT", "D"), np.datetime64("NaT", "us")
        return Tenures(
            started_on=np.where(is_started, self.started_on, day),
            started_known_at=np.where(is_started, self.started_known_at, moment),
            ended_on=np.where(is_ended, self.ended_on, day),
            end_known_at=np.where(is_ended, self.end_known_at, moment),
        )

    def is_over(self, months: int, origin: np.datetime64, *, lag_days: int) -> NDArray[np.bool_]:
        """Mark whose first so many months were over at an origin, with the recording lag on top, shape (n_rows,).

        It goes by the start alone: were leavers taken as soon as they leave and stayers only once their time is over,
        everybody would seem to leave.
        """
        until = add_months(self.started_on, months) + np.timedelta64(lag_days, "D")
        is_over: NDArray[np.bool_] = until <= origin
        return is_over

    def left_within(self, months: int) -> NDArray[np.bool_]:
        """Mark who is known to have left before so many months were over, shape (n_rows,)."""
        left: NDArray[np.bool_] = self.ended_on < add_months(self.started_on, months)
        return left


def tenures_of(table: pa.Table) -> Tenures:
    """Take the tenures from the table of a snapshot's :meth:`~ml.rankers.snapshot.Snapshot.tenure_table`."""

    def times(name: str, unit: str) -> NDArray[np.datetime64]:
        values: NDArray[np.datetime64] = table[name].to_numpy().astype(f"datetime64[{unit}]")
        return values

    return Tenures(
        started_on=times("started_on", "D"),
        started_known_at=times("started_known_at", "us"),
        ended_on=times("ended_on", "D"),
        end_known_at=times("end_known_at", "us"),
    )


def add_months(days: NDArray[np.datetime64], months: int) -> NDArray[np.datetime64]:
    """Add calendar months as Postgres does: 31 January and one month is the last day of February; NaT stays NaT."""
    month = days.astype("datetime64[M]")
    into_month = days - month.astype("datetime64[D]")
    first, following = ((month + months + k).astype("datetime64[D]") for k in (0, 1))
    moved: NDArray[np.datetime64] = first + np.minimum(into_month, following - first - np.timedelta64(1, "D"))
    return moved
