"""The tasks of ``backtest``: past quarters, each built, gated and replayed as of its own start (docs/adr/0015)."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING

from ml.backtest.quarters import parse_quarter, quarters_between
from ml.errors import ConfigurationError
from ml.jobs import NothingToDoError, ingest
from ml.jobs.builds import invocation_id, newest_features
from ml.jobs.installation import Installation, open_installation

if TYPE_CHECKING:
    from datetime import date

    from ml.backtest.quarters import Quarter
    from ml.backtest.replay import FittedRecipe, Replay
    from ml.jobs.dates import Trigger

_log = logging.getLogger(__name__)


def default_date(trigger: Trigger) -> date:  # noqa: ARG001
    """Give the organisation's own date, or that of the newest features: how far outcomes are known."""
    installation = open_installation()
    return installation.organisation.as_of_date or newest_features(installation.warehouse)


def list_quarters(as_of_date: date, from_quarter: str, to_quarter: str) -> list[str]:
    """Name the quarters to replay.

    Raises
    ------
    ConfigurationError
        A quarter is missing or none, the last is before the first, or has not finished as of the date.
    NotBuiltError
        Outcomes of the date were not built.
    """
    first, last = parse_quarter(from_quarter, "from_quarter"), parse_quarter(to_quarter, "to_quarter")
    if last < first:
        raise ConfigurationError(f"to_quarter: {last.name} is before from_quarter, {first.name}.")
    if last.next.start > as_of_date:
        raise ConfigurationError(f"to_quarter: {last.name} has not finished as of {as_of_date}.")
    warehouse = open_installation().warehouse
    invocation_id(warehouse, as_of_date, "labels")
    invocation_id(warehouse, as_of_date, "features")
    return [quarter.name for quarter in quarters_between(first, last)]


def build(quarter_name: str) -> None:
    """Build labels and features as of the quarter's start."""
    ingest.build(_quarter(quarter_name).start)


def gate(quarter_name: str, as_of_date: date) -> None:
    """Stop unless labels and features as of the quarter's start pass their gates.

    Raises
    ------
    NothingToDoError
        No ranker had enough labels then; this is noted.
    """
    from ml.backtest.records import record_quarter
    from ml.rankers.snapshot import NoLabelsError, TooFewLabelsError, count_enough_labels

    installation, quarter = open_installation(), _quarter(quarter_name)
    refused: dict[str, list[Replay]] = {}
    rankers = installation.organisation.rankers_with_labels
    for ranker in rankers:
        try:
            count_enough_labels(installation.warehouse, installation.organisation, ranker, quarter.start)
        except (NoLabelsError, TooFewLabelsError) as error:
            refused[ranker] = _refused(ranker, error)
    if len(refused) == len(rankers):
        record_quarter(installation.warehouse, as_of_date, quarter, chain.from_iterable(refused.values()))
        reasons = " ".join(own.sentence for own, *_ in refused.values())
        raise NothingToDoError(f"{quarter.name} is left out. {reasons}")
    ingest.gate_labels(quarter.start)
    ingest.gate_features(quarter.start)


def replay(quarter_name: str, as_of_date: date) -> None:
    """Fit the rankers on what was known at the quarter's start, and order the people who came during it."""
    from ml.backtest.records import record_quarter
    from ml.backtest.replay import replay_stages
    from ml.rankers.snapshot import NoLabelsError, TooFewLabelsError

    installation, quarter = open_installation(), _quarter(quarter_name)
    organisation = installation.organisation
    fitted: dict[str, FittedRecipe] = {}
    refused: list[Replay] = []
    for ranker in organisation.rankers_with_labels:
        try:
            fitted[ranker] = _fit(installation, ranker, quarter)
        except (NoLabelsError, TooFewLabelsError) as error:
            refused += _refused(ranker, error)
    replayed = replay_stages(
        installation.warehouse, quarter, fitted, as_of_date=as_of_date, seed=organisation.rankers.seed
    )
    record_quarter(installation.warehouse, as_of_date, quarter, [*replayed, *refused])
    for result in [*replayed, *refused]:
        _log.info("%s", result.sentence)


def _fit(installation: Installation, ranker: str, quarter: Quarter) -> FittedRecipe:
    from ml.backtest.replay import fit_recipe
    from ml.rankers.snapshot import freeze_snapshot

    contract = installation.contract
    snapshot = freeze_snapshot(
        installation.warehouse,
        installation.organisation,
        contract=contract,
        ranker=ranker,
        as_of_date=quarter.start,
        folder=installation.snapshots,
        invocation_id=invocation_id(installation.warehouse, quarter.start, "labels"),
    )
    installation.pass_gate("snapshot", quarter.start, snapshot=snapshot, contract=contract)
    return fit_recipe(snapshot, contract.for_ranker(ranker), installation.organisation)


def _refused(ranker: str, error: Exception) -> list[Replay]:
    from ml.backtest.replay import left_out
    from ml.rankers.snapshot import NoLabelsError

    return left_out(ranker, "no labels" if isinstance(error, NoLabelsError) else "too few labels", str(error))


def _quarter(name: str) -> Quarter:
    return parse_quarter(name, "quarter")
