"""How far the people whom a ranker scores are from those it was trained on, as one number.

A classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017): how well can a model that sees the same features tell
the two apart? It sees differences of values that are usual each but not together, to which the flag of
:mod:`ml.rankers.support` is blind, and says nothing of a single person (docs/adr/0016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.metrics import PairwiseAuc, bounds, cluster_weights
from reports.columns import comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

FOLDS = 5
# Of either side, two in each fold: with fewer requisitions a fold would say of one position what holds of all.
FEWEST_GROUPS = 2 * FOLDS
# Of each side: what limits how well the AUC is known is the number of requisitions; more rows would only take longer.
MOST_ROWS = 5_000
# Twentieths of a number's values, shallow trees and a few columns at a time: a model that sees exact values learns the
# requisitions of its training by heart, which tells nobody of another fold, and then overlooks what does.
_SETTINGS = {"max_iter": 50, "max_bins": 20, "max_depth": 4, "max_features": 0.3, "random_state": 0}


def overlap(trained: pd.DataFrame, scored: pd.DataFrame, features: Sequence[str]) -> dict[str, Any] | None:
    """Measure how well gradient boosting tells scored applications from training rows, out of fold.

    It sees what differs between the people of a requisition. What they share, such as title and department, says which
    positions are open and ranks nobody. Folds are grouped by requisition, or where all applied to the same one, by
    candidate: otherwise the model would know positions by what their applicants have in common.

    Parameters
    ----------
    trained, scored : DataFrame
        With the features, ``requisition_id`` and ``candidate_id``; of more than 5,000 rows so many are drawn.
    features : sequence of str
        Columns that the ranker or the report knows.

    Returns
    -------
    dict or None
        AUC over pairs of one fold, ``value``: .5 for populations that are alike, 1 for those that have nothing in
        common; its interval ``low`` to ``high``, drawn by the same groups; how many ``trained`` and ``scored``. None
        where either side has fewer than ten groups, or no column has more than one value.
    """
    trained, scored = (side.sample(min(len(side), MOST_ROWS), random_state=0) for side in (trained, scored))
    groups, rows = _groups(trained, scored), _rows(trained, scored, _of_people(trained, scored, features))
    if groups is None or rows.empty:
        return None
    is_scored = np.repeat([0, 1], [len(trained), len(scored)])
    fold, chance = _out_of_fold(rows, is_scored, groups)
    auc = PairwiseAuc(is_scored, chance, groups=fold)
    replicates = [auc.value(weights) for weights in cluster_weights(groups, np.random.default_rng(0))]
    return {**bounds(auc.value(), replicates), "trained": len(trained), "scored": len(scored)}


def _groups(trained: pd.DataFrame, scored: pd.DataFrame) -> NDArray[np.object_] | None:
    requisitions = [side["requisition_id"].nunique() for side in (trained, scored)]
    name = "candidate_id" if max(requisitions) == 1 else "requisition_id"
    if min(trained[name].nunique(), scored[name].nunique()) < FEWEST_GROUPS:
        return None
    return np.concatenate([side[name].to_numpy(dtype=object) for side in (trained, scored)])


def _of_people(trained: pd.DataFrame, scored: pd.DataFrame, features: Sequence[str]) -> list[str]:
    """Leave out the features that are the same for all people of every requisition."""
    found = set()
    for side in (trained, scored):
        values = side.groupby("requisition_id")[list(features)].nunique(dropna=False).max()
        found |= set(values.index[values > 1])
    return [name for name in features if name in found]


def _rows(trained: pd.DataFrame, scored: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Put both sides into one frame of numbers and of texts with few levels, which boosting reads as they are."""
    import pandas as pd

    rows = pd.concat(comparable(trained, scored, features), ignore_index=True)
    return rows.astype(dict.fromkeys(rows.select_dtypes(exclude="number"), "category"))


def _out_of_fold(
    rows: pd.DataFrame, is_scored: NDArray[np.int64], groups: NDArray[np.object_]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give each row's fold, and the chance to be scored that the model of the others gives it."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedGroupKFold
    from threadpoolctl import threadpool_limits

    fold, chance = np.empty(len(rows), dtype=np.intp), np.empty(len(rows))
    splits = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(rows, is_scored, groups)
    # OpenMP threads that wait for a busy core spin: several of them are many times slower than one there.
    with threadpool_limits(1):
        for number, (train, test) in enumerate(splits):
            model = HistGradientBoostingClassifier(**_SETTINGS)
            chance[test] = model.fit(rows.iloc[train], is_scored[train]).predict_proba(rows.iloc[test])[:, 1]
            fold[test] = number
    return fold, chance
