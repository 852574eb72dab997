"""Explaining the scores of ranked applications: the first of every requisition with the batch, others when asked.

What explains is stored with the batch, so that anybody can be explained later by the warehouse alone, without waiting
for model files and the libraries that read them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql

from ml.ranking.errors import RankingError
from ml.ranking.wording import FacetExplanation, Wording, explain_score, words_for
from ml.scores.batch import read_batch, written_partition
from ml.scores.facets import FACET_OF_RANKER
from ml.scores.parts import check_versions, features_of, select_features
from ml.warehouse.arrow import compose, read_few, stream_arrow
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psycopg
    import pyarrow as pa

    from ml.contract import FeatureContract
    from ml.rankers.explanations import VoteExplainer
    from ml.scores.batch import Batch
    from ml.scores.facets import Scorer
    from ml.warehouse.connection import Warehouse

SQL = Path(__file__).parent / "sql"
# The first so many of a requisition under any business condition: who somebody looks at whichever list they read.
FOREMOST = 50
_TOLERANCE = 1e-6
_SIDES = ("raised", "lowered")
_COLUMNS = ("batch_id", "application_id", "requisition_id", *(field.name for field in fields(FacetExplanation)))

# Application, requisition, and one of its scores.
Explained = tuple[str, str, FacetExplanation]


@dataclass(frozen=True)
class _Explainer:
    """What explains the scores of one ranker, and the words for its features, in their order."""

    ranker: str
    votes: VoteExplainer
    wording: Sequence[Wording]


def explain_batch(warehouse: Warehouse, batch_id: int, rankers: Mapping[str, Scorer], contract: FeatureContract) -> int:
    """Explain the scores of the first 50 applications of every requisition under any condition.

    Stores the explanations, and what explained them. Replaces what an earlier or killed run of this step wrote.

    Parameters
    ----------
    warehouse : Warehouse
        Where the batch is.
    batch_id : int
        A batch that is being built, its ranking done.
    rankers : mapping of str to Scorer
        The model versions that the batch was opened with, by ranker.
    contract : FeatureContract
        Has the features' labels and units.

    Returns
    -------
    int
        Explanations written: applications times rankers.

    Raises
    ------
    ScoringError
        The batch is published already or was dropped, or a model is not the one that it was opened with.
    RankingError
        A score is not what its features and model give.
    """
    batch = read_batch(warehouse, batch_id)
    check_versions(warehouse, batch, rankers)
    explainers = [
        _Explainer(name, ranker.explainer(), words_for(contract, ranker.features)) for name, ranker in rankers.items()
    ]
    foremost = sql.SQL("rank <= {}").format(sql.Literal(FOREMOST))
    reads = stream_arrow(warehouse, TRAINER, _statement(batch, explainers, foremost))
    rows = (_record_batch(batch_id, _explain(explainers, read)) for read in reads)
    with written_partition(warehouse, "scores.explanations", batch_id, step="explanations") as (connection, table):
        _store(connection, batch_id, explainers)
        return copy_batches(connection, table, rows, jsonb=_SIDES, freeze=True)


def explain_ranked(warehouse: Warehouse, batch_id: int, application_id: str) -> tuple[FacetExplanation, ...]:
    """Explain the scores of any ranked application of a batch by what the batch stored.

    Returns
    -------
    tuple of FacetExplanation
        By facet; empty where no ranker scores.

    Raises
    ------
    RankingError
        The application is not ranked, its features are gone, or a score is not what they and its model give.
    """
    batch = read_batch(warehouse, batch_id)
    explainers = _read(warehouse, batch_id)
    this = sql.SQL("application_id = {}").format(sql.Literal(application_id))
    found = _explain(explainers, read_few(warehouse, TRAINER, _statement(batch, explainers, this)))
    if explainers and not found:
        raise RankingError(
            f"Application {application_id} cannot be explained: it is not ranked, or its features as of "
            f"{batch.as_of_date} are no longer in the warehouse."
        )
    return tuple(explanation for _, _, explanation in found)


def _store(connection: psycopg.Connection, batch_id: int, explainers: Sequence[_Explainer]) -> None:
    connection.execute("delete from scores.explainers where batch_id = %s", [batch_id])
    for explainer in explainers:
        wording = json.dumps([asdict(word) for word in explainer.wording])
        connection.execute(
            "insert into scores.explainers (batch_id, ranker, wording, content) values (%s, %s, %s, %s)",
            [batch_id, explainer.ranker, wording, explainer.votes.to_bytes()],
        )


def _read(warehouse: Warehouse, batch_id: int) -> list[_Explainer]:
    from ml.rankers.explanations import read_explainer

    statement = "select ranker, wording, content from scores.explainers where batch_id = %s"
    with warehouse.connect(TRAINER) as connection:
        stored = {row[0]: row[1:] for row in connection.execute(statement, [batch_id], binary=True)}
    return [
        _Explainer(ranker, read_explainer(content), [Wording(**word) for word in wording])
        for ranker, (wording, content) in sorted(stored.items(), key=lambda item: list(FACET_OF_RANKER).index(item[0]))
    ]


def _statement(batch: Batch, explainers: Sequence[_Explainer], condition: sql.Composable) -> sql.Composed:
    return compose(
        SQL / "explained_features.sql",
        batch_id=sql.Literal(batch.batch_id),
        as_of_date=sql.Literal(batch.as_of_date),
        condition=condition,
        features=select_features({name for explainer in explainers for name in explainer.votes.features}),
    )


def _explain(explainers: Sequence[_Explainer], read: pa.RecordBatch) -> list[Explained]:
    return [row for explainer in explainers for row in _explain_scores(explainer, read)]


def _explain_scores(explainer: _Explainer, read: pa.RecordBatch) -> Iterator[Explained]:
    table = features_of(explainer.votes.features, read)
    parts = explainer.votes.explain(table)
    scores = read[f"{explainer.ranker}_score"].to_numpy(zero_copy_only=False)
    names = read["application_id"].to_pylist()
    _check_scores(explainer.ranker, names, scores, parts.base_value + parts.values.sum(axis=1))
    facet = FACET_OF_RANKER[explainer.ranker]
    for name, requisition, score, values, contributions in zip(
        names, read["requisition_id"].to_pylist(), scores.tolist(), table.to_pylist(), parts.values, strict=True
    ):
        explanation = explain_score(
            facet, score, parts.base_value, features=explainer.wording, values=values, contributions=contributions
        )
        yield name, requisition, explanation


def _check_scores(ranker: str, names: list[str], scores: np.ndarray, sums: np.ndarray) -> None:
    # NaN, a score that is missing, is near nothing.
    is_other = ~(np.abs(scores - sums) <= _TOLERANCE)
    if is_other.any():
        first = int(np.flatnonzero(is_other)[0])
        raise RankingError(
            f"The {ranker} score of application {names[first]} is {scores[first]:.4f}, but its features and model now "
            f"give {sums[first]:.4f}: the features were built again since; run the score workflow again."
        )


def _record_batch(batch_id: int, explained: list[Explained]) -> pa.RecordBatch:
    import pyarrow as pa

    rows = []
    for application_id, requisition_id, explanation in explained:
        row = asdict(explanation)
        row |= {side: json.dumps(row[side]) for side in _SIDES}
        rows.append({"batch_id": batch_id, "application_id": application_id, "requisition_id": requisition_id, **row})
    kinds = {"batch_id": pa.int64(), "score": pa.float64(), "base_value": pa.float64(), "rest": pa.float64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in _COLUMNS])
    return pa.RecordBatch.from_pylist(rows, schema=schema)
