"""What a ranker of tenures learns from: who left, beside those who had stayed as long and were still there.

A label waits until t + delta months are over, and says of somebody who left after a year the same as of somebody still
there. Tenures say more: everybody who left is set against the people at risk at that moment, the risk set (Cox, 1972;
sampled from, it is the nested case-control design of Thomas, 1977). The odds of having left, at a moment of leaving,
order people by their hazard; who is still there counts for as long as that is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.judge import texts
from ml.rankers.tenures import Tenures, add_months, tenures_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.organisation import Organisation
    from ml.rankers.encoding import FeatureEncoder
    from ml.rankers.snapshot import Snapshot

# Whoever leaves after years leaves for other reasons than the newly hired do; measured in docs/adr/0028.
LONGEST_MONTHS = 24


@dataclass(frozen=True)
class RiskRows:
    """Training rows of two classes: leavers, and whom they are set against.

    Attributes
    ----------
    people : ndarray of int, shape (n_rows,)
        Position of each row's person; who left has two rows.
    labels : ndarray of int8, shape (n_rows,)
        0 for a leaver at the moment of leaving, 1 for being at risk at such moments.
    weights : ndarray of float, shape (n_rows,)
        1 for a leaver; else the chance of being drawn from a leaver's risk set, summed over the leavers: the
        Nelson-Aalen estimate of the cumulative hazard up to when the person was last seen. Each class sums to the
        number of leavers.
    """

    people: NDArray[np.intp]
    labels: NDArray[np.int8]
    weights: NDArray[np.float64]


def risk_rows(tenures: Tenures, origin: np.datetime64, *, lag_days: int) -> RiskRows:
    """Set the leavers known at an origin against their risk sets.

    Tenures are followed to the origin less the recording lag, and for ``LONGEST_MONTHS`` at most: were ends taken up to
    the origin, those not yet on record would pass for people still there.

    Parameters
    ----------
    tenures : Tenures
        Of n people.
    origin : datetime64
        Moment in UTC; what was recorded from then on is not known.
    lag_days : int
        Days until an end is on record.
    """
    known, until = tenures.known_at(origin), origin.astype("datetime64[D]") - np.timedelta64(lag_days, "D")
    followed_to = np.minimum(until, add_months(known.started_on, LONGEST_MONTHS))
    # NaT compares false: whoever had not started is not followed.
    people = np.flatnonzero(known.started_on <= followed_to)
    has_left = (known.ended_on <= followed_to)[people]
    last_seen = np.where(has_left, known.ended_on[people], followed_to[people])
    hazard = cumulative_hazard((last_seen - known.started_on[people]).astype(np.int64), has_left)
    leavers, at_risk = people[has_left], people[hazard > 0]
    return RiskRows(
        people=np.concatenate([leavers, at_risk]),
        labels=np.repeat(np.array([0, 1], np.int8), [len(leavers), len(at_risk)]),
        weights=np.concatenate([np.ones(len(leavers)), hazard[hazard > 0]]),
    )


def cumulative_hazard(days: NDArray[np.int64], has_left: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Estimate by Nelson and Aalen, for each person, the hazard gone through until the day last seen, shape (n,).

    Each day on which people left adds their number over that of the people who were still there in its morning.
    """
    day, place, seen = np.unique(days, return_inverse=True, return_counts=True)
    left = np.bincount(place, has_left, minlength=len(day))
    at_risk = np.cumsum(seen[::-1])[::-1]
    hazard: NDArray[np.float64] = np.cumsum(left / at_risk)[place]
    return hazard


@dataclass(frozen=True)
class TenureData:
    """Everybody who started work, for a ranker that learns from tenures.

    Attributes
    ----------
    table : pyarrow.Table with n_people rows
        Tenures and features, sorted by application.
    as_of : datetime64
        Moment up to which tenures are known where no earlier one is asked for.
    lag_days : int
        Days until an end is on record.
    group : str
        The column that may not have a value on both sides of a fold.
    """

    table: pa.Table
    as_of: np.datetime64
    lag_days: int
    group: str

    @property
    def tenures(self) -> Tenures:
        """How long they stayed."""
        return tenures_of(self.table)

    def at_risk(self, origin: np.datetime64 | None = None, besides: NDArray[np.object_] | None = None) -> RiskRows:
        """Set the leavers known at an origin against their risk sets; people are rows of the table.

        Parameters
        ----------
        origin : datetime64, optional
            Default: ``as_of``.
        besides : ndarray of str, optional
            Values of ``group`` of the people who will be tested.
        """
        kept = np.arange(self.table.num_rows)
        if besides is not None:
            kept = np.flatnonzero(~np.isin(texts(self.table, self.group), besides))
        tenures = tenures_of(self.table.take(kept))
        rows = risk_rows(tenures, self.as_of if origin is None else origin, lag_days=self.lag_days)
        return RiskRows(kept[rows.people], rows.labels, rows.weights)

    def summary(self) -> dict[str, Any]:
        """Say what there is to learn from: ``people``, ``leavers`` of them, ``months`` followed, and a ``sentence``."""
        rows = self.at_risk()
        people, leavers = len(np.unique(rows.people)), int((rows.labels == 0).sum())
        sentence = (
            f"The forest learns from the tenures of {people:,} people: each of the {leavers:,} who left within "
            f"{LONGEST_MONTHS} months is set against those who were still there then. The labels judge it."
        )
        return {"people": people, "leavers": leavers, "months": LONGEST_MONTHS, "sentence": sentence}

    def encode(self, encoder: FeatureEncoder, learnt: pa.Table, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Encode everybody, shape (n_people, n_columns).

        Parameters
        ----------
        encoder : FeatureEncoder
            Fitted.
        learnt : pyarrow.Table with n_learnt rows
            What it was fitted on; all of them are in the table.
        matrix : ndarray of shape (n_learnt, n_columns)
            Its encoding of those, each without its own label, which is kept.
        """
        encoded: NDArray[np.float32] = encoder.transform(self.table)
        place = np.searchsorted(texts(self.table, "application_id"), texts(learnt, "application_id"))
        encoded[place] = matrix
        return encoded


def tenure_data(snapshot: Snapshot, organisation: Organisation) -> TenureData | None:
    """Read the tenures of a snapshot; None where its ranker learns from labels."""
    table = snapshot.tenure_table()
    if table is None:
        return None
    return TenureData(
        table=table,
        as_of=np.datetime64(snapshot.as_of_date, "us"),
        lag_days=organisation.labels.recording_lag_days,
        group=f"{organisation.validation.group_by}_id",
    )
