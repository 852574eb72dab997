"""The feature contract: what the dbt YAML says a ranker may use (design section 4); nothing else lists features."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.errors import FacetrankError
from ml.organisation import RANKERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KINDS = ("numeric", "categorical", "boolean")
_MODEL = "model.facetrank.application_features"
ATTRIBUTE_PREFIX = "attribute_"


class ContractError(FacetrankError):
    """The manifest is missing, or an entry of the contract in it cannot be used as written."""


@dataclass(frozen=True)
class Feature:
    """One column of ``features.application_features`` that rankers may use.

    Attributes
    ----------
    name : str
        Column name; declared attributes are called ``attribute_<name>``.
    kind : str
        ``numeric`` (double precision), ``categorical`` (text) or ``boolean``; every kind may be null.
    rankers : tuple of str
        Which rankers use it.
    unit : str
        Unit of a numeric feature, empty for none.
    why : str
        Why it may say something about the facet: the job-relatedness that reviewers read.
    label : str
        What HR calls it, to stand in a sentence: ``years of experience``; never empty in a contract that was read.
    leak_waiver : str
        Why it is no leak although it looks like one to :mod:`expectations.leaks`; empty for most.
    """

    name: str
    kind: str
    rankers: tuple[str, ...]
    unit: str
    why: str
    label: str = ""
    leak_waiver: str = ""


@dataclass(frozen=True)
class FeatureContract:
    """All features, in the order of the dbt YAML, declared attributes last."""

    features: tuple[Feature, ...]

    def for_ranker(self, ranker: str) -> tuple[Feature, ...]:
        """Give the features that one ranker uses, in the order of the contract."""
        return tuple(feature for feature in self.features if ranker in feature.rankers)

    def hash(self, ranker: str) -> str:
        """Give the SHA-256 (hex) of what a ranker's model depends on: names, kinds and units, in any order.

        The wording of ``why`` and ``label``, a waiver, and other rankers' features do not change it: the model is the
        same.
        """
        entries = sorted((feature.name, feature.kind, feature.unit) for feature in self.for_ranker(ranker))
        return hashlib.sha256(json.dumps(entries, separators=(",", ":")).encode()).hexdigest()


def read_contract(manifest: Path) -> FeatureContract:
    """Read the feature contract from the manifest of a dbt build.

    Raises
    ------
    ContractError
        There is no manifest, it lacks the feature model, or an entry has an unknown kind or ranker, or no reason
        or label.
    """
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    except FileNotFoundError:
        raise ContractError(f"{manifest}: no dbt manifest yet: run `facetrank run ingest` first.") from None
    except (json.JSONDecodeError, KeyError):
        raise ContractError(f"{manifest}: not a dbt manifest: delete it and run `facetrank run ingest`.") from None
    if _MODEL not in nodes:
        raise ContractError(f"{manifest}: the model application_features is not in it: run `facetrank run ingest`.")
    model = nodes[_MODEL]
    columns = [
        _feature(name, column["meta"]["feature"])
        for name, column in model["columns"].items()
        if "feature" in column["meta"]
    ]
    attributes = [
        _feature(f"{ATTRIBUTE_PREFIX}{entry['name']}", {**entry, "label": entry.get("label") or _words(entry["name"])})
        for entry in model["config"]["meta"].get("attribute_features", [])
    ]
    return FeatureContract(tuple(columns + attributes))


def _feature(name: str, entry: Mapping[str, Any]) -> Feature:
    kind, rankers, why = entry.get("kind"), tuple(entry.get("rankers", ())), str(entry.get("why", "")).strip()
    waiver = entry.get("leak_waiver", "")
    if kind not in KINDS:
        raise ContractError(f"application_features.{name}: kind: expected one of {', '.join(KINDS)}, got {kind!r}.")
    unknown = [ranker for ranker in rankers if ranker not in RANKERS]
    if unknown:
        raise ContractError(
            f"application_features.{name}: rankers: expected some of {', '.join(RANKERS)}, got {unknown[0]!r}."
        )
    if not why:
        raise ContractError(f"application_features.{name}: why is missing: say why the feature is job-related.")
    if not isinstance(waiver, str):
        raise ContractError(f"application_features.{name}: leak_waiver: expected the reason in words, got {waiver!r}.")
    label = str(entry.get("label", "")).strip()
    if not label:
        raise ContractError(f"application_features.{name}: label is missing: say in a few words what HR calls it.")
    return Feature(name, kind, rankers, str(entry.get("unit", "")), why, label, waiver.strip())


def _words(name: str) -> str:
    return name.replace("_", " ")
