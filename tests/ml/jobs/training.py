"""An organisation of one ranker whose marts hold made tables, and its retraining, job by job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from ml.config import Settings
from ml.contract import FeatureContract
from ml.jobs import retrain
from ml.jobs.builds import record_build, record_passed
from ml.jobs.installation import Installation, open_installation
from ml.organisation import read_organisation
from ml.transform import manifest_path
from ml.warehouse import prepare_warehouse
from ml.warehouse.connection import Warehouse
from tests.ml.rankers.factories import CONTRACT
from tests.ml.rankers.warehouse import build_marts
from tests.ml.test_contract import write_manifest

JULY, OCTOBER = date(2025, 7, 1), date(2025, 10, 1)


def make_organisation(settings: Settings, name: str, folder: Path) -> Settings:
    """Write an organisation file with few trees, and prepare its databases."""
    file = folder / "organisation.yaml"
    rankers = "{trees: 10, minimum_labels: 100, minimum_rarer: 20}"
    file.write_text(f"name: {name}\nparts: [screening]\nrankers: {rankers}\n")
    own = replace(settings, organisation_file=file)
    prepare_warehouse(own, read_organisation(file))
    set_contract(own, CONTRACT)
    return own


@contextmanager
def opened(own: Settings) -> Iterator[Installation]:
    """Open an organisation in an environment that points to it."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in own.environment().items():
            environment.setenv(name, value)
        yield open_installation()


def set_contract(settings: Settings, contract: FeatureContract) -> None:
    """Write the manifest of a dbt build with these features."""
    folder = manifest_path(settings, read_organisation(settings.organisation_file)).parent
    folder.mkdir(parents=True, exist_ok=True)
    write_manifest(folder, {feature.name: {"meta": {"feature": asdict(feature)}} for feature in contract.features}, [])


def build(warehouse: Warehouse, table: pa.Table, as_of_date: date) -> None:
    """Write labels and features as of a date, as if ingest had built them and the gates had let them pass."""
    build_marts(warehouse, table, as_of_date=as_of_date)
    record_build(warehouse, as_of_date, f"run of {as_of_date}")
    record_passed(warehouse, as_of_date, "labels")
    record_passed(warehouse, as_of_date, "features")


def train(as_of_date: date) -> str:
    """Run the jobs of one retraining in the DAG's order, and give the version's number."""
    snapshot = retrain.freeze("quality", as_of_date)
    retrain.gate_snapshot(snapshot)
    number = retrain.fit(snapshot)
    retrain.promote(snapshot, number, judge(snapshot, number))
    return number


def judge(snapshot: str, number: str) -> str:
    """Check a version's impact and compare it, and give the decision."""
    return retrain.compare(snapshot, number, retrain.check_impact(snapshot, number))
