"""Champion against challenger: both refitted before the newest quarter and judged on it (design section 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ml.rankers.judge import make_judge
from ml.rankers.metrics import interval
from ml.rankers.out_of_fold import labelled_rows, plan_folds, score_out_of_fold
from ml.rankers.recipe import RECIPE
from ml.rankers.risk_sets import tenure_data

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from ml.organisation import Organisation
    from ml.rankers.snapshot import Snapshot

Decision = Literal["promote", "reject", "ask"]


@dataclass(frozen=True)
class Comparison:
    """What the challenger gains on the champion.

    Attributes
    ----------
    decision : {"promote", "reject", "ask"}
        ``ask``: inconclusive, a person decides.
    gain, low, high : float
        Challenger's headline AUC less the champion's, with its paired 95% bootstrap interval; 0 where nothing
        was compared.
    sentence : str
        The decision in words, with its numbers.
    """

    decision: Decision
    gain: float
    low: float
    high: float
    sentence: str


def first_version(ranker: str) -> Comparison:
    """Promote a challenger that has no champion to beat; its usable signal was found before."""
    return Comparison("promote", 0.0, 0.0, 0.0, f"{ranker}: promoted, there was no champion.")


def earlier_training(snapshot: Snapshot, champion: str, champion_as_of: str) -> Comparison:
    """Keep a champion that knows more: past quarters are retrained for the record, not to score with."""
    sentence = (
        f"{snapshot.ranker}: not promoted, it knows what was known as of {snapshot.as_of_date}, "
        f"and champion version {champion} what was as of {champion_as_of}."
    )
    return Comparison("reject", 0.0, 0.0, 0.0, sentence)


def rolled_back(snapshot: Snapshot, version: str) -> Comparison:
    """Leave to a person what a person has taken back: the same training data again."""
    sentence = f"{snapshot.ranker}: somebody went back from version {version}, which was trained on the same data."
    return Comparison("ask", 0.0, 0.0, 0.0, f"{sentence} A person decides.")


def another_recipe(snapshot: Snapshot, champion: str, recipe: str | None) -> Comparison:
    """Leave to a person what cannot be compared: the champion's recipe is no longer in the code."""
    which = f"recipe {recipe}" if recipe else "a recipe from before recipes had numbers"
    sentence = (
        f"{snapshot.ranker}: champion version {champion} was fitted by {which}, which this release does not have "
        f"(it has {RECIPE}), so that the two cannot be refitted on the same rows."
    )
    return Comparison("ask", 0.0, 0.0, 0.0, f"{sentence} A person decides.")


def left_to_a_person(comparison: Comparison, because: str) -> Comparison:
    """Make a question of a promotion, for a reason that is no matter of accuracy; other decisions stay."""
    if comparison.decision != "promote":
        return comparison
    sentence = comparison.sentence.replace(": promoted, ", ": would be promoted, ", 1)
    return replace(comparison, decision="ask", sentence=f"{sentence} {because} A person decides.")


def is_same_recipe(one: Pipeline, other: Pipeline) -> bool:
    """Whether two recipes have the same features and settings: refitted on the same rows they are the same model."""

    def settings(recipe: Pipeline) -> dict[str, Any]:
        return {name: value for name, value in recipe.get_params().items() if "__" in name}

    return settings(one) == settings(other)


def compare(challenger: Pipeline, champion: Pipeline, *, snapshot: Snapshot, organisation: Organisation) -> Comparison:
    """Refit both recipes on what was known before the newest testable quarter, and judge them on it.

    Where the labels' dates allow no rolling origin, both are judged by grouped cross-validation instead.
    The same recipe has nothing to gain on itself and is not refitted: what its new version has is newer data, which is
    what retraining is for, so it is promoted.
    The same folds, rows and bootstrap draws serve both, so that the gain is paired.

    Parameters
    ----------
    challenger, champion : Pipeline
        Recipes, fitted or not; they are cloned.
    snapshot : Snapshot
        The challenger's training data.
    organisation : Organisation
        Says how folds are made, and the margin.

    Returns
    -------
    Comparison
        ``promote`` if the gain's lower bound is above minus the margin; ``reject`` if its upper bound is below 0.
    """
    if is_same_recipe(challenger, champion):
        sentence = f"{snapshot.ranker}: promoted, the same recipe, refitted on the data of {snapshot.as_of_date}."
        return Comparison("promote", 0.0, 0.0, 0.0, sentence)
    table, seed, margin = snapshot.table(), organisation.rankers.seed, organisation.promotion.margin
    unknown = sorted({name for name, _ in champion["encode"].features} - set(table.column_names))
    if unknown:
        sentence = f"{snapshot.ranker}: the champion needs {', '.join(unknown)}, which the contract no longer has."
        return Comparison("ask", 0.0, 0.0, 0.0, f"{sentence} A person decides.")
    rows = labelled_rows(table)
    plan, tenures = plan_folds(rows, organisation), tenure_data(snapshot, organisation)
    folds = plan.folds[-1:] if plan.is_temporal else plan.folds
    ours, theirs = (
        score_out_of_fold(recipe, table, rows.labels, folds=folds, tenures=tenures, with_baselines=False)
        for recipe in (challenger, champion)
    )
    judge = make_judge(table.take(ours.rows), ranker=snapshot.ranker, seed=seed)
    values, replicates = judge.headline(ours.votes, theirs.votes)
    low, high = interval(replicates[:, 0] - replicates[:, 1])
    where = f"on {folds[0].name}" if plan.is_temporal else "in cross-validation"
    return _decide(snapshot.ranker, float(values[0] - values[1]), (low, high), margin=margin, where=where)


def _decide(ranker: str, gain: float, bounds: tuple[float, float], *, margin: float, where: str) -> Comparison:
    low, high = bounds
    numbers = f"AUC gain {where} {gain:+.3f} ({low:+.3f} to {high:+.3f})"
    if low > -margin:
        return Comparison("promote", gain, low, high, f"{ranker}: promoted, {numbers}, margin {margin:g}.")
    if high < 0:
        return Comparison("reject", gain, low, high, f"{ranker}: rejected, {numbers}.")
    return Comparison("ask", gain, low, high, f"{ranker}: inconclusive, {numbers}, a person decides.")
