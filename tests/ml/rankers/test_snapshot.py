from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from ml.contract import Feature, FeatureContract
from ml.rankers.matrix import IDENTIFIERS, TENURE, snapshot_columns
from ml.rankers.snapshot import (
    AlteredSnapshotError,
    NoLabelsError,
    Snapshot,
    TooFewLabelsError,
    freeze_snapshot,
    read_snapshot,
)
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import TRAINER, TRANSFORMER
from tests.ml.rankers.factories import CONTRACT, make_table, organisation
from tests.ml.rankers.warehouse import build_marts

AS_OF = dt.date(2025, 10, 1)


@pytest.fixture(scope="module")
def marts(module_warehouse: Warehouse) -> Warehouse:
    """Labels and features as of two dates; as of the first, 50 of 600 are immature."""
    shuffled = make_table().take(list(range(599, -1, -1)))
    build_marts(module_warehouse, shuffled, as_of_date=AS_OF, immature=50)
    build_marts(module_warehouse, make_table(150), as_of_date=dt.date(2025, 7, 1))
    return module_warehouse


def freeze(warehouse: Warehouse, folder: Path, **changes: object) -> Snapshot:
    settings = {
        "contract": CONTRACT,
        "ranker": "quality",
        "as_of_date": AS_OF,
        "folder": folder,
        "invocation_id": "run 1",
        **changes,
    }
    return freeze_snapshot(warehouse, organisation(), **settings)  # type: ignore[arg-type]


def test_freezes_the_observed_rows_with_the_contracts_columns(marts: Warehouse, tmp_path: Path) -> None:
    snapshot = freeze(marts, tmp_path)
    table = snapshot.table()
    assert table.column_names == [*IDENTIFIERS, "years", "noise", "is_local", "source", "label"]
    # The marts were written in reverse order, so its last 50 rows, the immature ones, are the first applications.
    expected = make_table().slice(50)
    assert table.num_rows == snapshot.rows == 550
    assert table["application_id"].to_pylist() == expected["application_id"].to_pylist()
    assert table["label"].to_pylist() == expected["label"].to_pylist()
    assert table["stage_entered_at"].to_pylist() == expected["stage_entered_at"].to_pylist()
    assert table.schema.field("label").type == pa.int16()
    assert snapshot.label_statuses == {"immature": 50, "observed": 550}
    assert snapshot.positives == sum(expected["label"].to_pylist())


