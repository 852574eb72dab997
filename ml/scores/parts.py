"""Scoring one part of a batch: features stream in over ADBC, scores stream out by binary COPY."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql

from ml.organisation import RANKERS
from ml.scores.batch import SQL, read_batch, written_partition
from ml.scores.errors import ScoringError
from ml.warehouse.arrow import compose, stream_arrow
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pyarrow as pa

    from ml.scores.batch import Batch
    from ml.scores.facets import Scorer
    from ml.warehouse.connection import Warehouse

IDENTIFIERS = (
    "application_id",
    "candidate_id",
    "requisition_id",
    "applied_at",
    "is_listed",
    "is_opted_out",
    "is_blind",
)


def score_part(warehouse: Warehouse, batch_id: int, part: int, rankers: Mapping[str, Scorer]) -> int:
    """Score the applications of one part of a batch, and write their rows of ``scores.facet_scores``.

    Which part an application belongs to is a hash of its id. Replaces what an earlier or killed run of this part
    wrote. Opted-out people get a row without scores, the blind slice one with hidden scores. Beside each ranker's
    score stands whether the application lies outside of what the ranker was trained on.

    Parameters
    ----------
    warehouse : Warehouse
        Where the batch is.
    batch_id : int
        A batch that is being built, its match step done.
    part : int
        From 0 to the batch's parts less one.
    rankers : mapping of str to Scorer
        The model versions that the batch was opened with, by ranker.

    Returns
    -------
    int
        Applications written.

    Raises
    ------
    ScoringError
        There is no such part, a model is not the one that the batch was opened with, or a score is not in [0, 1].
    """
    batch = read_batch(warehouse, batch_id)
    if not 0 <= part < batch.parts:
        raise ScoringError(f"Batch {batch_id} has parts 0 to {batch.parts - 1}, not {part}.")
    check_versions(warehouse, batch, rankers)
    statement = _statement(batch, part, rankers)
    rows = (_scored(batch_id, part, features, rankers) for features in stream_arrow(warehouse, TRAINER, statement))
    with written_partition(warehouse, "scores.facet_scores", batch_id, step=f"part {part}", part=part) as (
        connection,
        table,
    ):
        return copy_batches(connection, table, rows, freeze=True)


def check_versions(warehouse: Warehouse, batch: Batch, rankers: Mapping[str, Scorer]) -> None:
    """Refuse models that a batch was not opened with.

    Raises
    ------
    ScoringError
        A model is missing, is not the batch's version, or is none of its own.
    """
    with warehouse.connect(TRAINER) as connection:
        rows = connection.execute(
            "select ranker, model_version from scores.batch_models"
            " where batch_id = %s and is_present and ranker is not null",
            [batch.batch_id],
        ).fetchall()
    expected: dict[str, str] = dict(rows)
    given = {name: ranker.version for name, ranker in rankers.items()}
    if given != expected:
        raise ScoringError(
            f"Batch {batch.batch_id} was opened with {_listed(expected)}, not with {_listed(given)}: "
            "load those versions, or open a new batch."
        )


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{ranker} {versions[ranker]}" for ranker in RANKERS if ranker in versions) or "no ranker"


def _statement(batch: Batch, part: int, rankers: Mapping[str, Scorer]) -> sql.Composed:
    return compose(
        SQL / "part_features.sql",
        as_of_date=sql.Literal(batch.as_of_date),
        as_of=sql.Literal(batch.as_of),
        batch_id=sql.Literal(batch.batch_id),
        is_everybody=sql.Literal(batch.population == "all"),
        parts=sql.Literal(batch.parts),
        part=sql.Literal(part),
        blind_share=sql.Literal(batch.blind_share),
        features=select_features({feature for ranker in rankers.values() for feature in ranker.features}),
    )


def select_features(names: Collection[str]) -> sql.Composed:
    """Select columns of ``features`` at the end of a list of columns."""
    columns = [
        sql.SQL(", features.{} as {}").format(sql.Identifier(name), sql.Identifier(f"feature {name}"))
        for name in sorted(names)
    ]
    return sql.SQL("").join(columns)


def features_of(names: Sequence[str], read: pa.RecordBatch) -> pa.Table:
    """Pick columns from those that :func:`select_features` named."""
    import pyarrow as pa

    return pa.table({name: read[f"feature {name}"] for name in names})


def _scored(batch_id: int, part: int, read: pa.RecordBatch, rankers: Mapping[str, Scorer]) -> pa.RecordBatch:
    import pyarrow as pa

    n_rows = read.num_rows
    columns = {
        "batch_id": pa.array(np.full(n_rows, batch_id), pa.int64()),
        "part": pa.array(np.full(n_rows, part), pa.int16()),
        **{name: read[name] for name in IDENTIFIERS},
    }
    facets = {"technical_match": read["technical_match"]}
    columns["applied_at"] = columns["applied_at"].cast(pa.timestamp("us", tz="UTC"))
    is_opted_out = read["is_opted_out"].to_numpy(zero_copy_only=False)
    for name, ranker in rankers.items():
        table = features_of(ranker.features, read)
        for kind, values in zip(("score", "probability"), ranker.score(table), strict=True):
            _check_range(name, kind, values)
            facets[f"{name}_{kind}"] = pa.array(values, pa.float64(), mask=is_opted_out)
        is_outside = ranker.is_outside(table)
        if is_outside is not None:
            facets[f"{name}_is_outside"] = pa.array(is_outside, pa.bool_(), mask=is_opted_out)
    return pa.RecordBatch.from_pydict({**columns, **_shown_and_hidden(facets, read["is_blind"])})


def _shown_and_hidden(facets: Mapping[str, pa.Array], is_blind: pa.Array) -> dict[str, pa.Array]:
    """Put the scores of the blind slice into columns that people cannot read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    shown, hidden = {}, {}
    for name, values in facets.items():
        nothing = pa.scalar(None, values.type)
        shown[name] = pc.if_else(is_blind, nothing, values)
        hidden[f"hidden_{name}"] = pc.if_else(is_blind, values, nothing)
    return shown | hidden


def _check_range(ranker: str, kind: str, values: np.ndarray) -> None:
    # NaN is in no range.
    is_wrong = ~((values >= 0) & (values <= 1))
    if is_wrong.any():
        raise ScoringError(
            f"The {ranker} ranker gave {int(is_wrong.sum())} rows a {kind} outside [0, 1], "
            f"the first {values[is_wrong][0]}: nothing was written."
        )
