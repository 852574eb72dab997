"""Which suites make up the gate of each layer, and as which role it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from expectations.suites import features, labels, landing, leaks, protected, scores, snapshot
from ml.warehouse.roles import LOADER, TRAINER, TRANSFORMER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from expectations.checks import Subject
    from ml.contract import FeatureContract
    from ml.organisation import Organisation
    from ml.rankers.snapshot import Snapshot
    from ml.warehouse.connection import Warehouse

_T = TypeVar("_T")
LayerName = Literal["landing", "labels", "features", "snapshot", "scores"]


@dataclass(frozen=True)
class Inputs:
    """What a gate is about; see :func:`expectations.gates.run_gate`."""

    warehouse: Warehouse
    organisation: Organisation
    as_of_date: date
    contract: FeatureContract | None
    snapshot: Snapshot | None
    batch_id: int | None


@dataclass(frozen=True)
class Layer:
    """A gate: its role is the one whose work it guards, its suites have names."""

    role: str
    suites: Callable[[Inputs], dict[str, list[Subject]]]


def _landing(inputs: Inputs) -> dict[str, list[Subject]]:
    organisation = inputs.organisation
    return {
        "landing": landing.subjects(organisation.parts, inputs.as_of_date),
        "protected": [protected.in_attributes(inputs.warehouse, organisation, inputs.as_of_date)],
    }


def _labels(inputs: Inputs) -> dict[str, list[Subject]]:
    organisation = inputs.organisation
    minimum = organisation.rankers.minimum_labels
    return {"labels": labels.subjects(organisation.rankers_with_labels, inputs.as_of_date, minimum)}


def _features(inputs: Inputs) -> dict[str, list[Subject]]:
    contract, organisation = _needed(inputs.contract, "contract"), inputs.organisation
    return {
        "features": features.subjects(contract, organisation.rankers_with_labels, inputs.as_of_date),
        "protected": [protected.in_features(inputs.warehouse, organisation, contract, inputs.as_of_date)],
    }


def _snapshot(inputs: Inputs) -> dict[str, list[Subject]]:
    frozen, contract = _needed(inputs.snapshot, "snapshot"), _needed(inputs.contract, "contract")
    return {
        "snapshot": snapshot.subjects(frozen, contract),
        "protected": [
            protected.in_snapshot(frozen, inputs.organisation),
            protected.grants(inputs.warehouse),
        ],
        "leaks": leaks.subjects(inputs.warehouse, inputs.organisation, frozen, contract),
    }


def _scores(inputs: Inputs) -> dict[str, list[Subject]]:
    return {"scores": scores.subjects(_needed(inputs.batch_id, "batch_id"))}


def _needed(value: _T | None, name: str) -> _T:
    if value is None:
        raise TypeError(f"this gate needs {name}")
    return value


LAYERS: dict[LayerName, Layer] = {
    "landing": Layer(LOADER, _landing),
    "labels": Layer(TRANSFORMER, _labels),
    "features": Layer(TRANSFORMER, _features),
    "snapshot": Layer(TRAINER, _snapshot),
    "scores": Layer(TRAINER, _scores),
}
