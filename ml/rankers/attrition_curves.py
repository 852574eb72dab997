"""Precision, recall and F1 of attrition over t and delta (the paper's Figure 5).

The paper reads from its figure that a smaller t and a larger delta are better. The F1 of the stayers rises with their
share alone, and that share rises as t falls: so beside each F1 stands what calling everybody a stayer would get, and
the F1 of the leavers, for whom the share works the other way. All combinations are of one cohort, mature for the
largest t + delta, and of the same folds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ml.organisation import ATTRITION_GAP_MONTHS, ATTRITION_MONTHS
from ml.rankers.folds import Fold, LabelledRows, grouped_folds
from ml.rankers.judge import texts
from ml.rankers.metrics import bounds, cluster_weights
from ml.rankers.tenures import Tenures, tenures_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

FOLDS = 10
# A hundred and sixty forests are grown: a quarter of the usual trees, on so many people at most, keep that bounded.
TREES = 25
MOST_ROWS = 4000
# Three of the rarer class per fold; with fewer a combination says nothing.
FEWEST_RARER = 30
GAP = -1
_LARGEST = max(ATTRITION_MONTHS) + max(ATTRITION_GAP_MONTHS)


@dataclass(frozen=True)
class Counts:
    """How many stayed or left, by what was predicted of them.

    Attributes
    ----------
    kept, lost : ndarray of shape (1 + n_replicates,)
        Stayers predicted to stay, and to leave: first in the cohort, then in each bootstrap replicate.
    mistaken, caught : ndarray of shape (1 + n_replicates,)
        Leavers predicted to stay, and to leave.
    """

    kept: NDArray[np.float64]
    lost: NDArray[np.float64]
    mistaken: NDArray[np.float64]
    caught: NDArray[np.float64]

    @property
    def precision(self) -> NDArray[np.float64]:
        """Stayers among those predicted to stay; the paper's attrition accuracy."""
        return _ratio(self.kept, self.kept + self.mistaken)

    @property
    def recall(self) -> NDArray[np.float64]:
        """Those predicted to stay among the stayers."""
        return _ratio(self.kept, self.kept + self.lost)

    @property
    def f1(self) -> NDArray[np.float64]:
        """Harmonic mean of precision and recall of the stayers."""
        return _ratio(2 * self.kept, 2 * self.kept + self.mistaken + self.lost)

    @property
    def no_skill_f1(self) -> NDArray[np.float64]:
        """F1 of calling everybody a stayer, 2p / (1 + p) with p their share: no constant or random guess has more."""
        stayers, everybody = self.kept + self.lost, self.kept + self.lost + self.mistaken + self.caught
        return _ratio(2 * stayers, everybody + stayers)

    @property
    def leavers(self) -> Counts:
        """The same with the classes swapped."""
        return Counts(kept=self.caught, lost=self.mistaken, mistaken=self.lost, caught=self.kept)


def attrition_curves(
    recipe: Pipeline, tenure_table: pa.Table, *, as_of: np.datetime64, lag_days: int
) -> dict[str, Any]:
    """Measure attrition by 10-fold cross-validation, grouped by candidate, for every t and delta.

    Parameters
    ----------
    recipe : Pipeline
        Cloned, with ``TREES`` trees; somebody stays who more than half of them say so of.
    tenure_table : pyarrow.Table
        Everybody who started work.
    as_of : datetime64
        Up to when tenures are known.
    lag_days : int
        The recording lag.

    Returns
    -------
    dict
        ``mature``, ``rows``, ``months``, ``trees`` and ``folds`` say of whom and how; ``combinations`` has for every t
        and delta ``months``, ``gap_months``, ``stayers``, ``leavers``, and with intervals ``precision``, ``recall``,
        ``f1``, ``f1_gain`` (on no skill) and ``leaver_f1``, beside ``no_skill_f1`` and ``leaver_no_skill_f1``; those
        with fewer than ``FEWEST_RARER`` of a class are left out. ``sentences`` say which, and whether the paper's
        trends hold.
    """
    seed = int(recipe["forest"].random_state)
    is_mature = tenures_of(tenure_table).is_over(_LARGEST, as_of, lag_days=lag_days)
    drawn = np.random.default_rng(seed).permutation(np.flatnonzero(is_mature))[:MOST_ROWS]
    cohort = tenure_table.take(np.sort(drawn))
    labels = _label_all(tenures_of(cohort))
    counts = _count_all(recipe, cohort, {key: each for key, each in labels.items() if _is_enough(each)}, seed=seed)
    return {
        "mature": int(is_mature.sum()),
        "rows": cohort.num_rows,
        "months": _LARGEST,
        "trees": TREES,
        "folds": FOLDS,
        "combinations": [{"months": t, "gap_months": delta, **_describe(each)} for (t, delta), each in counts.items()],
        "sentences": [*left_out_sentences(labels), *trend_sentences(counts)],
    }


