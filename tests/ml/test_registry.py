from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.mlflow_ui import mlflow_url
from ml.model_file import UntrustedModelError
from ml.organisation import Organisation
from ml.rankers.recipe import RECIPE
from ml.rankers.train import TrainedRanker, fit_and_validate
from ml.registry import Registry, RegistryError, open_registry
from ml.warehouse.connection import Warehouse
from tests.ml.rankers.factories import CONTRACT, make_snapshot, make_table, organisation

_NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedRanker:
    """A quality ranker with usable signal."""
    snapshot = make_snapshot(tmp_path_factory.mktemp("snapshots"), make_table(800, signal=2.5))
    return fit_and_validate(snapshot, CONTRACT, organisation())


@pytest.fixture
def registry(template: Warehouse, demo_organisation: Organisation, tmp_path: Path) -> Registry:
    """An empty registry: a name of its own in the session's MLflow database."""
    return Registry(mlflow_url(template, demo_organisation), f"org{next(_NAMES)}", tmp_path / "mlflow")


def model_file(registry: Registry) -> Path:
    (file,) = registry.folder.rglob("model.skops")
    return file


def test_a_registered_version_names_its_origin(registry: Registry, trained: TrainedRanker) -> None:
    version = registry.log_version(trained)
    assert (version.ranker, version.number, version.aliases) == ("quality", "1", ("challenger",))
    assert version.tags["snapshot_hash"] == trained.snapshot.data_hash
    assert version.tags["contract_hash"] == trained.snapshot.contract_hash
    assert version.tags["as_of_date"] == "2025-10-01"
    assert version.tags["status"] == "usable"
    assert version.tags["sentence"] == trained.sentence
    assert registry.versions("quality") == [version]


def test_the_run_holds_metrics_and_snapshot(registry: Registry, trained: TrainedRanker) -> None:
    run_id = registry.log_version(trained).run_id
    client: Any = registry._client
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["auc"] == pytest.approx(trained.metrics["auc"]["headline"]["value"])
    assert run.data.params["n_estimators"] == "20"
    (metrics,) = registry.folder.rglob("metrics.json")
    assert json.loads(metrics.read_text()) == trained.metrics
    (snapshot,) = registry.folder.rglob("snapshot.json")
    assert json.loads(snapshot.read_text())["invocation_id"] == "made-up"


def test_a_loaded_version_scores_as_the_trained_one(registry: Registry, trained: TrainedRanker) -> None:
    number = registry.log_version(trained).number
    loaded = registry.load("quality", number)
    table = trained.snapshot.table()
    np.testing.assert_array_equal(loaded.score(table), trained.model.score_table(table))
    assert loaded.features == ("years", "noise", "is_local", "source")
    assert loaded.snapshot_hash == trained.snapshot.data_hash
    assert loaded.recipe_number == str(RECIPE)
    assert loaded.recipe["forest"].get_params() == trained.model.pipeline["forest"].get_params()


def test_there_is_no_champion_until_one_is_promoted(registry: Registry, trained: TrainedRanker) -> None:
    assert registry.champion("quality") is None
    assert registry.versions("quality") == []
    number = registry.log_version(trained).number
    assert registry.champion("quality") is None
    promoted = registry.promote("quality", number, by="the rule")
    assert promoted.aliases == ("champion",)
    assert promoted.tags["promoted_by"] == "the rule"
    champion = registry.champion("quality")
    assert champion is not None
    assert (champion.ranker, champion.version) == ("quality", "1")
    assert registry.champion("onboard") is None


def test_rolling_back_moves_the_alias_back(registry: Registry, trained: TrainedRanker) -> None:
    for _ in range(2):
        registry.promote("quality", registry.log_version(trained).number, by="the rule")
    assert [version.aliases for version in registry.versions("quality")] == [("champion",), ()]
    rolled_back = registry.rollback("quality", "1", by="ada")
    assert rolled_back.tags["promoted_by"] == "ada"
    assert [version.aliases for version in registry.versions("quality")] == [(), ("champion",)]


def test_a_version_without_signal_is_registered_and_never_promoted(registry: Registry, trained: TrainedRanker) -> None:
    silent = replace(trained, status="no usable signal", sentence="Nothing.")
    version = registry.log_version(silent)
    assert version.aliases == ()
    message = r"^quality version 1 has no usable signal and cannot become champion\.$"
    with pytest.raises(RegistryError, match=message):
        registry.promote("quality", "1", by="ada")
    with pytest.raises(RegistryError, match=message):
        registry.rollback("quality", "1", by="ada")


def test_a_version_that_is_not_there(registry: Registry, trained: TrainedRanker) -> None:
    with pytest.raises(RegistryError, match=r"^quality has no version 7; its versions: none\.$"):
        registry.load("quality", "7")
    registry.log_version(trained)
    with pytest.raises(RegistryError, match=r"^quality has no version 7; its versions: 1\.$"):
        registry.rollback("quality", "7", by="ada")
    with pytest.raises(RegistryError, match=r"^quality has no version best; its versions: 1\.$"):
        registry.load("quality", "best")


def test_an_altered_file_is_refused(registry: Registry, trained: TrainedRanker) -> None:
    registry.log_version(trained)
    file = model_file(registry)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    message = f"^{file} was altered after it was registered: roll back to another version, or retrain\\.$"
    with pytest.raises(UntrustedModelError, match=message):
        registry.load("quality", "1")


def test_a_file_of_other_types_is_refused_whatever_its_hash(registry: Registry, trained: TrainedRanker) -> None:
    import hashlib
    from collections import OrderedDict

    from skops.io import dump

    registry.log_version(trained)
    file = model_file(registry)
    dump({"ranker": OrderedDict(), "call": print}, file)
    client: Any = registry._client
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    client.set_model_version_tag(f"{registry.organisation}.quality", "1", "model_sha256", sha256)
    with pytest.raises(UntrustedModelError, match=f"^{file} holds types that a ranker does not have: .*print"):
        registry.load("quality", "1")


def test_a_file_that_is_gone_is_said(registry: Registry, trained: TrainedRanker) -> None:
    registry.log_version(trained)
    file = model_file(registry)
    file.unlink()
    with pytest.raises(RegistryError) as error:
        registry.load("quality", "1")
    assert str(error.value) == (
        f"{registry.organisation}.quality version 1: {file} is gone: roll back to another version, or retrain."
    )


def test_the_file_holds_no_pickle(registry: Registry, trained: TrainedRanker) -> None:
    import zipfile

    registry.log_version(trained)
    with zipfile.ZipFile(model_file(registry)) as archive:
        names = archive.namelist()
    assert "schema.json" in names
    assert not [name for name in names if name.endswith((".pkl", ".pickle"))]


def test_opens_at_the_organisations_folder(settings: Any, template: Warehouse, demo_organisation: Organisation) -> None:
    registry = open_registry(settings, demo_organisation, template)
    assert registry.folder == settings.var / "demo" / "mlflow"
    assert "postgresql" not in repr(registry), "the URL holds a password"
