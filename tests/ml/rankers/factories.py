"""Small training sets of known shape."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa

from ml.contract import Feature, FeatureContract
from ml.organisation import RANKERS, Organisation, RankerSettings
from ml.rankers.matrix import TENURE
from ml.rankers.risk_sets import TenureData
from ml.rankers.snapshot import Snapshot, _write
from ml.rankers.tenures import Tenures, add_months

FEATURES = (
    Feature("years", "numeric", RANKERS, "years", "Experience.", "years"),
    Feature("noise", "numeric", RANKERS, "", "Says nothing.", "noise"),
    Feature("is_local", "boolean", RANKERS, "", "Lives there.", "lives there"),
    Feature("source", "categorical", RANKERS, "", "How the person came.", "source"),
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


def tenure_data_of(
    table: pa.Table, settings: Organisation | None = None, as_of: str | np.datetime64 = "2030-01-01"
) -> TenureData:
    """Give tenures as a ranker learns from them, known up to a date."""
    own = settings or organisation()
    group = f"{own.validation.group_by}_id"
    return TenureData(table, np.datetime64(as_of, "us"), lag_days=own.labels.recording_lag_days, group=group)


def make_attrition(n_rows: int = 1200, *, seed: int = 0, days: int = 1080) -> tuple[pa.Table, pa.Table]:
    """Starts of work over ``days``: those with a label of t = 6 and delta = 2, and everybody's tenures.

    Who has more ``years`` leaves later: the chance to leave in a month is 1 / (1 + exp(2.2 + years)). An end is on
    record three days later; nothing is known from the last start on. One end in three is involuntary.
    """
    random = np.random.default_rng(seed)
    base = make_table(n_rows, seed=seed, days=days)
    years = np.nan_to_num(base["years"].to_numpy())
    stayed = random.geometric(1 / (1 + np.exp(2.2 + years))) * 30 - random.integers(30, size=n_rows)
    starts = base["stage_entered_at"].to_numpy().astype("datetime64[D]")
    as_of, lag = starts.max() + 1, np.timedelta64(3, "D")
    ends = starts + stayed.astype("timedelta64[D]")
    ends[ends + lag >= as_of] = np.datetime64("NaT")
    known = Tenures(starts, starts.astype("datetime64[us]"), ends, (ends + lag).astype("datetime64[us]"))
    is_gap = known.left_within(8) & ~known.left_within(6)
    is_labelled = known.is_over(8, as_of.astype("datetime64[us]"), lag_days=14) & ~is_gap
    timestamp = pa.timestamp("us", tz="UTC")
    columns = {
        "matured_at": pa.array((add_months(starts, 8) + np.timedelta64(14, "D")).astype("datetime64[us]"), timestamp),
        "labelled_at": pa.array(np.fmax(known.started_known_at, known.end_known_at), timestamp),
        "label": pa.array((~known.left_within(6)).astype(np.int16)),
    }
    table = base
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    dates = {
        "started_on": pa.array(starts, pa.date32()),
        "started_known_at": pa.array(known.started_known_at, timestamp),
        "ended_on": pa.array(ends, pa.date32()),
        "end_known_at": pa.array(known.end_known_at, timestamp),
    }
    is_ended = ~np.isnat(ends)
    reasons = np.where(np.arange(n_rows) % 3 == 0, "involuntary", "voluntary")
    dates["end_reason"] = pa.array(np.where(is_ended, reasons, None), pa.string())
    names = [*(name for name in TENURE if name not in dates), *(feature.name for feature in FEATURES)]
    tenures = base.select(names)
    for name, column in dates.items():
        tenures = tenures.append_column(name, column)
    return table.filter(pa.array(is_labelled)), tenures


def make_snapshot(
    folder: Path,
    table: pa.Table | None = None,
    *,
    ranker: str = "quality",
    contract: FeatureContract = CONTRACT,
    tenures: pa.Table | None = None,
) -> Snapshot:
    """Freeze a made table, and its tenures if there are any, as if they had come from the warehouse."""
    rows = make_table() if table is None else table
    path, content_hash = _write(rows, folder, f"{ranker}-test")
    tenures_path, tenures_hash = _write(tenures, folder, f"{ranker}-test-tenures") if tenures else (None, None)
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
        tenures_path=str(tenures_path) if tenures_path else None,
        tenures_hash=tenures_hash,
    )
