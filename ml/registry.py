"""The model registry: MLflow on Postgres, model files in skops, checked before they are loaded."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ml.errors import FacetrankError
from ml.model_file import load_model, save_model
from ml.warehouse.locks import file_lock

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.rankers.explanations import VoteExplainer
    from ml.rankers.recipe import FacetRanker
    from ml.rankers.train import TrainedRanker
    from ml.warehouse.connection import Warehouse

CHAMPION, CHALLENGER = "champion", "challenger"

_MODEL_FILE = "model.skops"


class RegistryError(FacetrankError):
    """A model version that is not there, or that may not become champion."""


@dataclass(frozen=True)
class Version:
    """One registered version of a ranker.

    Attributes
    ----------
    ranker, number : str
        Which ranker, and its version number.
    aliases : tuple of str
        ``champion``, ``challenger``, both or none.
    tags : dict of str to str
        as_of_date, snapshot_hash, contract_hash, recipe, model_sha256, status, sentence; promoted_by once it was.
    run_id : str
        The MLflow run with its metrics.
    """

    ranker: str
    number: str
    aliases: tuple[str, ...]
    tags: dict[str, str]
    run_id: str


@dataclass(frozen=True)
class LoadedRanker:
    """A model version in memory, ready to score.

    Attributes
    ----------
    ranker, version : str
        Which version of which ranker.
    as_of_date, snapshot_hash, contract_hash : str
        What it was trained on, and under which contract.
    recipe_number : str or None
        ``ml.rankers.recipe.RECIPE`` of the code that fitted it; None from before recipes had numbers.
    model : FacetRanker
        The model itself.
    """

    ranker: str
    version: str
    as_of_date: str
    snapshot_hash: str
    contract_hash: str
    recipe_number: str | None
    model: FacetRanker = field(repr=False)

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that a table must have to be scored."""
        return self.model.features

    @property
    def recipe(self) -> Pipeline:
        """Encoder and forest, to refit on other data; clone it first."""
        return self.model.pipeline

    def score(self, table: pa.Table | pd.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return votes and probabilities, as :meth:`ml.rankers.recipe.FacetRanker.score_table`."""
        return self.model.score_table(table)

    def is_outside(self, table: pa.Table | pd.DataFrame) -> NDArray[np.bool_] | None:
        """Say which rows lie outside of its training, as :meth:`ml.rankers.recipe.FacetRanker.is_outside`."""
        return self.model.is_outside(table)

    def explainer(self) -> VoteExplainer:
        """Give what takes the votes apart by features, as :meth:`ml.rankers.recipe.FacetRanker.explainer`."""
        return self.model.explainer()


@dataclass(frozen=True)
class Registry:
    """The registered rankers of one organisation.

    Attributes
    ----------
    uri : str
        SQLAlchemy URL of the registry's database; holds a password.
    organisation : str
        Registered models are called ``<organisation>.<ranker>``.
    folder : Path
        Where model files are kept.
    """

    uri: str = field(repr=False)
    organisation: str
    folder: Path

    def log_version(self, trained: TrainedRanker) -> Version:
        """Register a trained ranker with its file, metrics and origin; one with usable signal becomes challenger."""
        from ml.rankers.recipe import RECIPE
        from ml.rankers.train import USABLE

        name, snapshot = self._name(trained.ranker), trained.snapshot
        run_id = self._log_run(trained)
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / _MODEL_FILE
            model_sha256 = save_model(trained.model, file)
            self._client.log_artifact(run_id, str(file), "model")
        tags = {
            "as_of_date": snapshot.as_of_date,
            "snapshot_hash": snapshot.data_hash,
            "contract_hash": snapshot.contract_hash,
            "recipe": str(RECIPE),
            "model_sha256": model_sha256,
            "status": trained.status,
            "sentence": trained.sentence,
        }
        version = self._client.create_model_version(name, f"runs:/{run_id}/model", run_id, tags=tags)
        self._client.set_terminated(run_id)
        if trained.status == USABLE:
            self._client.set_registered_model_alias(name, CHALLENGER, version.version)
        return self.version(trained.ranker, str(version.version))

    def log_card(self, ranker: str, number: str, document: str) -> None:
        """Keep a version's model card with its run, in place of an earlier one; raises as :meth:`version`."""
        self._client.log_text(self._find(ranker, number).run_id, document, "model_card.json")

    def versions(self, ranker: str) -> list[Version]:
        """List a ranker's versions, newest first; empty if it was never registered."""
        found = self._client.search_model_versions(f"name = '{self._name(ranker)}'")
        numbers = sorted((int(version.version) for version in found), reverse=True)
        # Aliases come with single versions only.
        return [self.version(ranker, str(number)) for number in numbers]

    def version(self, ranker: str, number: str) -> Version:
        """Describe one version.

        Raises
        ------
        RegistryError
            There is no such version.
        """
        return _describe(ranker, self._find(ranker, number))

    def load(self, ranker: str, number: str) -> LoadedRanker:
        """Load one version.

        Raises
        ------
        RegistryError
            There is no such version, or its file is gone.
        UntrustedModelError
            Its file is not the one that was registered, or holds other types than a ranker's.
        """
        found = self._find(ranker, number)
        tags = found.tags
        return LoadedRanker(
            ranker=ranker,
            version=str(found.version),
            as_of_date=tags["as_of_date"],
            snapshot_hash=tags["snapshot_hash"],
            contract_hash=tags["contract_hash"],
            recipe_number=tags.get("recipe"),
            model=load_model(self._model_file(found), tags["model_sha256"]),
        )

    def champion(self, ranker: str) -> LoadedRanker | None:
        """Load the version that scores now; None if there is none. Raises as :meth:`load`."""
        number = self._number_of(ranker, CHAMPION)
        return None if number is None else self.load(ranker, number)

    def champion_number(self, ranker: str) -> str | None:
        """Give the number of the version that scores now, without loading it; None if there is none."""
        return self._number_of(ranker, CHAMPION)

    def promote(self, ranker: str, number: str, *, by: str) -> Version:
        """Make a version the champion.

        Parameters
        ----------
        ranker, number : str
            Which version.
        by : str
            Who decided: a person's login, or the rule.

        Raises
        ------
        RegistryError
            There is no such version, or it has no usable signal.
        """
        name = self._name(ranker)
        self._refuse_unusable(ranker, number)
        self._client.set_registered_model_alias(name, CHAMPION, number)
        self._client.set_model_version_tag(name, number, "promoted_by", by)
        if self._number_of(ranker, CHALLENGER) == number:
            self._client.delete_registered_model_alias(name, CHALLENGER)
        return self.version(ranker, number)

    def rollback(self, ranker: str, number: str, *, by: str) -> Version:
        """Make an earlier version the champion again; its file is loaded first.

        Raises
        ------
        RegistryError
            As :meth:`promote`, or the version is the champion already.
        UntrustedModelError
            As :meth:`load`.
        """
        self._refuse_unusable(ranker, number)
        if self._number_of(ranker, CHAMPION) == number:
            raise RegistryError(f"{ranker} version {number} is the champion already.")
        self.load(ranker, number)
        return self.promote(ranker, number, by=by)

    @cached_property
    def _client(self) -> MlflowClient:
        # Read when mlflow is imported; it would report its use home.
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        os.environ["DO_NOT_TRACK"] = "true"
        from mlflow import MlflowClient

        # The first to come makes the tables and the experiment; two at once would both try.
        with file_lock(self.folder / "registry.lock"):
            client = MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
            client.search_registered_models(max_results=1)
            if client.get_experiment_by_name(self.organisation) is None:
                client.create_experiment(self.organisation, artifact_location=self.folder.resolve().as_uri())
        return client

    def _name(self, ranker: str) -> str:
        return f"{self.organisation}.{ranker}"

    def _log_run(self, trained: TrainedRanker) -> str:
        """Record a training run: its parameters, its scalar metrics, and all metrics as a document."""
        self._ensure_registered(self._name(trained.ranker))
        experiment = self._client.get_experiment_by_name(self.organisation)
        snapshot = trained.snapshot
        run = self._client.create_run(experiment.experiment_id, run_name=f"{trained.ranker} {snapshot.as_of_date}")
        run_id = str(run.info.run_id)
        forest = trained.model.pipeline["forest"]
        for name, value in forest.get_params().items():
            self._client.log_param(run_id, name, value)
        for name, value in _scalars(trained.metrics).items():
            self._client.log_metric(run_id, name, value)
        self._client.log_text(run_id, json.dumps(trained.metrics, indent=1, allow_nan=False), "metrics.json")
        self._client.log_text(run_id, json.dumps(asdict(snapshot), indent=1), "snapshot.json")
        return run_id

    def _ensure_registered(self, name: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._client.get_registered_model(name)
        except MlflowException:
            self._client.create_registered_model(name)

    def _find(self, ranker: str, number: str) -> ModelVersion:
        from mlflow.exceptions import MlflowException

        try:
            return self._client.get_model_version(self._name(ranker), number)
        except MlflowException:
            known = [str(v.version) for v in self._client.search_model_versions(f"name = '{self._name(ranker)}'")]
            listed = ", ".join(sorted(known, key=int)) or "none"
            raise RegistryError(f"{ranker} has no version {number}; its versions: {listed}.") from None

    def _refuse_unusable(self, ranker: str, number: str) -> None:
        from ml.rankers.train import USABLE

        if self._find(ranker, number).tags["status"] != USABLE:
            raise RegistryError(f"{ranker} version {number} has no usable signal and cannot become champion.")

    def _number_of(self, ranker: str, alias: str) -> str | None:
        models = self._client.search_registered_models(f"name = '{self._name(ranker)}'")
        number = models[0].aliases.get(alias) if models else None
        return None if number is None else str(number)

    def _model_file(self, found: ModelVersion) -> Path:
        artifacts = self._client.get_run(found.run_id).info.artifact_uri
        file = Path(url2pathname(urlsplit(artifacts).path)) / "model" / _MODEL_FILE
        if not file.is_file():
            raise RegistryError(
                f"{found.name} version {found.version}: {file} is gone: roll back to another version, or retrain."
            )
        return file


def open_registry(settings: Settings, organisation: Organisation, warehouse: Warehouse) -> Registry:
    """Give an organisation's registry; connects when it is first used."""
    from ml.mlflow_ui import mlflow_url

    folder = settings.organisation_folder(organisation.name) / "mlflow"
    return Registry(uri=mlflow_url(warehouse, organisation), organisation=organisation.name, folder=folder)


def _describe(ranker: str, found: ModelVersion) -> Version:
    return Version(ranker, str(found.version), tuple(sorted(found.aliases)), dict(found.tags), found.run_id)


def _scalars(metrics: dict[str, Any]) -> dict[str, float]:
    """Pick the numbers that a chart over versions is made of."""
    auc = metrics["auc"]
    numbers = {
        "auc": auc["headline"]["value"],
        "auc_low": auc["headline"]["low"],
        "auc_high": auc["headline"]["high"],
        "auc_pooled": auc["pooled"]["value"],
        "average_precision": metrics["average_precision"],
        "base_rate": metrics["base_rate"],
        "brier": metrics["calibration"]["brier"],
        "rows": metrics["rows"],
    }
    return {name: float(number) for name, number in numbers.items() if number is not None}
