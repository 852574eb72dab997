"""One past quarter: rankers fitted on what was known at its start, and the people who came during it put in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from psycopg import sql

from ml.backtest.cohort import Cohort, add_up
from ml.backtest.estimates import estimate
from ml.rankers import fitting
from ml.rankers.judge import texts
from ml.rankers.metrics import HIGH
from ml.rankers.recipe import build_recipe
from ml.rankers.risk_sets import tenure_data
from ml.warehouse.arrow import compose, read_arrow
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ml.backtest.quarters import Quarter
    from ml.contract import Feature
    from ml.organisation import Organisation
    from ml.rankers.snapshot import Snapshot
    from ml.warehouse.connection import Warehouse

_SQL = Path(__file__).parent / "sql"

INTERVIEWS = "interviews"
Status = Literal["replayed", "nothing to compare", "no labels", "too few labels"]


@dataclass(frozen=True)
class Replay:
    """What became of one stage of one quarter.

    Attributes
    ----------
    stage : {"quality", "onboard", "attrition", "interviews"}
        A ranker's own stage with its label, or interviews, whose good outcome is a hire.
    status : str
        ``replayed``, ``nothing to compare``, ``no labels`` or ``too few labels``.
    sentence : str
        The status in words, with its numbers.
    snapshots : dict of str to str
        Data hash of the training snapshot of each ranker that ordered people.
    estimates : dict
        Of :func:`ml.backtest.estimates.estimate`, and ``opted_out``: how many were in no order because they had opted
        out of being ranked. Empty unless replayed.
    requisitions : dict
        Of :meth:`ml.backtest.cohort.RequisitionSums.document`; empty unless replayed.
    """

    stage: str
    status: Status
    sentence: str
    snapshots: dict[str, str] = field(default_factory=dict)
    estimates: dict[str, Any] = field(default_factory=dict)
    requisitions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FittedRecipe:
    """The recipe of today, fitted on a snapshot of then. It scores a replay and is not registered."""

    snapshot: Snapshot
    features: tuple[Feature, ...]
    recipe: Pipeline

    def score(self, table: pa.Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return votes, and the leaf frequencies that break their ties, each of shape (n_rows,)."""
        votes, frequencies = self.recipe["forest"].score_both(self.recipe["encode"].transform(table))
        return votes, frequencies


def left_out(ranker: str, status: Status, sentence: str) -> list[Replay]:
    """Say why a ranker's stage is not replayed; interviews, which are for a hire, are not without onboard."""
    stages = [Replay(ranker, status, sentence)]
    if ranker == "onboard":
        stages.append(
            Replay(INTERVIEWS, status, f"{INTERVIEWS}: not put in order without the onboard ranker. {sentence}")
        )
    return stages


def fit_recipe(snapshot: Snapshot, features: tuple[Feature, ...], organisation: Organisation) -> FittedRecipe:
    """Fit the recipe that the organisation's settings give today on a snapshot."""
    table, recipe = snapshot.table(), build_recipe(features, organisation.rankers)
    labels = table["label"].to_numpy().astype(np.int8)
    fitting.fit_recipe(recipe, table, labels, tenures=tenure_data(snapshot, organisation))
    return FittedRecipe(snapshot, features, recipe)


def replay_stages(
    warehouse: Warehouse,
    quarter: Quarter,
    rankers: Mapping[str, FittedRecipe],
    *,
    as_of_date: dt.date,
    seed: int,
) -> list[Replay]:
    """Order the people of a quarter, each stage by its ranker, interviews by the mean of quality and onboard.

    Stages without their ranker are left out, see :func:`left_out`. Who had opted out is in no order, as in production.

    Parameters
    ----------
    warehouse : Warehouse
        Read as the trainer.
    quarter : Quarter
        When the stages were entered.
    rankers : mapping of str to FittedRecipe
        Fitted on what was known at its start; may be empty.
    as_of_date : date
        Outcomes count as far as they were observed then; its labels and features have been built.
    seed : int
        Of the bootstrap.
    """
    replays = []
    for name, fitted in rankers.items():
        people = _read("label_cohort.sql", warehouse, quarter, as_of_date, {name: fitted})
        replays.append(_replay(name, quarter, people, {name: fitted}, seed=seed))
    interviewers = {name: rankers[name] for name in ("quality", "onboard") if name in rankers}
    # Without offers there are no hires to compare.
    if "onboard" in interviewers:
        people = _read("interview_cohort.sql", warehouse, quarter, as_of_date, interviewers)
        replays.append(_replay(INTERVIEWS, quarter, people, interviewers, seed=seed))
    return replays


