"""The marts as dbt would build them, from a made table."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
from psycopg import sql

from ml.warehouse.connection import Warehouse
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRANSFORMER

_LABELS = """
create table if not exists labels.{ranker}_labels (
    as_of_date date, application_id text, candidate_id text, requisition_id text, job_family text,
    stage_entered_at timestamptz, matured_at timestamptz, labelled_at timestamptz,
    label_status text, label smallint, rank_seen boolean,
    started_on date, started_known_at timestamptz, ended_on date, end_known_at timestamptz,
    end_reason text
)
"""
_FEATURES = """
create table if not exists features.application_features (
    as_of_date date, application_id text, candidate_id text, requisition_id text, applied_at timestamptz,
    job_family text, years double precision, noise double precision, is_local boolean, source text,
    shoe_size double precision
)
"""
_LABEL_COLUMNS = ("application_id", "candidate_id", "requisition_id", "job_family", "stage_entered_at", "matured_at")
_FEATURE_COLUMNS = ("application_id", "candidate_id", "requisition_id", "years", "noise", "is_local", "source")


def build_marts(
    warehouse: Warehouse, table: pa.Table, *, as_of_date: dt.date, ranker: str = "quality", immature: int = 0
) -> None:
    """Write labels and features of a made table; the last ``immature`` rows have no label yet.

    Everybody but the first started work when the stage was entered, and stays.
    """
    n, date = table.num_rows, pa.repeat(pa.scalar(as_of_date, pa.date32()), table.num_rows)
    is_observed = pa.array([i < n - immature for i in range(n)])
    labels = table.select([*_LABEL_COLUMNS, "labelled_at", "rank_seen"])
    status = [("observed" if observed else "immature") for observed in is_observed.to_pylist()]
    label = [
        value if keep else None for value, keep in zip(table["label"].to_pylist(), is_observed.to_pylist(), strict=True)
    ]
    labels = labels.append_column("label_status", pa.array(status)).append_column("label", pa.array(label, pa.int16()))
    started = pa.array([None, *labels["stage_entered_at"].to_pylist()[1:]], pa.timestamp("us", "UTC"))
    labels = labels.append_column("started_known_at", started).append_column("started_on", started.cast(pa.date32()))
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute(sql.SQL(_LABELS).format(ranker=sql.SQL(ranker)))  # type: ignore[arg-type]
        connection.execute(_FEATURES)
        for name, rows in ((f"labels.{ranker}_labels", labels), ("features.application_features", _features(table))):
            target = sql.Identifier(*name.split("."))
            copy_batches(connection, target, rows.append_column("as_of_date", date).to_batches())


def _features(table: pa.Table) -> pa.Table:
    # Features know the job family by another name than labels do, so that a mix-up shows.
    family = pa.array([f"feature {name}" for name in table["job_family"].to_pylist()])
    return table.select(_FEATURE_COLUMNS).append_column("job_family", family)
