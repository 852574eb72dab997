"""What the warehouse keeps of a training: the version with its metrics, and its out-of-fold scores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa

    from ml.rankers.snapshot import Snapshot
    from ml.warehouse.connection import Warehouse

# The version of a ranker that could not be trained.
NO_VERSION = "none"

_RECORD = """
insert into governance.model_versions
    (as_of_date, ranker, model_version, snapshot_hash, contract_hash, status, sentence, metrics)
values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (as_of_date, ranker, model_version) do update set
    snapshot_hash = excluded.snapshot_hash,
    contract_hash = excluded.contract_hash,
    status = excluded.status,
    sentence = excluded.sentence,
    metrics = excluded.metrics
"""

# There is one champion at a time, whichever date the one before was trained for.
_SUPERSEDE = """
update governance.model_versions
set status = 'superseded'
where ranker = %s and status = 'champion' and model_version <> %s
"""

_FORGET = "delete from scores.validation_predictions where as_of_date = %s and ranker = %s"


def record_version(
    warehouse: Warehouse,
    *,
    as_of_date: dt.date,
    ranker: str,
    status: str,
    sentence: str,
    version: str = NO_VERSION,
    snapshot: Snapshot | None = None,
    metrics: dict[str, Any] | None = None,
) -> None:
    """Write what became of a retraining to ``governance.model_versions``, replacing an earlier word on it.

    A champion turns the ranker's champion of before into ``superseded``.

    Parameters
    ----------
    warehouse : Warehouse
        Written as the trainer.
    as_of_date : date
        Of the retraining.
    ranker : {"quality", "onboard", "attrition"}
        Which ranker.
    status : str
        ``champion``, ``challenger``, ``rejected``, ``no usable signal``, ``no labels`` or ``too few labels``.
    sentence : str
        The status in words.
    version : str, default="none"
        Registered version; ``none`` where nothing could be trained.
    snapshot : Snapshot, optional
        Its training data.
    metrics : dict, optional
        Of the validation.
    """
    hashes = (snapshot.content_hash, snapshot.contract_hash) if snapshot else (None, None)
    with warehouse.connect(TRAINER) as connection:
        row = (as_of_date, ranker, version, *hashes, status, sentence, json.dumps(metrics or {}, allow_nan=False))
        connection.execute(_RECORD, row)
        if status == "champion":
            connection.execute(_SUPERSEDE, [ranker, version])


def write_validation_predictions(
    warehouse: Warehouse, predictions: pa.Table, *, as_of_date: dt.date, ranker: str, version: str
) -> int:
    """Replace a ranker's out-of-fold scores as of a date, in one transaction.

    Parameters
    ----------
    warehouse : Warehouse
        Written as the trainer.
    predictions : pyarrow.Table
        Of :class:`ml.rankers.train.TrainedRanker`.
    as_of_date : date
        Of the retraining.
    ranker, version : str
        Whose scores.

    Returns
    -------
    int
        Rows written.
    """
    import pyarrow as pa

    constants = {
        "as_of_date": pa.scalar(as_of_date, pa.date32()),
        "ranker": pa.scalar(ranker),
        "model_version": pa.scalar(version),
    }
    for name, value in constants.items():
        predictions = predictions.append_column(name, pa.repeat(value, predictions.num_rows))
    with warehouse.connect(TRAINER) as connection:
        connection.execute(_FORGET, (as_of_date, ranker))
        return copy_batches(connection, sql.Identifier("scores", "validation_predictions"), predictions.to_batches())
