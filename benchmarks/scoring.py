"""Read, score and write one batch: naively, step by step, and as the product does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from psycopg import sql

from benchmarks.world import AS_OF, FEATURES, ORGANISATION, naive_engine
from ml.scores.batch import open_batch, written_partition
from ml.scores.parts import score_part
from ml.warehouse.arrow import stream_arrow
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import OWNER, TRAINER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ml.registry import LoadedRanker
    from ml.warehouse.connection import Warehouse

_NAMES = ", ".join(feature.name for feature in FEATURES)
QUERY = f"""
select l.application_id, l.candidate_id, l.requisition_id, l.applied_at, {_NAMES}
from intermediate.application_lifecycle as l
join features.application_features as f using (as_of_date, application_id)
where as_of_date = '{AS_OF}'
"""  # noqa: S608
WRITTEN = ["application_id", "candidate_id", "requisition_id", "applied_at", "quality_score", "quality_probability"]


class Naive:
    """What one writes first: ``read_sql``, a loop over trees, ``to_sql``."""

    def __init__(self, warehouse: Warehouse, ranker: LoadedRanker) -> None:
        self.engine = naive_engine(warehouse)
        self.ranker = ranker
        self.rows = pd.DataFrame()

    def read(self) -> None:
        """Read ids and features into a frame."""
        self.rows = pd.read_sql(QUERY, self.engine)

    def score(self) -> None:
        """Encode the frame, and ask every tree for votes, then for frequencies."""
        model = self.ranker.model
        forest = model.pipeline["forest"]
        matrix = forest.seen_by_trees(model.pipeline["encode"].transform(self.rows))
        trees = forest.estimators_
        votes = sum(tree.predict(matrix) for tree in trees)
        shares = sum(tree.predict_proba(matrix)[:, 1] for tree in trees)
        self.rows["quality_score"] = votes / len(trees)
        self.rows["quality_probability"] = model.calibration.predict(shares / len(trees))

    def write(self) -> None:
        """Write the scores, then their primary key."""
        self.rows[WRITTEN].to_sql("naive_scores", self.engine, schema="scores", if_exists="replace", index=False)
        with self.engine.begin() as connection:
            connection.exec_driver_sql("alter table scores.naive_scores add primary key (application_id)")


class Fast:
    """The product's own functions."""

    def __init__(self, warehouse: Warehouse, ranker: LoadedRanker) -> None:
        self.warehouse, self.ranker = warehouse, ranker
        self.table = pa.table({})
        self.scores: tuple[NDArray[np.float64], NDArray[np.float64]] = (np.empty(0), np.empty(0))
        self.batch_id = open_batch(warehouse, ORGANISATION, AS_OF, {"quality": ranker}, parts=1)

    def read(self) -> None:
        """Stream ids and features as Arrow."""
        self.table = pa.Table.from_batches(stream_arrow(self.warehouse, TRAINER, sql.SQL(QUERY)))

    def score(self) -> None:
        """Votes and probabilities in one pass over the trees."""
        self.scores = self.ranker.score(self.table)

    def write(self) -> None:
        """Write a partition of the batch, with its indexes."""
        n_rows = self.table.num_rows
        columns = {
            "batch_id": pa.array(np.full(n_rows, self.batch_id)),
            "part": pa.array(np.zeros(n_rows, np.int16)),
            "is_listed": pa.array(np.ones(n_rows, bool)),
            "is_opted_out": pa.array(np.zeros(n_rows, bool)),
            **{name: self.table[name].combine_chunks() for name in WRITTEN[:3]},
            "applied_at": self.table["applied_at"].combine_chunks().cast(pa.timestamp("us", tz="UTC")),
            "quality_score": pa.array(self.scores[0]),
            "quality_probability": pa.array(self.scores[1]),
        }
        with written_partition(self.warehouse, "scores.facet_scores", self.batch_id, step="part 0", part=0) as (
            connection,
            table,
        ):
            copy_batches(connection, table, [pa.RecordBatch.from_pydict(columns)], freeze=True)

    def chain(self) -> None:
        """Read, score and write as the product's task does, overlapping."""
        score_part(self.warehouse, self.batch_id, 0, {"quality": self.ranker})


def differing_rows(warehouse: Warehouse, batch_id: int) -> int:
    """Count applications that the naive table and the batch do not have alike; probabilities may differ by 1e-12."""
    with warehouse.connect(OWNER) as connection:
        rows = connection.execute(
            b"""
            select count(*)
            from (select * from scores.facet_scores where batch_id = %s) as fast
            full join scores.naive_scores as naive using (application_id)
            where (fast.candidate_id, fast.requisition_id, fast.applied_at, fast.quality_score)
                is distinct from (naive.candidate_id, naive.requisition_id, naive.applied_at, naive.quality_score)
                or abs(fast.quality_probability - naive.quality_probability) > 1e-12
            """,
            [batch_id],
        )  # fmt: skip
        return int(rows.fetchall()[0][0])
