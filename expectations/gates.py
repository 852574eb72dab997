"""Gates: the checkpoints that stop the workflow when a layer of data is not what the next one relies on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.errors import FacetrankError

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from expectations.layers import LayerName
    from expectations.sentences import Outcome
    from ml.contract import FeatureContract
    from ml.organisation import Organisation
    from ml.rankers.snapshot import Snapshot
    from ml.warehouse.connection import Warehouse

_NAMED_FAILURES = 3


class GateFailedError(FacetrankError):
    """Some expectations of a gate were not met; the message names the first of them."""


@dataclass(frozen=True)
class GateResult:
    """A gate that let the data pass.

    Attributes
    ----------
    layer : str
        Which gate.
    as_of_date : datetime.date
        Of the data.
    evaluated : int
        Expectations evaluated, all of them met; at least one per subject.
    outcomes : tuple of Outcome
        By subject.
    """

    layer: LayerName
    as_of_date: date
    evaluated: int
    outcomes: tuple[Outcome, ...]

    @property
    def sentence(self) -> str:
        """The result in words."""
        return f"The {self.layer} gate let the data of {self.as_of_date} pass: {self.evaluated} expectations were met."


def run_gate(
    warehouse: Warehouse,
    organisation: Organisation,
    layer: LayerName,
    as_of_date: date,
    *,
    docs_folder: Path,
    run_at: datetime,
    contract: FeatureContract | None = None,
    snapshot: Snapshot | None = None,
    batch_id: int | None = None,
) -> GateResult:
    """Check one layer, record the result, render its pages, and stop the workflow where an expectation is not met.

    Parameters
    ----------
    warehouse, organisation : Warehouse, Organisation
        Which data; what is expected follows the lifecycle parts that the organisation declares.
    layer : {"landing", "labels", "features", "snapshot", "scores"}
        Which gate.
    as_of_date : datetime.date
        Midnight UTC up to which facts are known.
    docs_folder : pathlib.Path
        Where Data Docs are kept; its ``index.html`` lists the latest results of every date.
    run_at : datetime.datetime
        Aware time of the run, recorded with the results.
    contract : FeatureContract, optional
        Needed by ``features`` and ``snapshot``.
    snapshot : Snapshot, optional
        Needed by ``snapshot``.
    batch_id : int, optional
        Needed by ``scores``: the batch to be published.

    Returns
    -------
    GateResult
        What was evaluated; every expectation was met.

    Raises
    ------
    GateFailedError
        An expectation was not met, or a suite evaluated none.
    """
    from expectations.data_docs import write_index, write_pages
    from expectations.gx import validate
    from expectations.layers import LAYERS, Inputs
    from expectations.results import Found, latest_results, record
    from expectations.sentences import outcome_of

    gate = LAYERS[layer]
    suites = gate.suites(Inputs(warehouse, organisation, as_of_date, contract, snapshot, batch_id))
    subjects = [subject for suite in suites.values() for subject in suite]
    results = validate(subjects, gate=layer, url=warehouse.url(gate.role), run_at=run_at)
    outcomes = tuple(outcome_of(subject, result) for subject, result in zip(subjects, results, strict=True))
    names = [name for name, suite in suites.items() for _ in suite]
    found = [Found(as_of_date, layer, name, outcome, run_at) for name, outcome in zip(names, outcomes, strict=True)]
    write_pages(docs_folder, found, results)
    with warehouse.connect(gate.role) as connection:
        record(connection, found)
        write_index(docs_folder, latest_results(connection))
    _refuse_failures(layer, as_of_date, outcomes)
    return GateResult(layer, as_of_date, sum(outcome.evaluated for outcome in outcomes), outcomes)


def _refuse_failures(layer: str, as_of_date: date, outcomes: tuple[Outcome, ...]) -> None:
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    if failures:
        more = len(failures) - _NAMED_FAILURES
        named = " ".join(failures[:_NAMED_FAILURES]) + (f" And {more} more." if more > 0 else "")
        raise GateFailedError(f"The {layer} gate stopped the data of {as_of_date}. {named}")
