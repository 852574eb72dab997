"""Attrition accuracy with the people who left between t and t + delta months, whom no label calls stayer or leaver.

They are in no training label and no test, so that early leavers and long stayers are told apart clearly. Really, some
of those predicted to stay belong to them, and they did not: the paper's accuracy is given with and without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.attrition_curves import GAP, labels_of
from ml.rankers.fitting import fit_recipe
from ml.rankers.judge import texts
from ml.rankers.metrics import HIGH, reject_option

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ml.rankers.folds import Fold
    from ml.rankers.out_of_fold import OutOfFold
    from ml.rankers.risk_sets import TenureData


def with_gap_leavers(
    recipe: Pipeline,
    table: pa.Table,
    scores: OutOfFold,
    tenures: TenureData,
    *,
    folds: list[Fold],
    months: int,
    gap_months: int,
) -> dict[str, Any]:
    """Score the gap's leavers by forests that did not learn from them, and count them as leavers.

    Over time these are the forests of the quarters in which they started. Folds that are not over time have all learnt
    from them: then they are cross-validated by themselves.

    Parameters
    ----------
    recipe : Pipeline
        Cloned.
    table : pyarrow.Table with n_rows rows
        Observed labels and the recipe's features.
    scores : OutOfFold
        Of its tested rows, with the fitted recipe of each fold.
    tenures : TenureData
        Everybody who started work.
    folds : list of Fold
        Of the validation.
    months, gap_months : int
        t and delta.

    Returns
    -------
    dict
        How many of the ``gap`` were ``scored``: over time those who started in a tested quarter and share their group
        with nobody whom its forest learnt from, else all; how many of these stand ``above`` .55; ``accuracy``, the
        share of real stayers among everybody tested or of the gap above .55, a proportion, None where none was scored;
        a ``sentence``.
    """
    known = tenures.tenures
    is_over = known.is_over(months + gap_months, tenures.as_of, lag_days=tenures.lag_days)
    is_gap = is_over & (labels_of(known, months, gap_months) == GAP)
    if any(fold.origin is None for fold in folds):
        votes = _cross_validated(recipe, table, tenures, np.flatnonzero(is_gap), n_folds=len(folds))
    else:
        chosen = {fold.name: _started_in(fold, table, tenures, is_gap) for fold in folds}
        parts = [_votes(scores.recipes[name], tenures, rows) for name, rows in chosen.items()]
        votes = np.concatenate(parts)
    labels = np.concatenate([table["label"].to_numpy()[scores.rows], np.zeros(len(votes))])
    counts = {"gap": int(is_gap.sum()), "scored": len(votes), "above": int((votes > HIGH).sum())}
    accuracy = reject_option(labels, np.concatenate([scores.votes, votes]))["yield"] if len(votes) else None
    return {**counts, "accuracy": accuracy, "sentence": _sentence(**counts)}


def _cross_validated(
    recipe: Pipeline, table: pa.Table, tenures: TenureData, rows: NDArray[np.intp], *, n_folds: int
) -> NDArray[np.float64]:
    """Score some of the people by forests that learnt from all but their fold of them, dealt by group."""
    from sklearn.base import clone

    labels, groups = table["label"].to_numpy().astype(np.int8), texts(table, tenures.group)
    own = texts(tenures.table.take(rows), tenures.group)
    fold, votes = np.unique(own, return_inverse=True)[1] % n_folds, np.empty(len(rows))
    for each in np.unique(fold):
        tested = fold == each
        learnt = np.flatnonzero(~np.isin(groups, own[tested]))
        fitted = clone(recipe).set_params(forest__oob_score=False)
        fit_recipe(fitted, table.take(learnt), labels[learnt], tenures=tenures, besides=own[tested])
        votes[tested] = _votes(fitted, tenures, rows[tested])
    return votes


def _started_in(fold: Fold, table: pa.Table, tenures: TenureData, is_gap: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Find the gap's leavers who started in the quarter of a fold, whose forest learnt from nobody of their group."""
    origin = np.asarray(fold.origin).astype("datetime64[M]")
    started, group = tenures.tenures.started_on, texts(tenures.table, tenures.group)
    in_quarter = (started >= origin) & (started < origin + 3)
    learnt = np.setdiff1d(group[started < origin], texts(table.take(fold.test), tenures.group))
    rows: NDArray[np.intp] = np.flatnonzero(is_gap & in_quarter & ~np.isin(group, learnt))
    return rows


def _votes(recipe: Pipeline, tenures: TenureData, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    if not len(rows):
        return np.zeros(0)
    votes: NDArray[np.float64] = recipe["forest"].votes(recipe["encode"].transform(tenures.table.take(rows)))
    return votes


def _sentence(*, gap: int, scored: int, above: int) -> str:
    if not gap:
        return "Nobody is known to have left in the gap."
    if not scored:
        return f"Of the {gap:,} who left in the gap, none started in a quarter that was tested."
    which = "all" if scored == gap else f"the {scored:,} who started in a quarter that was tested"
    return (
        f"Of the {gap:,} who left in the gap, {which} are scored by forests that did not learn from them: "
        f"{above:,} stand above .55."
    )
