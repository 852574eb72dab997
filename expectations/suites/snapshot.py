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
from ml.rankers.matrix import snapshot_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml.contract import FeatureContract
    from ml.rankers.snapshot import Snapshot

_REQUIRED = ("application_id", "candidate_id", "requisition_id", "stage_entered_at", "labelled_at", "label")


def subjects(snapshot: Snapshot, contract: FeatureContract) -> list[Subject]:
    """Say what is expected of a training snapshot before a ranker learns from it (design section 5, point 1).

    Parameters
    ----------
    snapshot : Snapshot
        The frozen file.
    contract : FeatureContract
        Its columns must be exactly this contract's, for the snapshot's ranker.
    """
    return [_columns(snapshot, contract), _hashes(snapshot, contract), _rows(snapshot)]


def _columns(snapshot: Snapshot, contract: FeatureContract) -> Subject:
    import pyarrow.parquet as pq

    expected = snapshot_columns(contract.for_ranker(snapshot.ranker))
    rule = "must be exactly the identifiers, the label and the features of its contract"
    frame = pq.read_schema(snapshot.path).empty_table().to_pandas()
    return Subject(f"columns of the {snapshot.ranker} snapshot", (has_exactly_columns(expected, rule),), frame)


def _hashes(snapshot: Snapshot, contract: FeatureContract) -> Subject:
    import pandas as pd

    frame = pd.DataFrame(_bonds(snapshot, contract), columns=["bond", "finding"]).astype(object)
    rule = "must bind it to what was frozen"
    return Subject(f"hashes of the {snapshot.ranker} snapshot", (has_rows(), no_findings(rule)), frame)


def _bonds(snapshot: Snapshot, contract: FeatureContract) -> Iterator[tuple[str, str | None]]:
    is_same_file = hashlib.sha256(Path(snapshot.path).read_bytes()).hexdigest() == snapshot.content_hash
    is_same_contract = contract.hash(snapshot.ranker) == snapshot.contract_hash
    yield "content", None if is_same_file else "its content changed after it was frozen"
    yield "contract", None if is_same_contract else "it was frozen under another feature contract"


def _rows(snapshot: Snapshot) -> Subject:
    import pyarrow.parquet as pq

    as_of = datetime.combine(date.fromisoformat(snapshot.as_of_date), time(), UTC)
    checks = (
        has_rows(),
        *(required(name) for name in _REQUIRED),
        unique("application_id"),
        one_of("label", (0, 1)),
        *(known_before(name, as_of) for name in ("stage_entered_at", "labelled_at")),
    )
    frame = pq.read_table(snapshot.path, columns=list(_REQUIRED)).to_pandas()
    return Subject(f"rows of the {snapshot.ranker} snapshot", checks, frame)
