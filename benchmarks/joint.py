"""Joint ranking: in SQL as the product does it, and in pandas."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.world import AS_OF, CONDITIONS, THRESHOLDS, naive_engine
from ml.organisation import Organisation
from ml.ranking.build import rank_batch
from ml.ranking.query import rank_requisition
from ml.scores.batch import open_batch, publish_batch, written_partition
from ml.warehouse.copy import copy_batches

if TYPE_CHECKING:
    from numpy.random import Generator

    from ml.registry import LoadedRanker
    from ml.warehouse.connection import Warehouse

ORGANISATION = Organisation(name="bench", population="all")
LARGE = "R-large"
LARGE_APPLICATIONS = 20_000
TOP = 100
SCORES = ("technical_match", "quality_score", "onboard_score", "attrition_score")
PROBABILITIES = ("technical_match", "quality_probability", "onboard_probability", "attrition_probability")


class Joint:
    """One batch with all four facets, its largest requisition of 20,000 applications."""

    def __init__(self, warehouse: Warehouse, ranker: LoadedRanker, n_rows: int, generator: Generator) -> None:
        self.warehouse = warehouse
        self.engine = naive_engine(warehouse)
        rankers = ("quality", "onboard", "attrition")
        champions = {name: dataclasses.replace(ranker, ranker=name) for name in rankers}
        self.batch_id = open_batch(warehouse, ORGANISATION, AS_OF, champions, parts=1)
        self.ranked = pd.Series(dtype=float)
        self.top: list[str] = []
        self.naive_top: list[str] = []
        self._write_scores(n_rows, generator)

    def _write_scores(self, n_rows: int, generator: Generator) -> None:
        # The same applications as the marts', so that the batch can be published.
        lifecycle = pd.read_sql("select * from intermediate.application_lifecycle order by application_id", self.engine)
        lifecycle.loc[: LARGE_APPLICATIONS - 1, "requisition_id"] = LARGE
        votes = {name: generator.integers(0, 101, n_rows) / 100 for name in SCORES[1:]}
        probabilities = {name: generator.random(n_rows) for name in PROBABILITIES}
        columns = {
            "batch_id": pa.array(np.full(n_rows, self.batch_id)),
            "part": pa.array(np.zeros(n_rows, np.int16)),
            **{name: pa.array(lifecycle[name], pa.string()) for name in lifecycle.columns[1:4]},
            "applied_at": pa.array(lifecycle["applied_at"], pa.timestamp("us", tz="UTC")),
            "is_listed": pa.array(np.ones(n_rows, bool)),
            "is_opted_out": pa.array(np.zeros(n_rows, bool)),
            **{name: pa.array(values) for name, values in (probabilities | votes).items()},
        }
        with written_partition(self.warehouse, "scores.match_evidence", self.batch_id, step="match"):
            pass
        with written_partition(self.warehouse, "scores.facet_scores", self.batch_id, step="part 0", part=0) as (
            connection,
            table,
        ):
            copy_batches(connection, table, [pa.RecordBatch.from_pydict(columns)], freeze=True)

    def fast(self) -> None:
        """Rank the batch under every condition, in the warehouse."""
        rank_batch(self.warehouse, self.batch_id)

    def naive(self) -> None:
        """Read the scores, rank them in pandas and write the ranks."""
        names = sorted({*SCORES, *PROBABILITIES})
        scores = pd.read_sql(
            f"select application_id, requisition_id, applied_at, {', '.join(names)}"  # noqa: S608
            f" from scores.facet_scores where batch_id = {self.batch_id}",
            self.engine,
        )
        self.ranked = pd.concat(
            {condition: rank_in_pandas(scores, weights) for condition, weights in CONDITIONS.items()},
            names=["condition"],
        )
        self.ranked.to_frame("rank").to_sql("naive_ranks", self.engine, schema="ranking", if_exists="replace")

    def publish(self) -> None:
        """Let the function see the batch; its made-up scores have no explanation."""
        with written_partition(self.warehouse, "scores.explanations", self.batch_id, step="explanations"):
            pass
        publish_batch(self.warehouse, self.batch_id)

    def fast_requisition(self) -> None:
        """Rank the large requisition by the warehouse's function."""
        ranked = rank_requisition(self.warehouse, LARGE, condition="recession", limit=TOP)
        self.top = [row.application_id for row in ranked]

    def naive_requisition(self) -> None:
        """Read the large requisition's scores and rank them in pandas."""
        scores = pd.read_sql(
            f"select * from scores.facet_scores where batch_id = {self.batch_id} and requisition_id = '{LARGE}'",  # noqa: S608
            self.engine,
        )
        self.naive_top = list(rank_in_pandas(scores, CONDITIONS["recession"]).nsmallest(TOP).index)

    def differing_rows(self) -> int:
        """Count ranks that SQL and pandas do not have alike, those of the single requisition included."""
        stored = pd.read_sql(
            f"select condition, application_id, rank from ranking.ranked_applications where batch_id = {self.batch_id}",  # noqa: S608
            self.engine,
        ).set_index(["condition", "application_id"])["rank"]
        expected = self.ranked.reindex(stored.index)
        tops = zip(self.top, self.naive_top, strict=True)
        return int((stored != expected).sum()) + abs(len(stored) - len(self.ranked)) + sum(a != b for a, b in tops)


def rank_in_pandas(scores: pd.DataFrame, weights: tuple[float, ...]) -> pd.Series:
    """Rank every application within its requisition: level, weighted score, weighted probability, date, id."""
    passed = [scores[name] >= threshold for name, threshold in zip(SCORES, THRESHOLDS.values(), strict=False)]
    level = np.select([~passed[0], ~passed[1], ~passed[2]], [0, 1, 2], 3)
    keys = scores[["application_id", "requisition_id", "applied_at"]].assign(
        level=-level, score=-_weighted(scores, SCORES, weights, level), probability=-_weighted(
            scores, PROBABILITIES, weights, level
        )
    )  # fmt: skip
    ordered = keys.sort_values(["requisition_id", "level", "score", "probability", "applied_at", "application_id"])
    rank = ordered.groupby("requisition_id").cumcount() + 1
    return pd.Series(rank.to_numpy(), index=pd.Index(ordered["application_id"], name="application_id"))


def _weighted(
    scores: pd.DataFrame, names: tuple[str, ...], weights: tuple[float, ...], level: np.ndarray
) -> np.ndarray:
    total = sum(np.where(level >= place, weights[place] * scores[name], 0) for place, name in enumerate(names))
    mean: np.ndarray = np.round(total / np.cumsum(weights)[level] * 1e12) / 1e12
    return mean
