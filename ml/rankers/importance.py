"""What each feature is worth to a ranker: by how much it orders people worse once the feature is torn from them.

Permutation importance (Breiman, 2001), out of fold: the values of a feature are dealt anew among the people that a
fold tests, and its forest, which never saw them, scores them again. The drop is of the headline AUC, with its paired
bootstrap interval. Features that say the same stand in for each other: each alone may then seem to be worth little.
A feature of the requisition ranks nobody within one; its drop says how much the forest leans on it for reading others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.metrics import bounds

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ml.rankers.judge import Judge
    from ml.rankers.out_of_fold import OutOfFold

# Rows that are scored again for every feature. An AUC over ten thousand people is known to about .006, and the drop,
# which is paired, far better; all of a large warehouse would cost minutes and say the same.
MOST_ROWS = 10_000
# Deals of each feature; their drops are averaged.
REPEATS = 3
# The paper found that these barely predict attrition (section 5).
WEAK_IN_THE_PAPER = ("employers_count", "mean_tenure_months")
# What we read "barely" as: a drop of less than so much AUC, and alone an AUC no farther from one half.
BARELY_DROP, BARELY_AUC = 0.01, 0.05


def permutation_importance(table: pa.Table, scores: OutOfFold, *, judge: Judge) -> list[dict[str, Any]]:
    """Measure every feature of the contract; the columns that it became are dealt together.

    Parameters
    ----------
    table : pyarrow.Table with n_rows rows
        The recipe's features.
    scores : OutOfFold
        With the fitted recipe of each fold.
    judge : Judge
        Of the tested rows. Whole clusters of them are drawn until there are ``MOST_ROWS``.

    Returns
    -------
    list of dict
        ``feature``; ``drop`` of the headline AUC with its interval; ``alone``, the headline AUC of ranking by the
        feature itself, the higher value (or code of a category) first and missing at the median, None for a feature
        of several columns or of one value. The largest drop first, ties by name.
    """
    chosen = _draw(judge)
    part, judge = scores.take(chosen), judge.take(chosen)
    matrices = {name: _encode(part, table, name) for name in part.recipes}
    random = np.random.default_rng(judge.seed)
    found = []
    for feature in _columns(next(iter(part.recipes.values()))):
        deals = [_score(part, matrices, feature, random) for _ in range(REPEATS)]
        alone = _alone(part, matrices, feature)
        values, replicates = judge.headline(part.votes, *deals, *([] if alone is None else [alone]))
        drops = replicates[:, :1] - replicates[:, 1 : 1 + REPEATS]
        drop = bounds(float((values[0] - values[1 : 1 + REPEATS]).mean()), drops.mean(axis=1))
        by_itself = None if alone is None else bounds(float(values[-1]), replicates[:, -1])
        found.append({"feature": feature, "drop": drop, "alone": by_itself})
    return sorted(found, key=lambda each: (-(each["drop"]["value"] or 0.0), each["feature"]))


def weak_features_sentence(importance: list[dict[str, Any]]) -> str | None:
    """Say whether number of employers and mean tenure barely predict attrition, as the paper found.

    None where the contract has them not.

    It holds if for both the drop's interval ends below .01 and the AUC alone lies in .45 to .55 with all of its
    interval. It does not if for one of them the drop, or the distance of the AUC from one half, is larger with all of
    its interval. Else it cannot be told.
    """
    found = {each["feature"]: each for each in importance}
    if not all(name in found for name in WEAK_IN_THE_PAPER):
        return None
    measured = [found[name] for name in WEAK_IN_THE_PAPER]
    claim = "The paper found that number of employers and mean tenure barely predict attrition"
    if not all(each["alone"] for each in measured):
        return f"{claim}: the data here does not say, it lacks one of them."
    if all(_is_weak(each) for each in measured):
        verdict = "that holds here"
    elif any(_is_strong(each) for each in measured):
        verdict = "that does not hold here"
    else:
        verdict = "here it cannot be told"
    numbers = "; ".join(_numbers(each) for each in measured)
    return f"{claim}: {verdict}. {numbers}."


def _is_weak(each: dict[str, Any]) -> bool:
    drop, alone = each["drop"], each["alone"]
    return bool(drop["high"] < BARELY_DROP and alone["low"] > 0.5 - BARELY_AUC and alone["high"] < 0.5 + BARELY_AUC)


def _is_strong(each: dict[str, Any]) -> bool:
    drop, alone = each["drop"], each["alone"]
    return bool(drop["low"] > BARELY_DROP or alone["high"] < 0.5 - BARELY_AUC or alone["low"] > 0.5 + BARELY_AUC)


def _numbers(each: dict[str, Any]) -> str:
    drop, alone = each["drop"], each["alone"]
    return (
        f"{each['feature']}: without it AUC drops by {drop['value']:.3f} ({drop['low']:.3f} to {drop['high']:.3f}), "
        f"alone it has {alone['value']:.3f} ({alone['low']:.3f} to {alone['high']:.3f})"
    )


def _draw(judge: Judge) -> NDArray[np.intp]:
    """Draw whole clusters, at least one, until the next would be one row too many; give the rows, ascending."""
    codes, sizes = np.unique(judge.clusters, return_inverse=True, return_counts=True)[1:]
    order = np.random.default_rng(judge.seed).permutation(len(sizes))
    n_drawn = max(1, int(np.searchsorted(np.cumsum(sizes[order]), MOST_ROWS, side="right")))
    rows: NDArray[np.intp] = np.flatnonzero(np.isin(codes, order[:n_drawn]))
    return rows


def _columns(recipe: Pipeline) -> dict[str, NDArray[np.intp]]:
    """Find the columns that each feature became: ``feature``, or one ``feature=level`` per level."""
    owners = [str(name).partition("=")[0] for name in recipe["encode"].get_feature_names_out()]
    return {owner: np.flatnonzero([owner == other for other in owners]) for owner in dict.fromkeys(owners)}


def _encode(part: OutOfFold, table: pa.Table, fold: str) -> NDArray[np.float32]:
    matrix: NDArray[np.float32] = part.recipes[fold]["encode"].transform(table.take(part.rows[part.fold == fold]))
    return matrix


def _score(
    part: OutOfFold, matrices: dict[str, NDArray[np.float32]], feature: str, random: np.random.Generator
) -> NDArray[np.float64]:
    """Score everybody by their fold's forest with the values of a feature dealt anew within the fold."""
    votes = np.empty(len(part.rows))
    for name, recipe in part.recipes.items():
        matrix = matrices[name].copy()
        columns = _columns(recipe)[feature]
        matrix[:, columns] = matrix[random.permutation(len(matrix))][:, columns]
        votes[part.fold == name] = recipe["forest"].votes(matrix)
    return votes


def _alone(part: OutOfFold, matrices: dict[str, NDArray[np.float32]], feature: str) -> NDArray[np.float64] | None:
    """Give everybody's value of a feature that is one column in every fold, missing at the fold's median.

    None where nobody differs: such a feature orders nobody.
    """
    values = np.empty(len(part.rows))
    for name, recipe in part.recipes.items():
        columns = _columns(recipe)[feature]
        if len(columns) > 1:
            return None
        column = matrices[name][:, columns[0]]
        known = column[~np.isnan(column)]
        values[part.fold == name] = np.where(np.isnan(column), np.median(known) if len(known) else 0.0, column)
    return values if np.ptp(values) > 0 else None
