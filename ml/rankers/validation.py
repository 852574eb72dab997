"""How well a recipe ranks people it was not trained on (design section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers import metrics
from ml.rankers.judge import FEWEST_PAIRS, texts
from ml.rankers.remarks import remarks

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.rankers.folds import Fold
    from ml.rankers.judge import Judge
    from ml.rankers.out_of_fold import OutOfFold, Plan


def measure(
    table: pa.Table, scores: OutOfFold, *, judge: Judge, plan: Plan, probabilities: NDArray[np.float64]
) -> dict[str, Any]:
    """Compute everything that is reported of a validation.

    Returns
    -------
    dict
        Of what JSON can hold; see the keys below, each described where it is computed.
    """
    tested = table.take(scores.rows)
    requisitions, labels = texts(tested, "requisition_id"), judge.labels
    order = np.empty(len(labels), dtype=np.int64)
    order[np.lexsort((texts(tested, "application_id"), -scores.frequencies, -scores.votes))] = np.arange(len(labels))
    auc, baselines = _aucs(judge, scores), _baselines(judge, scores)
    return {
        "remarks": remarks({"auc": auc, "baselines": baselines}),
        "rows": table.num_rows,
        "tested": len(labels),
        "tested_positives": int(labels.sum()),
        "validation": plan.sentence,
        "is_temporal": plan.is_temporal,
        "folds": [_describe_fold(fold, table) for fold in plan.folds],
        "auc": auc,
        **_average_precision(judge.average_precision(scores.votes), 0),
        "base_rate": float(labels.mean()),
        "baselines": baselines,
        "precision_at_k": judge.precision_at(order, groups=requisitions),
        "reject_option": metrics.reject_option(labels, scores.votes),
        "largest_requisitions": metrics.reject_option_of_largest(labels, scores.votes, groups=requisitions),
        "yield_per_bin": metrics.yield_per_bin(labels, scores.votes),
        "calibration": metrics.calibration(labels, probabilities),
        "rank_seen": _by_rank_seen(tested, judge, scores),
    }


def _aucs(judge: Judge, scores: OutOfFold) -> dict[str, Any]:
    """Within groups and pooled, of votes and frequencies, and by how much frequencies order better."""
    within, pooled = judge.within(scores.votes, scores.frequencies), judge.pooled(scores.votes, scores.frequencies)
    headline = pooled if judge.is_pooled else within
    difference = headline[1][:, 1] - headline[1][:, 0]
    return {
        "headline": {"kind": judge.kind, **_estimate(headline, 0)},
        "within": {"groups": judge.group_kind, "pairs": judge.pairs, **_estimate(within, 0)},
        "pooled": _estimate(pooled, 0),
        "frequencies": _estimate(headline, 1),
        "frequencies_gain": metrics.bounds(float(headline[0][1] - headline[0][0]), difference),
        "bootstrap_by": judge.cluster_kind,
        "sentence": _auc_sentence(judge, _estimate(headline, 0)),
    }


def _auc_sentence(judge: Judge, estimate: dict[str, Any]) -> str:
    numbers = f"AUC {judge.kind} {estimate['value']:.3f} ({estimate['low']:.3f} to {estimate['high']:.3f})"
    if not judge.is_pooled:
        return f"{numbers}, {judge.pairs:,} pairs."
    if judge.pairs < FEWEST_PAIRS:
        return f"{numbers}: the {judge.pairs:,} pairs within {judge.group_kind} are too few to judge by."
    return f"{numbers}: everybody is of one {judge.single_group}, there is nothing to compare within."


def _baselines(judge: Judge, scores: OutOfFold) -> dict[str, Any]:
    """Each baseline's headline AUC, what the forest's votes gain on it, and its average precision."""
    names, baselines = list(scores.baselines), scores.baselines.values()
    values, replicates = judge.headline(scores.votes, *baselines)
    average_precision = judge.average_precision(*baselines)
    return {
        name: {
            **_estimate((values, replicates), k),
            **_average_precision(average_precision, k - 1),
            "gain": metrics.bounds(float(values[0] - values[k]), replicates[:, 0] - replicates[:, k]),
        }
        for k, name in enumerate(names, start=1)
    }


def _by_rank_seen(tested: pa.Table, judge: Judge, scores: OutOfFold) -> list[dict[str, Any]]:
    """Pooled AUC of blind decisions and of those taken with a rank in view, apart."""
    seen = tested["rank_seen"].to_numpy(zero_copy_only=False).astype(bool)
    parts = []
    for flag in (False, True):
        rows = np.flatnonzero(seen == flag)
        auc, interval = None, None
        if len(rows):
            values, replicates = judge.take(rows).pooled(scores.votes[rows])
            auc, interval = _finite(float(values[0])), metrics.known_interval(replicates)
        parts.append({"rank_seen": flag, "rows": len(rows), "auc": auc, "auc_interval": interval})
    return parts


def _describe_fold(fold: Fold, table: pa.Table) -> dict[str, Any]:
    labels = table["label"].to_numpy()
    train, test = labels[fold.train], labels[fold.test]
    counts = {"trained": len(train), "trained_positives": int(train.sum())}
    return {"fold": fold.name, **counts, "tested": len(test), "tested_positives": int(test.sum())}


def _average_precision(measured: tuple[NDArray[np.float64], NDArray[np.float64]], k: int) -> dict[str, Any]:
    values, replicates = measured
    interval = metrics.known_interval(replicates[:, k])
    return {"average_precision": float(values[k]), "average_precision_interval": interval}


def _estimate(measured: tuple[NDArray[np.float64], NDArray[np.float64]], k: int) -> dict[str, float | None]:
    return metrics.bounds(float(measured[0][k]), measured[1][:, k])


def _finite(value: float) -> float | None:
    """Give None for what JSON has no number for: the AUC of no pairs."""
    return value if np.isfinite(value) else None
