"""Small training sets of known shape."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa

from ml.contract import Feature, FeatureContract
from ml.organisation import RANKERS, Organisation, RankerSettings
from ml.rankers.snapshot import Snapshot, _write

FEATURES = (
    Feature("years", "numeric", RANKERS, "years", "Experience."),
    Feature("noise", "numeric", RANKERS, "", "Says nothing."),
    Feature("is_local", "boolean", RANKERS, "", "Lives there."),
    Feature("source", "categorical", RANKERS, "", "How the person came."),
)
CONTRACT = FeatureContract(FEATURES)
FIRST_DAY = np.datetime64("2024-01-01", "us")


def organisation(**changes: object) -> Organisation:
    """A small organisation: few trees, low thresholds."""
    settings = RankerSettings(trees=20, minimum_labels=100, minimum_rarer=20)
    return Organisation(name="demo", **{"rankers": settings, **changes})  # type: ignore[arg-type]


def make_table(
    n_rows: int = 600, *, seed: int = 0, signal: float = 1.5, days: int = 540, n_requisitions: int = 30
) -> pa.Table:
    """Labelled applications spread evenly over ``days``; ``years`` and ``source`` carry the signal, 30 days mature.

    Sorted by application_id, as a snapshot is; one candidate in four applies twice.
    """
    random = np.random.default_rng(seed)
    years = random.normal(size=n_rows)
    source = random.integers(3, size=n_rows)
    odds = signal * (years + (source == 1)) - 1.0
    label = (random.random(n_rows) < 1 / (1 + np.exp(-odds))).astype(np.int16)
    entered = FIRST_DAY + (np.arange(n_rows) * days * 86_400 // n_rows).astype("timedelta64[s]")
    timestamp = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "application_id": [f"a{i:05}" for i in range(n_rows)],
            "candidate_id": [f"c{i - 1 if i % 5 == 4 else i:05}" for i in range(n_rows)],
            "requisition_id": [f"r{i:03}" for i in random.integers(n_requisitions, size=n_rows)],
            "job_family": [f"f{i}" for i in random.integers(4, size=n_rows)],
            "stage_entered_at": pa.array(entered, timestamp),
            "matured_at": pa.array(entered + np.timedelta64(30, "D"), timestamp),
            "labelled_at": pa.array(entered + np.timedelta64(10, "D"), timestamp),
            "rank_seen": random.random(n_rows) < 0.2,
            "years": np.where(random.random(n_rows) < 0.1, np.nan, years),
            "noise": random.normal(size=n_rows),
            "is_local": random.random(n_rows) < 0.5,
            "source": np.array(["direct", "agency", "campus"])[source],
            "label": label,
        }
    )


def make_snapshot(
    folder: Path, table: pa.Table | None = None, *, ranker: str = "quality", contract: FeatureContract = CONTRACT
) -> Snapshot:
    """Freeze a made table as if it had come from the warehouse."""
    rows = make_table() if table is None else table
    path, content_hash = _write(rows, folder, f"{ranker}-test")
    return Snapshot(
        path=str(path),
        ranker=ranker,
        as_of_date=dt.date(2025, 10, 1).isoformat(),
        content_hash=content_hash,
        contract_hash=contract.hash(ranker),
        invocation_id="made-up",
        rows=rows.num_rows,
        positives=int(rows["label"].to_numpy().sum()),
        label_statuses={"observed": rows.num_rows},
    )