def labels_of(tenures: Tenures, months: int, gap_months: int) -> NDArray[np.int8]:
    """Label a mature cohort: 0 left within t months, 1 stayed t + delta or longer, ``GAP`` left between."""
    stayed = np.where(tenures.left_within(months + gap_months), GAP, 1)
    return np.where(tenures.left_within(months), 0, stayed).astype(np.int8)


def trend_sentences(counts: dict[tuple[int, int], Counts]) -> list[str]:
    """Say whether F1 is better for a smaller t and for a larger delta, and whether beyond what the shares give.

    Parameters
    ----------
    counts : dict of (t, delta) to Counts
        Of one cohort, on the same replicates.
    """
    months, gaps = (sorted(set(values)) for values in zip(*counts, strict=True)) if counts else ([], [])
    if min(len(months), len(gaps)) < 2 or len(counts) < len(months) * len(gaps):
        return ["Too few stayed or left to say how precision and recall go with t and delta."]
    of_t = {t: [counts[t, delta] for delta in gaps] for t in months}
    of_delta = {delta: [counts[t, delta] for t in months] for delta in gaps}
    return [
        _trend(f"t = {months[-1]} to {months[0]}", of_t[months[-1]], of_t[months[0]]),
        _trend(f"delta = {gaps[0]} to {gaps[-1]}", of_delta[gaps[0]], of_delta[gaps[-1]]),
    ]


def _trend(step: str, before: list[Counts], after: list[Counts]) -> str:
    """Describe a step that the paper found to help, averaged over the other number."""
    f1 = np.mean([a.f1 - b.f1 for b, a in zip(before, after, strict=True)], axis=0)
    share = np.mean([a.no_skill_f1 - b.no_skill_f1 for b, a in zip(before, after, strict=True)], axis=0)
    found, beyond = bounds(float(f1[0]), f1[1:]), bounds(float((f1 - share)[0]), (f1 - share)[1:])
    verdict = _verdict(found, "better, as in the paper", "worse, the other way round than in the paper")
    beyond_share = _verdict(beyond, "reliably better", "reliably worse")
    return (
        f"From {step} months the F1 of the stayers changes by {_signed(found)}: {verdict}. Calling everybody a stayer "
        f"changes it by {share[0]:+.3f}; beyond that it changes by {_signed(beyond)}: {beyond_share}."
    )


def _verdict(change: dict[str, float | None], better: str, worse: str) -> str:
    low, high = change["low"], change["high"]
    if low is None or high is None or low <= 0 <= high:
        return "no reliable difference"
    return better if low > 0 else worse


def _signed(change: dict[str, Any]) -> str:
    return f"{change['value']:+.3f} ({change['low']:+.3f} to {change['high']:+.3f})"


def left_out_sentences(labels: Mapping[tuple[int, int], NDArray[np.int8]]) -> list[str]:
    """Say in a sentence which t, or t and delta, have too few of a class; none where all have enough.

    Parameters
    ----------
    labels : dict of (t, delta) to ndarray of shape (n_rows,)
        As :func:`labels_of` gives them.
    """
    found = {}
    for (months, gap_months), each in labels.items():
        leavers, stayers = _class_sizes(each)
        # Who left within t months does not depend on delta.
        if leavers < FEWEST_RARER:
            found[f"t = {months}"] = f"{leavers} leavers"
        elif stayers < FEWEST_RARER:
            found[f"t = {months} with delta = {gap_months}"] = f"{stayers} stayers"
    named = ", ".join(f"{which} ({size})" for which, size in found.items())
    return [f"Left out, as {FEWEST_RARER} leavers and as many stayers are needed: {named}."] if found else []


