"""Leaks: does one feature alone give the label away, or does its being filled? (design section 5, point 5).

A leak is a column that knows the outcome, or that is filled once the outcome is known, or that names people. It is told
from an honest strong feature by how well one column alone can possibly do; every bound below says where it comes from,
and ``docs/adr/0012`` weighs them. All measures are out of sample, with intervals, and it is the cautious end of an
interval that must pass a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from expectations.identifiers import identifies
from expectations.separation import (
    Estimate,
    Shares,
    clustered_auc,
    count_clusters,
    cross_fitted_log_odds,
    level_codes,
    named_share,
    shares,
)
from expectations.twins import RowHash, Twins, find_twins
from ml.rankers.metrics import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.contract import Feature
    from ml.rankers.folds import Fold, LabelledRows

# The best methods of selection together (a test of mental ability and one of integrity, R = .65 once unreliability and
# range restriction are taken out: Schmidt and Hunter, Psychological Bulletin 124, 1998) come to an AUC of .89. One
# column surely above that was not there when the application came.
HIGHEST_AUC = 0.9
# The best single method there (work samples, .54) comes to .82. Above .85 a column is believed where others come near
# it; where it knows far more than all of them together, it is not.
UNUSUAL_AUC = 0.85
MOST_AHEAD = 0.1
# A likelihood ratio above 10 settles a question (Jaeschke, Guyatt and Sackett, JAMA 271, 1994). That somebody answered
# may say a little of the outcome; it does not settle it, unless the answer came after. Few rows settle nothing.
HIGHEST_RATIO = 10
FEWEST_FILLED = 0.1
# A column with an AUC of .93 and normal scores names half of the rarer label above all but 2% of the other.
MOST_NAMED, NEARLY_NONE = 0.5, 0.02
# Fewer people or requisitions of a label than this tell nothing.
FEWEST = 10
# Values that nearly all rows of a requisition share are the requisition's: there are as many of them as requisitions.
MOST_VALUES_SHARED = 1.1
# A column is filled after the outcome if surely less than this share of its values was on record before it.
FEWEST_FILLED_BEFORE = 0.1
# Rows known outright raise an AUC by about .4 of their share: this many come to the .02 that decides a promotion.
MOST_TWINS = 0.05
FOLDS = 5


@dataclass(frozen=True)
class Reading:
    """What one feature says of the label by itself.

    Attributes
    ----------
    name : str
        The feature.
    rows : int
        Labels that it was held against.
    alone : Estimate or None
        AUC of its values, missing being one of them; None where there is too little to judge.
    where_filled : Estimate or None
        AUC of its values among the rows that have one; None where all have, or too few.
    being_filled : Estimate or None
        AUC of whether there is a value; None where all rows have one, or none has.
    filled : Shares or None
        Share of each label's rows that have a value; None as for ``being_filled``.
    named : Shares or None
        Share of the rarer label above all but a few of the other; None where there are too few rows for it.
    identity : str or None
        Why it looks like an identifier, None if it does not.
    """

    name: str
    rows: int
    alone: Estimate | None
    where_filled: Estimate | None
    being_filled: Estimate | None
    filled: Shares | None
    named: Shares | None
    identity: str | None


@dataclass(frozen=True)
class Examination:
    """What all features say, each alone, and what they say together.

    Attributes
    ----------
    readings : tuple of Reading
        In the order of the contract.
    together : Estimate or None
        AUC of those features together, as naive Bayes adds them up, that are above suspicion.
    twins, near_twins : Twins
        Rows trained on and tested on: alike in every value, and alike in every level or bin.
    rows : int
        Labels examined.
    """

    readings: tuple[Reading, ...]
    together: Estimate | None
    twins: Twins
    near_twins: Twins
    rows: int


def examine(
    columns: Iterable[tuple[Feature, pa.ChunkedArray]], rows: LabelledRows, folds: Sequence[Fold]
) -> Examination:
    """Measure every feature of a training set.

    Parameters
    ----------
    columns : iterable of (Feature, pyarrow.ChunkedArray of length n_rows)
        Read one by one: no two are held at a time.
    rows : LabelledRows
        Labels, people, requisitions and times, aligned with the columns.
    folds : sequence of Fold
        Of the ranker's validation, for duplicates across them.

    Returns
    -------
    Examination
        The same for any order of the columns.
    """
    persons = _Units.of(rows, "candidate")
    requisitions = _Units.of(rows, "requisition")
    labels, rarer = rows.labels, int(min(rows.labels.sum(), len(rows.labels) - rows.labels.sum()))
    exact, near, total = RowHash(len(labels)), RowHash(len(labels)), np.zeros(len(labels))
    readings = []
    for feature, column in columns:
        codes = level_codes(column, kind=feature.kind, rarer=rarer)
        exact.add(codes if feature.kind == "categorical" else column.cast("float64").to_numpy().view(np.int64))
        near.add(codes)
        units = requisitions if requisitions.share(codes) else persons
        identity = identifies(column, owners=units.clusters, times=rows.entered_at)
        reading, scores = _read(feature.name, codes, labels, units, identity)
        readings.append(reading)
        if not _is_suspect(reading):
            total += scores
    together = clustered_auc(total, labels, persons.clusters) if persons.are_enough(labels) else None
    twins, near_twins = (find_twins(hashes.values, labels, folds, fewest=FEWEST) for hashes in (exact, near))
    return Examination(tuple(readings), together, twins, near_twins, len(labels))


def finding(reading: Reading, together: Estimate | None) -> str | None:
    """Say what is implausible about a feature, None if nothing is.

    Parameters
    ----------
    reading : Reading
        Of the feature.
    together : Estimate or None
        AUC of the features above suspicion together.
    """
    said = [reading.identity] if reading.identity else []
    rows = f"{reading.rows:,} labels"
    beside = f", all features above suspicion together {together}" if together else ""
    if reading.filled and _is_given_away_by_filling(reading, together):
        said.append(
            f"{_percent(reading.filled.positives)} of the positives and {_percent(reading.filled.negatives)} of the "
            f"negatives have a value (AUC of having one {reading.being_filled} on {rows}{beside})"
        )
    elif _is_implausible(reading.alone, together):
        said.append(f"alone it ranks {rows} with an AUC of {reading.alone}{beside}")
    elif _is_implausible(reading.where_filled, together):
        said.append(f"where it has a value, of {rows}, it alone ranks with an AUC of {reading.where_filled}{beside}")
    elif reading.named and _names_many(reading.named):
        said.append(
            f"some of its values hold {_percent(reading.named.positives)} of the positives and "
            f"{_percent(reading.named.negatives)} of the negatives of {rows}"
        )
    return "; ".join(said) or None


@dataclass(frozen=True)
class Arrival:
    """When the values of one feature came into the record, over the applications that a ranker learns from.

    Attributes
    ----------
    before, after : int
        Applications that were on record before their outcome was, and had a first value by then, or only after.
    late : int
        Applications first recorded after their outcome, with a value: those that the feature is read from.
    """

    before: int
    after: int
    late: int


def arrival_finding(arrival: Arrival) -> str | None:
    """Say that the versions on record prove a feature to be filled after the outcome, None if they do not.

    An application that was on record without the value, and got it in a version after its outcome, is a proof. The
    feature itself is empty there, since it is read as submitted; it has values where applications were recorded late.
    """
    total = arrival.before + arrival.after
    if not arrival.late or wilson_interval(arrival.before, total)[1] >= FEWEST_FILLED_BEFORE:
        return None
    return (
        f"of {total:,} applications that were on record before their outcome, {arrival.before:,} had its value by then "
        f"and {arrival.after:,} got it after; the {arrival.late:,} that have it here were recorded after their outcome"
    )


def twins_finding(examination: Examination) -> str | None:
    """Say that rows are trained on and tested on under different names, None if they are not.

    Rows that are alike by accident are many where features are coarse; they block only where the label of one tells
    the label of the other better than any feature could.
    """
    for kind, twins in (("the same in every value", examination.twins), ("nearly the same", examination.near_twins)):
        if twins.share > MOST_TWINS and twins.auc and twins.auc.low > HIGHEST_AUC:
            return f"{_twins_sentence(kind, twins)}, whose labels tell theirs with an AUC of {twins.auc}"
    return None


def notes(examination: Examination) -> tuple[str, ...]:
    """Say what a reviewer should know although it stops nothing: which features are the strongest."""
    judged = [
        (reading.alone.value, f"{reading.name} {reading.alone}") for reading in examination.readings if reading.alone
    ]
    strongest = ", ".join(said for _, said in sorted(judged, reverse=True)[:3])
    said = [f"Of {examination.rows:,} labels, the strongest features alone, by AUC: {strongest or 'too few to judge'}"]
    said += [f"All features above suspicion together, by AUC: {examination.together}"] if examination.together else []
    return tuple(said)


def twins_notes(examination: Examination) -> tuple[str, ...]:
    """Say how many rows have a twin that stops nothing."""
    twins = examination.twins
    if not twins.rows:
        return ()
    told = f"their labels tell theirs with an AUC of {twins.auc}" if twins.auc else "too few of one label to judge them"
    return (f"{_twins_sentence('the same in every value', twins)}: {told}",)


@dataclass(frozen=True)
class _Units:
    """What counts as one observation: a number per row, and the fold that it is in."""

    clusters: NDArray[np.intp]
    fold: NDArray[np.intp]

    @staticmethod
    def of(rows: LabelledRows, kind: str) -> _Units:
        from ml.rankers.folds import grouped_folds

        names = rows.candidates if kind == "candidate" else rows.requisitions
        fold = np.empty(len(names), dtype=np.intp)
        for number, part in enumerate(grouped_folds(rows, n_folds=FOLDS, seed=0, group_by=kind)):
            fold[part.test] = number
        return _Units(np.unique(names, return_inverse=True)[1], fold)

    def share(self, codes: NDArray[np.intp]) -> bool:
        """Whether nearly all rows of a unit have the same level."""
        size = int(codes.max(initial=0)) + 1
        values = len(np.unique(self.clusters * size + codes))
        return values <= MOST_VALUES_SHARED * count_clusters(self.clusters)

    def only(self, chosen: NDArray[np.bool_]) -> _Units:
        return _Units(self.clusters[chosen], self.fold[chosen])

    def are_enough(self, labels: NDArray[np.int8]) -> bool:
        return all(count_clusters(self.clusters[labels == label]) >= FEWEST for label in (0, 1))


def _read(
    name: str, codes: NDArray[np.intp], labels: NDArray[np.int8], units: _Units, identity: str | None
) -> tuple[Reading, NDArray[np.float64]]:
    """Measure one feature, and give the scores that it ranks by, shape (n_rows,)."""
    if not units.are_enough(labels):
        return Reading(name, len(labels), None, None, None, None, None, identity), np.zeros(len(labels))
    scores = cross_fitted_log_odds(codes, labels, units.fold)
    is_filled = codes > 0
    is_partly_filled = is_filled.any() and not is_filled.all()
    towards_rarer = scores if labels.sum() <= len(labels) / 2 else -scores
    reading = Reading(
        name=name,
        rows=len(labels),
        alone=clustered_auc(scores, labels, units.clusters),
        where_filled=_where_filled(codes, labels, units) if is_partly_filled else None,
        being_filled=_alone(is_filled.astype(np.intp), labels, units) if is_partly_filled else None,
        filled=shares(is_filled, labels, units.clusters) if is_partly_filled else None,
        named=named_share(towards_rarer, labels, units.clusters, nearly_none=NEARLY_NONE),
        identity=identity,
    )
    return reading, scores


def _where_filled(codes: NDArray[np.intp], labels: NDArray[np.int8], units: _Units) -> Estimate | None:
    chosen = codes > 0
    among = units.only(chosen)
    return _alone(codes[chosen], labels[chosen], among) if among.are_enough(labels[chosen]) else None


def _alone(codes: NDArray[np.intp], labels: NDArray[np.int8], units: _Units) -> Estimate:
    return clustered_auc(cross_fitted_log_odds(codes, labels, units.fold), labels, units.clusters)


def _is_suspect(reading: Reading) -> bool:
    aucs = (reading.alone, reading.where_filled, reading.being_filled)
    is_unusual = any(auc is not None and auc.low > UNUSUAL_AUC for auc in aucs)
    return is_unusual or bool(finding(reading, None))


def _is_given_away_by_filling(reading: Reading, together: Estimate | None) -> bool:
    filled = reading.filled
    if filled is None:
        return False
    pairs = _both_ways(filled)
    settles = any(one.low >= FEWEST_FILLED and one.low > HIGHEST_RATIO * other.high for one, other in pairs)
    return settles or _is_implausible(reading.being_filled, together)


def _is_implausible(auc: Estimate | None, together: Estimate | None) -> bool:
    if auc is None:
        return False
    is_far_ahead = together is not None and auc.low > UNUSUAL_AUC and auc.low > together.high + MOST_AHEAD
    return auc.low > HIGHEST_AUC or is_far_ahead


def _names_many(named: Shares) -> bool:
    return any(one.low > MOST_NAMED and other.high < NEARLY_NONE for one, other in _both_ways(named))


def _both_ways(found: Shares) -> tuple[tuple[Estimate, Estimate], tuple[Estimate, Estimate]]:
    return (found.positives, found.negatives), (found.negatives, found.positives)


def _twins_sentence(kind: str, twins: Twins) -> str:
    return f"{twins.rows:,} of {twins.tested:,} tested rows ({twins.share:.1%}) are {kind} as rows trained on"


def _percent(share: Estimate) -> str:
    return f"{100 * share.value:.3g}% [{100 * share.low:.3g}, {100 * share.high:.3g}]"