def _read(
    file: str, warehouse: Warehouse, quarter: Quarter, as_of_date: dt.date, rankers: Mapping[str, FittedRecipe]
) -> pa.Table:
    # A feature may be called like an identifier, and two rankers share most of theirs.
    identifiers = {"application_id", "requisition_id", "stage_entered_at", "label", "is_opted_out"}
    names = dict.fromkeys(feature.name for fitted in rankers.values() for feature in fitted.features)
    features = [sql.Identifier("features", name) for name in names if name not in identifiers]
    statement = compose(
        _SQL / file,
        features=sql.SQL(",\n    ").join(features),
        label_table=sql.Identifier(f"{next(iter(rankers))}_labels"),
        as_of_date=sql.Literal(as_of_date),
        starts_at=sql.Literal(quarter.starts_at),
        ends_at=sql.Literal(quarter.ends_at),
    )
    return read_arrow(warehouse, TRAINER, statement)


def _replay(
    stage: str, quarter: Quarter, people: pa.Table, rankers: Mapping[str, FittedRecipe], *, seed: int
) -> Replay:
    import pyarrow.compute as pc

    ranked = people.filter(pc.invert(people["is_opted_out"]))
    opted_out = people.num_rows - ranked.num_rows
    outcomes = ranked["label"].cast("float64").to_numpy()
    snapshots = {name: fitted.snapshot.data_hash for name, fitted in rankers.items()}
    if not (outcomes == 1).any() or not (outcomes == 0).any():
        sentence = f"{stage}: {quarter.name}: not both outcomes are observed among {len(outcomes):,} people."
        return Replay(stage, "nothing to compare", sentence, snapshots)
    sums = add_up(_put_in_order(stage, ranked, outcomes, rankers))
    estimates = {"opted_out": opted_out, **estimate(sums, seed=seed)}
    sentence = f"{stage}: {quarter.name}: {_describe(estimates)}"
    return Replay(stage, "replayed", sentence, snapshots, estimates, sums.document())


def _put_in_order(
    stage: str, ranked: pa.Table, outcomes: NDArray[np.float64], rankers: Mapping[str, FittedRecipe]
) -> Cohort:
    votes, frequencies = np.mean([fitted.score(ranked) for fitted in rankers.values()], axis=0)
    names, entered = texts(ranked, "application_id"), ranked["stage_entered_at"].to_numpy()
    return Cohort(
        requisitions=texts(ranked, "requisition_id"),
        outcomes=outcomes,
        model_order=_places(np.lexsort((names, entered, -frequencies, -votes))),
        real_order=_places(np.lexsort((names, entered))),
        # The mean of two rankers' votes is not what the line at .55 is for.
        is_above=None if stage == INTERVIEWS else votes > HIGH,
    )


def _places(sequence: NDArray[np.intp]) -> NDArray[np.intp]:
    places = np.empty(len(sequence), dtype=np.intp)
    places[sequence] = np.arange(len(sequence))
    return places


def _describe(estimates: dict[str, Any]) -> str:
    at_k, gain = estimates["at_k"], estimates["at_k"]["gain"]
    interval = "" if gain["low"] is None else f" ({100 * gain['low']:+.1f} to {100 * gain['high']:+.1f})"
    return (
        f"of {at_k['of']:,} taken, the model's order has {at_k['model'] / at_k['of']:.1%} among the first and the real "
        f"one {at_k['real'] / at_k['of']:.1%}, a gain of {100 * gain['value']:+.1f} points{interval}, "
        f"{100 * gain['worst']:+.1f} at worst and {100 * gain['best']:+.1f} at best; "
        f"{estimates['observed']:,} of {estimates['people']:,} outcomes are observed; opted out and in no order: "
        f"{estimates['opted_out']:,}."
    )
