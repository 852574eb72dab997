"""A challenger that learns from tenures that are not over: the chance to stay, from the hazard of each month.

A discrete-time hazard model (Singer and Willett, 1993): one row per person and month at risk, a logistic regression on
whether the person left in that month, the months as levels. Staying t + delta months is getting past each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ml.rankers.baselines import logistic
from ml.rankers.judge import texts

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ml.rankers.folds import Fold
    from ml.rankers.risk_sets import TenureData
    from ml.rankers.tenures import Tenures

SURVIVAL = "survival model"


def person_months(
    tenures: Tenures, *, origin: np.datetime64, months: int, lag_days: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Lay out who was at risk in which month, and who left in it, as known at an origin.

    A month counts once it is over, with the recording lag on top, whatever happened in it: somebody still there is
    censored at the last month that counts. The months are those of the labels, so leaving on the day when a month is
    over is getting past it.

    Parameters
    ----------
    tenures : Tenures
        Of n_rows people.
    origin : datetime64
        Moment in UTC; what was recorded from then on is not known.
    months : int
        Horizon: months counted from the start.
    lag_days : int
        Days until an end is on record.

    Returns
    -------
    rows : ndarray of int, shape (n_person_months,)
        Position of the person, ascending within a month.
    month : ndarray of int, shape (n_person_months,)
        0 for the first.
    is_leaving : ndarray of bool, shape (n_person_months,)
        Whether that month was the person's last.
    """
    known = tenures.known_at(origin)
    parts = []
    for month in range(months):
        is_counted = known.is_over(month + 1, origin, lag_days=lag_days) & ~known.left_within(month)
        people = np.flatnonzero(is_counted)
        parts.append((people, np.full(len(people), month), known.left_within(month + 1)[people]))
    rows, numbers, is_leaving = zip(*parts, strict=True)
    return np.concatenate(rows), np.concatenate(numbers), np.concatenate(is_leaving)


class HazardModel:
    """The chance to leave in each month of a horizon, given that one is still there.

    Parameters
    ----------
    months : int
        The horizon.
    """

    def __init__(self, months: int) -> None:
        self.months = months

    def fit(self, X: NDArray[np.float32], month: NDArray[np.intp], is_leaving: NDArray[np.bool_]) -> HazardModel:
        """Learn from rows of a person and a month each, as :func:`person_months` lays them out.

        Parameters
        ----------
        X : ndarray of shape (n_person_months, n_columns)
            Encoded features; NaN for missing.
        month : ndarray of shape (n_person_months,)
            0 for the first.
        is_leaving : ndarray of bool, shape (n_person_months,)
            Both values occur.
        """
        from threadpoolctl import threadpool_limits

        # A column of which nothing is known has no median to stand in for it.
        self.is_known_ = ~np.isnan(X).all(axis=0)
        with threadpool_limits(1):
            self.model_ = logistic().fit(self._rows(X, month), is_leaving)
        return self

    def chance_to_stay(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the chance to get past every month of the horizon, shape (n_rows,), in [0, 1]."""
        rows = (self._rows(X, np.full(len(X), month)) for month in range(self.months))
        chance: NDArray[np.float64] = np.prod([self.model_.predict_proba(each)[:, 0] for each in rows], axis=0)
        return chance

    def _rows(self, X: NDArray[np.float32], month: NDArray[np.intp]) -> NDArray[np.float32]:
        return np.hstack([X[:, self.is_known_], np.eye(self.months, dtype=np.float32)[month]])


def score_survival(
    recipe: Pipeline, table: pa.Table, tenures: TenureData, *, folds: list[Fold], months: int
) -> NDArray[np.float64]:
    """Score the test rows of every fold by the chance to stay t + delta months.

    The model of a fold learns from everybody who had started work by the fold's origin, labelled or not, but for the
    people (or requisitions) that the fold tests. Features are encoded as for the forest of that fold.

    Parameters
    ----------
    recipe : Pipeline
        Its step ``encode`` is cloned.
    table : pyarrow.Table with n_rows rows
        Observed labels and features.
    tenures : TenureData
        Everybody who started work, those of ``table`` among them.
    folds : list of Fold
        Of the validation.
    months : int
        t + delta.

    Returns
    -------
    ndarray of shape (n_tested,), in [0, 1]
        In the order of the tested rows; higher stays longer.
    """
    from sklearn.base import clone

    labels, known = table["label"].to_numpy(), tenures.tenures
    groups, groups_of_tenures = texts(table, tenures.group), texts(tenures.table, tenures.group)
    scores: NDArray[np.float64] = np.empty(table.num_rows)
    for fold in folds:
        encoder, learnt = clone(recipe["encode"]), table.take(fold.train)
        matrix = encoder.fit_transform(learnt, labels[fold.train])
        encoded = tenures.encode(encoder, learnt, matrix)
        origin = tenures.as_of if fold.origin is None else fold.origin
        rows, month, is_leaving = person_months(known, origin=origin, months=months, lag_days=tenures.lag_days)
        kept = ~np.isin(groups_of_tenures[rows], groups[fold.test])
        model = HazardModel(months).fit(encoded[rows[kept]], month[kept], is_leaving[kept])
        scores[fold.test] = model.chance_to_stay(encoder.transform(table.take(fold.test)))
    tested: NDArray[np.intp] = np.sort(np.concatenate([fold.test for fold in folds]))
    return scores[tested]
