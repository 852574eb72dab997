"""Validity: whether a score goes with what it should mean, interviews passed afterwards and people staying.

A screen that picks who later does well is valid; one that only repeats who was picked before is not. Only people who
got that far have the outcome, so of the others nothing is said, and the narrower the choice, the weaker what is left to
see (restriction of range).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.judge import FEWEST_PAIRS
from reports.formats import count, decimal, decimals
from reports.group_rates import pooled_auc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_OUTCOMES = {
    "interviews": ("passed the interviews held afterwards", "was interviewed after reaching its stage"),
    "tenure": ("stayed once hired", "was hired and has a known tenure"),
}


def validity(ranker: str, rows: Sequence[tuple[Any, ...]], *, seed: int) -> list[dict[str, Any]]:
    """Compare out-of-fold scores with interviews passed afterwards and with really staying.

    Parameters
    ----------
    ranker : {"quality", "onboard", "attrition"}
        Staying is what attrition is trained on: for it only interviews are compared.
    rows : sequence of (candidate_id, requisition_id, score, passed or None, stayed or None)
        Of one version; the score in [0, 1].
    seed : int
        Of the bootstrap.

    Returns
    -------
    list of dict
        Per outcome ``outcome``, ``applications`` with it, ``positives`` among them, ``auc`` with interval and pairs,
        ``rank_correlation`` with interval, and a ``sentence``. The rank correlation is rank-biserial, 2 AUC - 1, in
        [-1, 1]: 0 for chance. Both are None where there are fewer than 1,000 pairs to compare.
    """
    people = np.array([row[0] for row in rows], dtype=object)
    requisitions = np.array([row[1] for row in rows], dtype=object)
    scores = np.array([row[2] for row in rows], dtype=np.float64)
    columns = {"interviews": 3} if ranker == "attrition" else {"interviews": 3, "tenure": 4}
    found = []
    for name, place in columns.items():
        known = np.array([row[place] is not None for row in rows], dtype=bool)
        labels = np.array([row[place] for row in rows if row[place] is not None], dtype=np.int8)
        auc = None
        if _pairs(labels) >= FEWEST_PAIRS:
            auc = pooled_auc(labels, scores[known], requisitions[known], people[known], seed=seed)
        found.append(_describe(name, labels, auc))
    return found


def _pairs(labels: NDArray[np.int8]) -> int:
    positives = int(labels.sum())
    return positives * (len(labels) - positives)


def _describe(name: str, labels: NDArray[np.int8], auc: dict[str, Any] | None) -> dict[str, Any]:
    applications, positives = len(labels), int(labels.sum())
    return {
        "outcome": name,
        "applications": applications,
        "positives": positives,
        "auc": auc,
        "rank_correlation": auc and {key: 2 * auc[key] - 1 for key in ("value", "low", "high")},
        "sentence": _verdict(name, auc) if auc else _too_few(name, applications, positives),
    }


def _too_few(name: str, applications: int, positives: int) -> str:
    outcome, reached = _OUTCOMES[name]
    if not applications:
        return f"Whether the score goes with who {outcome} cannot be measured: nobody tested {reached}."
    return (
        f"Whether the score goes with who {outcome} cannot be measured: "
        f"{count(positives)} of {count(applications)} did, which leaves too few pairs to compare."
    )


def _verdict(name: str, auc: dict[str, Any]) -> str:
    numbers = f"AUC {decimal(auc['value'])} ({decimals((auc['low'], auc['high']))}), {count(auc['pairs'])} pairs"
    if auc["low"] > 0.5:
        verdict = "goes with"
    elif auc["high"] < 0.5:
        verdict = "goes against"
    else:
        verdict = "does not reliably go with"
    return f"The score {verdict} who {_OUTCOMES[name][0]}: {numbers}."