def _label_all(tenures: Tenures) -> dict[tuple[int, int], NDArray[np.int8]]:
    combinations = product(ATTRITION_MONTHS, ATTRITION_GAP_MONTHS)
    return {(months, gap_months): labels_of(tenures, months, gap_months) for months, gap_months in combinations}


def _class_sizes(labels: NDArray[np.int8]) -> tuple[int, int]:
    return int((labels == 0).sum()), int((labels == 1).sum())


def _is_enough(labels: NDArray[np.int8]) -> bool:
    return min(_class_sizes(labels)) >= FEWEST_RARER


def _count_all(
    recipe: Pipeline, cohort: pa.Table, labels: Mapping[tuple[int, int], NDArray[np.int8]], *, seed: int
) -> dict[tuple[int, int], Counts]:
    """Cross-validate every combination, all on the same folds and replicates."""
    if not labels:
        return {}
    folds, weights = _folds(tenures_of(cohort), cohort, seed=seed), _weights(cohort, seed=seed)
    return {key: count(each, _predict(recipe, cohort, each, folds), weights) for key, each in labels.items()}


def count(labels: NDArray[np.int8], stays: NDArray[np.bool_], weights: NDArray[np.float64]) -> Counts:
    """Count a cohort by label and prediction.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        As :func:`labels_of` gives them; a gap counts nowhere.
    stays : ndarray of bool, shape (n_rows,)
        Whether staying is predicted.
    weights : ndarray of shape (1 + n_replicates, n_rows)
        How often each row counts; the first row is all ones.
    """
    cells = [(labels == label) & (stays == predicted) for label in (1, 0) for predicted in (True, False)]
    return Counts(*(weights @ cell for cell in cells))


def _weights(cohort: pa.Table, *, seed: int) -> NDArray[np.float64]:
    drawn = cluster_weights(texts(cohort, "candidate_id"), np.random.default_rng(seed))
    return np.stack([np.ones(cohort.num_rows), *drawn])


def _folds(tenures: Tenures, cohort: pa.Table, *, seed: int) -> list[Fold]:
    started = tenures.started_on.astype("datetime64[us]")
    rows = LabelledRows(
        labels=(~tenures.left_within(max(ATTRITION_MONTHS))).astype(np.int8),
        candidates=texts(cohort, "candidate_id"),
        requisitions=texts(cohort, "requisition_id"),
        entered_at=started,
        matured_at=started,
        labelled_at=tenures.started_known_at,
    )
    return grouped_folds(rows, n_folds=FOLDS, seed=seed)


def _predict(recipe: Pipeline, cohort: pa.Table, labels: NDArray[np.int8], folds: list[Fold]) -> NDArray[np.bool_]:
    """Predict everybody's staying by a forest of the other folds; the gap teaches nothing."""
    from sklearn.base import clone

    stays = np.zeros(cohort.num_rows, dtype=bool)
    for fold in folds:
        train = fold.train[labels[fold.train] != GAP]
        fitted = clone(recipe).set_params(forest__n_estimators=TREES, forest__oob_score=False)
        fitted.fit(cohort.take(train), labels[train])
        stays[fold.test] = fitted.predict(cohort.take(fold.test)) == 1
    return stays


def _describe(counts: Counts) -> dict[str, Any]:
    leavers = counts.leavers
    measured = {
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
        "f1_gain": counts.f1 - counts.no_skill_f1,
        "leaver_f1": leavers.f1,
    }
    return {
        "stayers": int(counts.kept[0] + counts.lost[0]),
        "leavers": int(leavers.kept[0] + leavers.lost[0]),
        **{name: bounds(float(values[0]), values[1:]) for name, values in measured.items()},
        "no_skill_f1": float(counts.no_skill_f1[0]),
        "leaver_no_skill_f1": float(leavers.no_skill_f1[0]),
    }


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; of nobody, it is 0, as scikit-learn has it."""
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
