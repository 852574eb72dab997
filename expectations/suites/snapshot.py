"""Training snapshots: the allow-list of columns, the hashes that bind them, and rows that were known in time."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.checks import (
    Subject,
    has_exactly_columns,
    has_rows,
    known_before,
    no_findings,
    one_of,
    required,
    unique,
)
from ml.rankers.matrix import TENURE, snapshot_columns, tenure_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from ml.contract import FeatureContract
    from ml.rankers.snapshot import Snapshot

_REQUIRED = ("application_id", "candidate_id", "requisition_id", "stage_entered_at", "labelled_at", "label")


def subjects(snapshot: Snapshot, contract: FeatureContract) -> list[Subject]:
    """Say what is expected of a training snapshot before a ranker learns from it (design section 5, point 1).

    Parameters
    ----------
    snapshot : Snapshot
        The frozen file, or files: the tenures of an attrition snapshot are frozen beside it.
    contract : FeatureContract
        The columns must be exactly this contract's, for the snapshot's ranker.
    """
    found = [_columns(snapshot, contract), _hashes(snapshot, contract), _rows(snapshot)]
    if snapshot.tenures_path:
        found += [_tenure_columns(snapshot, contract, snapshot.tenures_path), _tenures(snapshot, snapshot.tenures_path)]
    return found


def _columns(snapshot: Snapshot, contract: FeatureContract) -> Subject:
    expected = snapshot_columns(contract.for_ranker(snapshot.ranker))
    rule = "must be exactly the identifiers, the label and the features of its contract"
    name = f"columns of the {snapshot.ranker} snapshot"
    return Subject(name, (has_exactly_columns(expected, rule),), _no_rows(snapshot.path))


def _tenure_columns(snapshot: Snapshot, contract: FeatureContract, path: str) -> Subject:
    expected = tenure_columns(contract.for_ranker(snapshot.ranker))
    rule = "must be exactly whose tenure it is, its dates and end, and the features of its contract"
    name = f"columns of the {snapshot.ranker} tenures"
    return Subject(name, (has_exactly_columns(expected, rule),), _no_rows(path))


def _no_rows(path: str) -> pd.DataFrame:
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.read_schema(path).empty_table().to_pandas()
    return frame


def _hashes(snapshot: Snapshot, contract: FeatureContract) -> Subject:
    import pandas as pd

    frame = pd.DataFrame(_bonds(snapshot, contract), columns=["bond", "finding"]).astype(object)
    rule = "must bind it to what was frozen"
    return Subject(f"hashes of the {snapshot.ranker} snapshot", (has_rows(), no_findings(rule)), frame)


def _bonds(snapshot: Snapshot, contract: FeatureContract) -> Iterator[tuple[str, str | None]]:
    is_same_file = _hash(snapshot.path) == snapshot.content_hash
    is_same_contract = contract.hash(snapshot.ranker) == snapshot.contract_hash
    yield "content", None if is_same_file else "its content changed after it was frozen"
    yield "contract", None if is_same_contract else "it was frozen under another feature contract"
    if snapshot.tenures_path:
        is_same_file = _hash(snapshot.tenures_path) == snapshot.tenures_hash
        yield "tenures", None if is_same_file else "its tenures changed after they were frozen"
    elif snapshot.ranker == "attrition":
        yield "tenures", "it was frozen without its tenures"


def _hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _rows(snapshot: Snapshot) -> Subject:
    import pyarrow.parquet as pq

    checks = (
        has_rows(),
        *(required(name) for name in _REQUIRED),
        unique("application_id"),
        one_of("label", (0, 1)),
        *(known_before(name, _as_of(snapshot)) for name in ("stage_entered_at", "labelled_at")),
    )
    frame = pq.read_table(snapshot.path, columns=list(_REQUIRED)).to_pandas()
    return Subject(f"rows of the {snapshot.ranker} snapshot", checks, frame)


def _tenures(snapshot: Snapshot, path: str) -> Subject:
    import pyarrow.parquet as pq

    checks = (
        has_rows(),
        *(required(name) for name in TENURE if name not in {"ended_on", "end_known_at", "end_reason"}),
        unique("application_id"),
        *(known_before(name, _as_of(snapshot)) for name in ("started_known_at", "end_known_at")),
    )
    return Subject(
        f"rows of the {snapshot.ranker} tenures", checks, pq.read_table(path, columns=list(TENURE)).to_pandas()
    )


def _as_of(snapshot: Snapshot) -> datetime:
    return datetime.combine(date.fromisoformat(snapshot.as_of_date), time(), UTC)
