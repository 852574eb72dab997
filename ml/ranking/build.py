"""The ranking step of a batch: every listed application under every business condition, and who may read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ml.scores.batch import read_batch, written_partition

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

SQL = Path(__file__).parent / "sql"


def rank_batch(warehouse: Warehouse, batch_id: int) -> int:
    """Rank the listed applications of a batch, and fix its readers: grants and assignments valid at its as-of date.

    Replaces what an earlier or killed run of this step wrote.

    Returns
    -------
    int
        Rows written: listed applications times business conditions.

    Raises
    ------
    ScoringError
        The batch is published already, or was dropped.
    """
    batch = read_batch(warehouse, batch_id)
    parameters = {"batch_id": batch_id, "as_of": batch.as_of}
    with written_partition(warehouse, "ranking.ranked_applications", batch_id, step="ranking") as (connection, table):
        connection.execute("set local work_mem = '256MB'")
        row = connection.execute("select ranking.fill_batch(%s, %s)", [batch_id, table.as_string()]).fetchone()
        for readers in ("requisition_readers", "application_readers"):
            connection.execute(f"delete from ranking.{readers} where batch_id = %s".encode(), [batch_id])  # noqa: S608
            connection.execute((SQL / f"{readers}.sql").read_bytes(), parameters)
    return int(row[0]) if row else 0
