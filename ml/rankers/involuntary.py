"""How attrition is judged when the people whom the employer let go are left out.

Involuntary exits count as attrition, as in the paper: the label says who was still there, not who wanted to be. A
ranker may find them easier or harder to foresee than people who leave by themselves, so the same out-of-fold scores are
judged once more without them (design section 4). Who is let go after having stayed long enough counts as a stayer both
times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers import metrics
from ml.rankers.judge import texts

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.rankers.judge import Judge

INVOLUNTARY = "involuntary"


def without_involuntary(
    tested: pa.Table, tenure_table: pa.Table, votes: NDArray[np.float64], *, judge: Judge
) -> dict[str, Any]:
    """Measure attrition with involuntary leavers left out of the evaluation.

    Parameters
    ----------
    tested : pyarrow.Table with n_tested rows
        Identifiers of the tested rows.
    tenure_table : pyarrow.Table
        Everybody who started work, sorted by ``application_id``, with the ``end_reason`` known as of its date.
    votes : ndarray of shape (n_tested,), in [0, 1]
        Out of fold.
    judge : Judge
        Of the tested rows; the rest is judged over the same kind of pairs.

    Returns
    -------
    dict
        ``leavers`` tested, those ``involuntary`` and those of ``unknown`` reason, who stay in; a ``sentence`` on them;
        ``auc`` (the headline, with its interval and ``pairs``) and ``accuracy`` (attrition accuracy, a proportion),
        both None where no leaver has a reason on record.
    """
    left = judge.labels == 0
    places = np.searchsorted(texts(tenure_table, "application_id"), texts(tested, "application_id"))
    reasons = texts(tenure_table, "end_reason")[places]
    involuntary, unknown = left & (reasons == INVOLUNTARY), left & (reasons == "")
    counts = {"leavers": int(left.sum()), "involuntary": int(involuntary.sum()), "unknown": int(unknown.sum())}
    found = {**counts, "sentence": _sentence(**counts), "auc": None, "accuracy": None}
    if counts["unknown"] == counts["leavers"]:
        return found
    rows = np.flatnonzero(~involuntary)
    rest = judge.take(rows)
    values, replicates = rest.headline(votes[rows])
    auc = {**metrics.bounds(float(values[0]), replicates[:, 0]), "pairs": rest.pairs}
    return {**found, "auc": auc, "accuracy": metrics.reject_option(rest.labels, votes[rows])["yield"]}


def _sentence(*, leavers: int, involuntary: int, unknown: int) -> str:
    if unknown == leavers:
        return (
            f"Of the {leavers:,} leavers tested, none has a reason on record, so it is not known how many left "
            "involuntarily, nor how the ranker does without them."
        )
    sentence = f"Of the {leavers:,} leavers tested, {involuntary:,} left involuntarily."
    return f"{sentence} No reason is on record for {unknown:,} of them; these stay in." if unknown else sentence
