"""Reading training rows from the warehouse as Arrow columns, over ADBC, as the trainer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import sql

from ml.warehouse.arrow import compose, read_arrow
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pyarrow as pa

    from ml.contract import Feature
    from ml.warehouse.connection import Warehouse

_SQL = Path(__file__).parent / "sql"

# What validation must know of a row, beside its label and features.
IDENTIFIERS = (
    "application_id",
    "candidate_id",
    "requisition_id",
    "job_family",
    "stage_entered_at",
    "matured_at",
    "labelled_at",
    "rank_seen",
)

# Whose tenure it is, and what is known of it.
TENURE = (
    "application_id",
    "candidate_id",
    "requisition_id",
    "started_on",
    "started_known_at",
    "ended_on",
    "end_known_at",
    "end_reason",
)


def snapshot_columns(features: Sequence[Feature]) -> tuple[str, ...]:
    """Name the columns of a training snapshot: identifiers, the contract's features, the label.

    A feature that is named like an identifier (``job_family``) stands once, as the feature.
    """
    names = [feature.name for feature in features]
    return (*(name for name in IDENTIFIERS if name not in names), *names, "label")


def tenure_columns(features: Sequence[Feature]) -> tuple[str, ...]:
    """Name the columns of frozen tenures: whose, how long and why they ended, and the contract's features; no label."""
    return (*TENURE, *(feature.name for feature in features))


def read_training_rows(
    warehouse: Warehouse, ranker: str, *, features: Sequence[Feature], as_of_date: dt.date
) -> pa.Table:
    """Read the observed labels of a ranker with their features.

    Returns
    -------
    pyarrow.Table
        The columns of :func:`snapshot_columns`, one row per application, sorted by ``application_id``.
    """
    *columns, _ = snapshot_columns(features)
    statement = _statement("training_rows.sql", ranker, as_of_date, columns=_selected(columns, features))
    return read_arrow(warehouse, TRAINER, statement)


def read_tenure_rows(warehouse: Warehouse, *, features: Sequence[Feature], as_of_date: dt.date) -> pa.Table:
    """Read everybody who started work, with or without an attrition label, and the features of their applications.

    Returns
    -------
    pyarrow.Table
        The columns of :func:`tenure_columns`, one row per application, sorted by ``application_id``.
    """
    columns = _selected(tenure_columns(features), features)
    return read_arrow(warehouse, TRAINER, _statement("tenure_rows.sql", "attrition", as_of_date, columns=columns))


def count_label_statuses(warehouse: Warehouse, ranker: str, *, as_of_date: dt.date) -> tuple[dict[str, int], int]:
    """Count a ranker's applications by label status, and the positives among the observed."""
    table = read_arrow(warehouse, TRAINER, _statement("label_status_counts.sql", ranker, as_of_date))
    counts = dict(zip(table["label_status"].to_pylist(), table["applications"].to_pylist(), strict=True))
    return counts, sum(table["positives"].to_pylist())


def _selected(columns: Sequence[str], features: Sequence[Feature]) -> sql.Composed:
    names = {feature.name for feature in features}
    return sql.SQL(",\n    ").join(sql.Identifier("features" if name in names else "labels", name) for name in columns)


def _statement(file: str, ranker: str, as_of_date: dt.date, **parts: sql.Composable) -> sql.Composed:
    table, date = sql.Identifier(f"{ranker}_labels"), sql.Literal(as_of_date)
    return compose(_SQL / file, label_table=table, as_of_date=date, **parts)
