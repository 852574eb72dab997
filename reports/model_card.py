"""The model card of one version (Mitchell et al., *Model Cards for Model Reporting*, 2019): one source, JSON and page.

What was known when the version was registered are its :class:`TrainingFacts`. What people decided and what the auditor
measured since is added by :mod:`reports.card_records`; what a reader must beware of is derived by
:mod:`reports.card_limits`. The document is described by ``model_card.schema.json`` beside this module.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any

from reports.card_limits import limits
from reports.words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml.contract import Feature, FeatureContract
    from ml.organisation import Organisation
    from ml.rankers.train import TrainedRanker
    from ml.registry import Version

SCHEMA_VERSION = 1
"""Of the JSON document; a key that is taken away or changes its meaning makes the next."""

INTENDED_USE = (
    "Orders the applications of a requisition, as one facet of a joint ranking that people read and may disregard.",
    "Supports decisions of people; every decision is a named person's.",
)
NOT_FOR = (
    "Rejecting anybody: a low score or rank is no reason for a decision.",
    "People unlike those whom it learnt from, other employers, pay, promotion or dismissal.",
    "Proof of fairness: its rates by group are audit input, not an independent audit.",
)
AUDIT_LABEL = "audit input, not an independent audit"

# What decides how a model comes out, and is written down with it.
_LIBRARIES = ("scikit-learn", "numpy", "skops", "mlflow")
# Measures of the validation that the card repeats, where the ranker has them; all are in the run's metrics.json.
_MEASURES = (
    "validation", "is_temporal", "tested", "tested_positives", "auc", "average_precision", "average_precision_interval",
    "base_rate", "baselines", "remarks", "precision_at_k", "reject_option", "calibration", "calibration_choice",
    "rank_seen", "involuntary", "gap_leavers", "risk_sets",
)  # fmt: skip


@dataclass(frozen=True)
class CardFeature:
    """One feature of the version, as the contract described it then.

    Attributes
    ----------
    name, label, kind, unit, why, leak_waiver : str
        As in :class:`ml.contract.Feature`.
    protected_waiver : str
        Why it may stay although it looks like a protected attribute; empty for most.
    drop, alone : dict or None
        Permutation importance and AUC by itself (:func:`ml.rankers.importance.permutation_importance`).
    """

    name: str
    label: str
    kind: str
    unit: str
    why: str
    leak_waiver: str
    protected_waiver: str
    drop: dict[str, float | None] | None
    alone: dict[str, float | None] | None


@dataclass(frozen=True)
class TrainingFacts:
    """What is known of a version when it is registered.

    Attributes
    ----------
    ranker, version, organisation, as_of_date : str
        Which version, and the ISO date up to which facts were known to it.
    question, label_definition, outcome : str
        What it answers, what its label is with the organisation's windows, and the good outcome as a verb.
    first_entered_at, last_entered_at : str or None
        ISO times between which the people it learnt from reached its stage; None where the data has no dates.
    rows, positives : int
        Observed labels that it learnt from, or with ``risk_sets`` among its measures, that judge it.
    label_statuses : dict of str to int
        All applications by label status; those not observed are excluded from training.
    features : tuple of CardFeature
        In the order of their worth where that was measured, else of the contract.
    measures : dict
        Of the validation; see :func:`ml.rankers.validation.measure`.
    snapshot_hash, contract_hash, model_sha256, invocation_id : str
        What ties it to its data, its features, its file and its dbt run.
    seed : int
        Of forest, folds and bootstrap.
    forest : dict
        Parameters of the forest.
    libraries : dict of str to str
        Versions of what it was made with.
    """

    ranker: str
    version: str
    organisation: str
    as_of_date: str
    question: str
    label_definition: str
    outcome: str
    first_entered_at: str | None
    last_entered_at: str | None
    rows: int
    positives: int
    label_statuses: dict[str, int]
    features: tuple[CardFeature, ...]
    measures: dict[str, Any]
    snapshot_hash: str
    contract_hash: str
    model_sha256: str
    invocation_id: str
    seed: int
    forest: dict[str, Any]
    libraries: dict[str, str]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> TrainingFacts:
        """Read what ``asdict`` wrote."""
        features = tuple(CardFeature(**feature) for feature in document["features"])
        return cls(**{**document, "features": features})


@dataclass(frozen=True)
class ModelCard:
    """Everything that is said of one version.

    Attributes
    ----------
    facts : TrainingFacts
        Of its registration.
    status, sentence : str
        What became of it, and why.
    decisions : tuple of dict
        How it became champion, oldest first: ``action``, ``decided_by``, ``decided_at`` (ISO, UTC), and the ``reason``
        that a person who was asked gave, else None.
    impact : str or None
        What the adverse-impact check found before it could become champion; None before that.
    audit : dict or None
        What the auditor measured last (:func:`reports.card_audit.measure`); None before that.
    """

    facts: TrainingFacts
    status: str
    sentence: str
    decisions: tuple[dict[str, str | None], ...] = ()
    impact: str | None = None
    audit: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """Name of its files in the site, without their suffix."""
        return f"card-{self.facts.ranker}-{self.facts.version}"

    @property
    def limits(self) -> list[str]:
        """What a reader must beware of, in sentences that follow from the facts."""
        return limits(self.facts, self.status, self.audit)

    def document(self) -> dict[str, Any]:
        """Give the card as what JSON can hold; the page shows the same."""
        return {
            "schema_version": SCHEMA_VERSION,
            "intended_use": list(INTENDED_USE),
            "not_for": list(NOT_FOR),
            "status": self.status,
            "sentence": self.sentence,
            "decisions": list(self.decisions),
            **asdict(self.facts),
            "audit_label": AUDIT_LABEL,
            "impact": self.impact,
            "audit": self.audit,
            "limits": self.limits,
        }

    def to_json(self) -> str:
        """Write the document; what is no number in JSON is refused."""
        return json.dumps(self.document(), indent=1, allow_nan=False)


def training_facts(
    trained: TrainedRanker, version: Version, contract: FeatureContract, organisation: Organisation
) -> TrainingFacts:
    """Gather the facts of a version that was just registered, under the contract that it was trained with."""
    from ml.rankers.recipe import RECIPE

    snapshot, words = trained.snapshot, words_of(trained.ranker, organisation.labels)
    first, last = _window(trained)
    return TrainingFacts(
        ranker=trained.ranker,
        version=version.number,
        organisation=organisation.title or organisation.name,
        as_of_date=snapshot.as_of_date,
        question=words.question,
        label_definition=words.label,
        outcome=words.outcome,
        first_entered_at=first,
        last_entered_at=last,
        rows=snapshot.rows,
        positives=snapshot.positives,
        label_statuses=snapshot.label_statuses,
        features=_features(contract.for_ranker(trained.ranker), trained.metrics, organisation),
        measures={name: trained.metrics[name] for name in _MEASURES if name in trained.metrics},
        snapshot_hash=snapshot.data_hash,
        contract_hash=snapshot.contract_hash,
        model_sha256=version.tags["model_sha256"],
        invocation_id=snapshot.invocation_id,
        seed=organisation.rankers.seed,
        forest=trained.model.pipeline["forest"].get_params(),
        libraries={"Facetrank's recipe": str(RECIPE), **{name: installed(name) for name in _LIBRARIES}},
    )


def _window(trained: TrainedRanker) -> tuple[str | None, str | None]:
    """Give when the first and the last of the training rows reached the stage; None without dates."""
    import pyarrow.compute as pc

    entered = pc.min_max(trained.snapshot.table()["stage_entered_at"]).as_py()
    first, last = (moment and moment.isoformat() for moment in (entered["min"], entered["max"]))
    return first, last


def _features(
    features: tuple[Feature, ...], metrics: Mapping[str, Any], organisation: Organisation
) -> tuple[CardFeature, ...]:
    waivers = {waiver.column: waiver.reason for waiver in organisation.waivers}
    worth = {each["feature"]: each for each in metrics["importance"]}
    places = {name: place for place, name in enumerate(worth)}
    described = [
        CardFeature(
            name=feature.name,
            label=feature.label,
            kind=feature.kind,
            unit=feature.unit,
            why=feature.why,
            leak_waiver=feature.leak_waiver,
            protected_waiver=waivers.get(feature.name, ""),
            drop=worth.get(feature.name, {}).get("drop"),
            alone=worth.get(feature.name, {}).get("alone"),
        )
        for feature in features
    ]
    return tuple(sorted(described, key=lambda feature: places.get(feature.name, len(places))))
