"""What the warehouse keeps of a training: the version with its metrics, and its out-of-fold scores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from psycopg import sql

from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa
    from psycopg import Connection

    from ml.rankers.snapshot import Snapshot
    from ml.warehouse.connection import Warehouse

Action = Literal["promoted", "rolled back"]

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
_CROWN = """
update governance.model_versions
set status = case when model_version = %(version)s then 'champion' else 'superseded' end
where ranker = %(ranker)s and (model_version = %(version)s or status = 'champion')
"""

# A task that is run again after it had promoted changes no champion.
_RECORD_PROMOTION = """
insert into governance.promotions (ranker, model_version, action, decided_by, decided_at)
select %(ranker)s, %(version)s, %(action)s, %(by)s, %(at)s
where %(version)s is distinct from (
    select model_version from governance.promotions where ranker = %(ranker)s order by promotion_id desc limit 1
)
"""

_FORGET = "delete from scores.validation_predictions where ranker = %s and model_version = %s"


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

    Parameters
    ----------
    warehouse : Warehouse
        Written as the trainer.
    as_of_date : date
        Of the retraining.
    ranker : {"quality", "onboard", "attrition"}
        Which ranker.
    status : str
        ``challenger``, ``rejected``, ``no usable signal``, ``no labels`` or ``too few labels``; champions are made
        by :func:`record_champion`.
    sentence : str
        The status in words.
    version : str, default="none"
        Registered version; ``none`` where nothing could be trained.
    snapshot : Snapshot, optional
        Its training data.
    metrics : dict, optional
        Of the validation.
    """
    hashes = (snapshot.data_hash, snapshot.contract_hash) if snapshot else (None, None)
    with warehouse.connect(TRAINER) as connection:
        row = (as_of_date, ranker, version, *hashes, status, sentence, json.dumps(metrics or {}, allow_nan=False))
        connection.execute(_RECORD, row)


def record_champion(
    connection: Connection, ranker: str, version: str, *, action: Action, by: str, at: dt.datetime
) -> None:
    """Write who made a version the champion and when; the champion before it becomes ``superseded``.

    Parameters
    ----------
    connection : psycopg.Connection
        Of the trainer; the caller commits.
    ranker, version : str
        The new champion.
    action : {"promoted", "rolled back"}
        How it became that.
    by : str
        Who decided: a person's login, or the rule.
    at : datetime
        When, with a zone.
    """
    values = {"ranker": ranker, "version": version, "action": action, "by": by, "at": at}
    connection.execute(_RECORD_PROMOTION, values)
    connection.execute(_CROWN, values)


def write_validation_predictions(
    warehouse: Warehouse, predictions: pa.Table, *, as_of_date: dt.date, ranker: str, version: str
) -> int:
    """Write a version's out-of-fold scores, replacing its own and no other's, in one transaction.

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
        connection.execute(_FORGET, (ranker, version))
        return copy_batches(connection, sql.Identifier("scores", "validation_predictions"), predictions.to_batches())