def test_describes_itself_beside_the_file(marts: Warehouse, tmp_path: Path) -> None:
    snapshot = freeze(marts, tmp_path)
    path = Path(snapshot.path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == snapshot.content_hash
    assert path.name == f"quality-2025-10-01-{snapshot.content_hash[:12]}.parquet"
    document = json.loads(path.with_suffix(".json").read_text())
    assert document["contract_hash"] == CONTRACT.hash("quality")
    assert document["invocation_id"] == "run 1"
    assert document["path"] == path.name, "a folder may be moved"
    assert read_snapshot(path.with_suffix(".json")) == snapshot


def test_the_same_content_is_the_same_file_with_its_first_description(marts: Warehouse, tmp_path: Path) -> None:
    first = freeze(marts, tmp_path)
    content = Path(first.path).read_bytes()
    second = freeze(marts, tmp_path, invocation_id="run 2")
    assert second == first
    assert Path(second.path).read_bytes() == content
    assert len(list(tmp_path.iterdir())) == 2


def test_another_date_is_another_snapshot(marts: Warehouse, tmp_path: Path) -> None:
    assert freeze(marts, tmp_path).content_hash != freeze(marts, tmp_path, as_of_date=dt.date(2025, 7, 1)).content_hash


def test_a_feature_named_like_an_identifier_stands_once_as_the_feature(marts: Warehouse, tmp_path: Path) -> None:
    family = Feature("job_family", "categorical", ("quality",), "", "The kind of job.")
    contract = FeatureContract((*CONTRACT.features, family))
    table = freeze(marts, tmp_path, contract=contract).table()
    assert tuple(table.column_names) == snapshot_columns(contract.for_ranker("quality"))
    assert table.column_names.count("job_family") == 1
    assert table["job_family"][0].as_py().startswith("feature ")


def test_attrition_freezes_everybody_who_started_beside_the_labels(marts: Warehouse, tmp_path: Path) -> None:
    day = dt.date(2026, 1, 1)
    build_marts(marts, make_table(), as_of_date=day, ranker="attrition", immature=50)
    snapshot = freeze(marts, tmp_path, ranker="attrition", as_of_date=day)
    tenures = snapshot.tenure_table()
    assert tenures is not None
    assert tenures.column_names == [*TENURE, "years", "noise", "is_local", "source"], "no label"
    # Of 600 applications the first led to no start, and the last 50 have a start but no label yet.
    assert tenures["application_id"].to_pylist() == make_table()["application_id"].to_pylist()[1:]
    assert snapshot.table().num_rows == 550
    assert tenures["ended_on"].null_count == 599
    assert (
        Path(snapshot.tenures_path or "").name == f"attrition-2026-01-01-tenures-{snapshot.tenures_hash[:12]}.parquet"
    )
    both = f"{snapshot.content_hash} {snapshot.tenures_hash}".encode()
    assert snapshot.data_hash == hashlib.sha256(both).hexdigest()
    assert read_snapshot(tmp_path / f"attrition-2026-01-01-{snapshot.data_hash[:12]}.json") == snapshot
    assert freeze(marts, tmp_path, ranker="quality").tenure_table() is None


def test_tenures_that_changed_under_the_same_labels_are_another_snapshot(marts: Warehouse, tmp_path: Path) -> None:
    day = dt.date(2025, 11, 1)
    build_marts(marts, make_table(), as_of_date=day, ranker="attrition")
    first = freeze(marts, tmp_path, ranker="attrition", as_of_date=day)
    with marts.connect(TRANSFORMER) as connection:
        connection.execute("update labels.attrition_labels set ended_on = as_of_date where as_of_date = %s", [day])
    second = freeze(marts, tmp_path, ranker="attrition", as_of_date=day, invocation_id="run 2")
    assert second.content_hash == first.content_hash
    assert second.tenures_hash != first.tenures_hash
    assert second.invocation_id == "run 2"
    assert second.data_hash != first.data_hash
    # What an earlier version names still describes what it learnt from.
    assert read_snapshot(tmp_path / f"{first.name}.json") == first
    assert read_snapshot(tmp_path / f"{second.name}.json") == second
    assert freeze(marts, tmp_path, ranker="attrition", as_of_date=day, invocation_id="run 3") == second


def test_refuses_altered_tenures(marts: Warehouse, tmp_path: Path) -> None:
    build_marts(marts, make_table(), as_of_date=dt.date(2025, 12, 1), ranker="attrition")
    snapshot = freeze(marts, tmp_path, ranker="attrition", as_of_date=dt.date(2025, 12, 1))
    Path(snapshot.tenures_path or "").write_bytes(b"not parquet")
    message = f"^{snapshot.tenures_path} was altered after it was frozen: retrain attrition as of 2025-12-01\\.$"
    with pytest.raises(AlteredSnapshotError, match=message):
        snapshot.tenure_table()


def test_refuses_an_altered_file(marts: Warehouse, tmp_path: Path) -> None:
    snapshot = freeze(marts, tmp_path)
    content = bytearray(Path(snapshot.path).read_bytes())
    content[100] ^= 1
    Path(snapshot.path).write_bytes(content)
    message = f"^{snapshot.path} was altered after it was frozen: retrain quality as of 2025-10-01\\.$"
    with pytest.raises(AlteredSnapshotError, match=message):
        snapshot.table()


def test_freezing_again_restores_an_altered_file(marts: Warehouse, tmp_path: Path) -> None:
    Path(freeze(marts, tmp_path).path).write_bytes(b"not parquet")
    assert freeze(marts, tmp_path).table().num_rows == 550


def test_too_few_labels_are_said_with_the_numbers(marts: Warehouse, tmp_path: Path) -> None:
    build_marts(marts, make_table(60), as_of_date=dt.date(2024, 1, 1))
    rarer = min(sum(labels := make_table(60)["label"].to_pylist()), 60 - sum(labels))
    with pytest.raises(TooFewLabelsError) as error:
        freeze(marts, tmp_path, as_of_date=dt.date(2024, 1, 1))
    assert str(error.value) == (
        f"quality: 60 mature labels as of 2024-01-01, {rarer} of the rarer class; training needs 100 and 20 "
        "(rankers.minimum_labels, rankers.minimum_rarer): wait, or load more history."
    )
    assert not list(tmp_path.iterdir())


def test_too_few_of_the_rarer_class_are_too_few(marts: Warehouse, tmp_path: Path) -> None:
    table = make_table(300)
    label = pa.array([1 if i < 19 else 0 for i in range(300)], pa.int16())
    table = table.set_column(table.column_names.index("label"), "label", label)
    build_marts(marts, table, as_of_date=dt.date(2024, 2, 1))
    with pytest.raises(TooFewLabelsError, match=r"^quality: 300 mature labels as of 2024-02-01, 19 of the rarer"):
        freeze(marts, tmp_path, as_of_date=dt.date(2024, 2, 1))


def test_no_labels_is_another_thing_than_too_few(marts: Warehouse, tmp_path: Path) -> None:
    message = r"^quality: no labels as of 2020-01-01, so there is nothing to train on\.$"
    with pytest.raises(NoLabelsError, match=message):
        freeze(marts, tmp_path, as_of_date=dt.date(2020, 1, 1))


def test_the_trainer_who_reads_them_cannot_read_protected_attributes(marts: Warehouse) -> None:
    with marts.connect(TRAINER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select 1 from protected.protected_attributes")
