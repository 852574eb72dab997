"""A batch from opening to publication.

Every step writes one partition in one transaction and replaces what an earlier run of it wrote; readers see a batch
only when all of it is there. What is kept: the published batch of the latest as-of date, its predecessor, and the last
published batch of every quarter. Rows of all others are dropped when a batch opens; which models scored them stays on
record, and as features and models are rebuilt from their as-of date, so can they be.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from ml.scores.errors import ScoringError
from ml.scores.facets import facet_models
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml.organisation import Organisation
    from ml.scores.facets import FacetModel, Scorer
    from ml.warehouse.connection import Warehouse

SQL = Path(__file__).parent / "sql"
PARTS = 4


@dataclass(frozen=True)
class Batch:
    """A row of ``scores.batches``; ``blind_share``, in [0, 1), of the applications hide their scores."""

    batch_id: int
    as_of_date: dt.date
    status: str
    parts: int
    population: str
    blind_share: float

    @property
    def as_of(self) -> dt.datetime:
        """Midnight (UTC) of the as-of date: facts recorded before it are known."""
        return dt.datetime.combine(self.as_of_date, dt.time(), dt.UTC)


def open_batch(
    warehouse: Warehouse,
    organisation: Organisation,
    as_of_date: dt.date,
    champions: Mapping[str, Scorer],
    *,
    reasons: Mapping[str, tuple[str, str]] | None = None,
    parts: int = PARTS,
) -> int:
    """Start a batch, and fix what it is made with: model versions, weights, thresholds, population and blind share.

    Drops unpublished batches of the same as-of date, and what retention no longer keeps.

    Parameters
    ----------
    warehouse : Warehouse
        Where to write.
    organisation : Organisation
        Says who is ranked, which facets there can be and how large the blind slice is.
    as_of_date : datetime.date
        Midnight (UTC) up to which facts are known.
    champions : mapping of str to Scorer
        The champion of each ranker that has one.
    reasons : mapping of str to (str, str), optional
        Status and sentence of rankers without a champion, as training gave them.
    parts : int, default=4
        In how many parts applications are scored.

    Returns
    -------
    int
        The batch's id.

    Raises
    ------
    ScoringError
        The warehouse holds no applications for that date, no business conditions or no thresholds; a threshold is
        missing, or the weights of a condition are not positive or do not sum to one.
    """
    with warehouse.connect(TRAINER) as connection:
        _check_inputs(connection, as_of_date)
        opened = connection.execute(
            "insert into scores.batches (as_of_date, parts, population, blind_share) values (%s, %s, %s, %s)"
            " returning batch_id",
            [as_of_date, parts, organisation.population, organisation.blind_share],
        )
        ((batch_id,),) = opened.fetchall()
        for model in facet_models(organisation, champions, reasons or {}):
            _insert_model(connection, batch_id, model)
        connection.execute(
            "insert into scores.batch_conditions select %s, condition, t, q, o, v from ranking.business_conditions",
            [batch_id],
        )
        connection.execute(
            "insert into scores.batch_thresholds select %s, facet, threshold from ranking.thresholds", [batch_id]
        )
        _check_conditions(connection, batch_id)
    _drop_expired(warehouse, batch_id)
    return int(batch_id)


def _check_inputs(connection: psycopg.Connection, as_of_date: dt.date) -> None:
    advice = f"run the ingest workflow for {as_of_date} first."
    for table, lacking in (
        ("intermediate.application_lifecycle", f"The warehouse has no applications as of {as_of_date}"),
        ("ranking.business_conditions", "The warehouse has no business conditions"),
        ("ranking.thresholds", "The warehouse has no thresholds"),
    ):
        condition = " where as_of_date = %s" if table.startswith("intermediate") else " where %s::date is not null"
        exists = connection.execute("select to_regclass(%s) is not null", [table]).fetchone() == (True,)
        statement = f"select from {table}{condition} limit 1"
        if not exists or connection.execute(statement.encode(), [as_of_date]).fetchone() is None:
            raise ScoringError(f"{lacking}: {advice}")


def _check_conditions(connection: psycopg.Connection, batch_id: int) -> None:
    statement = (SQL / "checked_conditions.sql").read_bytes()
    try:
        connection.execute(statement, {"batch_id": batch_id})
    except psycopg.Error as error:
        if error.sqlstate != "FR002":
            raise
        raise ScoringError(
            f"The business conditions or thresholds cannot be used: {error.diag.message_primary}"
        ) from None


def _insert_model(connection: psycopg.Connection, batch_id: int, model: FacetModel) -> None:
    connection.execute(
        "insert into scores.batch_models values (%s, %s, %s, %s, %s, %s, %s, %s, %s)", [batch_id, *astuple(model)]
    )


def _drop_expired(warehouse: Warehouse, batch_id: int) -> None:
    with warehouse.connect(TRAINER, autocommit=True) as connection:
        # Somebody who reads for minutes is not waited for: the next batch tries again.
        connection.execute("set lock_timeout = '2s'")
        expired = connection.execute((SQL / "expired_batches.sql").read_bytes(), {"batch_id": batch_id}).fetchall()
        for (expired_id,) in expired:
            try:
                connection.execute("select scores.drop_batch(%s)", [expired_id])
            except psycopg.errors.LockNotAvailable:
                return


def read_batch(warehouse: Warehouse, batch_id: int) -> Batch:
    """Read what a batch was opened with.

    Raises
    ------
    ScoringError
        There is no such batch.
    """
    with warehouse.connect(TRAINER) as connection:
        row = connection.execute(
            "select batch_id, as_of_date, status, parts, population, blind_share from scores.batches"
            " where batch_id = %s",
            [batch_id],
        ).fetchone()
    if row is None:
        raise ScoringError(f"There is no batch {batch_id}: open one first.")
    return Batch(*row)


@contextmanager
def written_partition(
    warehouse: Warehouse, parent: str, batch_id: int, *, step: str, part: int | None = None
) -> Iterator[tuple[psycopg.Connection, sql.Identifier]]:
    """Write one partition of a batch: all of it, or nothing.

    Yields
    ------
    (psycopg.Connection, psycopg.sql.Identifier)
        The connection, in a transaction that commits at the end of the block, and the table to fill.

    Raises
    ------
    ScoringError
        The batch is published already, or was dropped for a newer one of its date.
    """
    place = [parent, batch_id, part]
    with warehouse.connect(TRAINER) as connection:
        try:
            connection.execute("select scores.clear_partition(%s, %s, %s::smallint, %s)", [*place, step])
            connection.commit()
            (name,) = connection.execute("select scores.new_partition(%s, %s, %s::smallint)", place).fetchall()[0]
        except psycopg.Error as error:
            if error.sqlstate != "FR001":
                raise
            raise _not_building(batch_id) from None
        yield connection, sql.Identifier(*name.split("."))
        connection.execute("select scores.attach_partition(%s, %s, %s::smallint, %s)", [*place, step])


def _not_building(batch_id: int) -> ScoringError:
    return ScoringError(f"Batch {batch_id} is not being built (any more): open a new one.")


def publish_batch(warehouse: Warehouse, batch_id: int) -> None:
    """Make a finished batch what people read, in one transaction.

    The published batch of the same as-of date, if any, is superseded. A batch of an earlier date than the current one
    is published for the record; the ranked lists stay those of the latest date.

    Raises
    ------
    ScoringError
        A step is missing or was run again after the ranking, or an application is missing.
    """
    batch = read_batch(warehouse, batch_id)
    with warehouse.connect(TRAINER) as connection:
        # A step that still runs holds the batch; nothing may slip in between check and publication.
        row = connection.execute("select status from scores.batches where batch_id = %s for update", [batch_id])
        if row.fetchone() != ("building",):
            raise _not_building(batch_id)
        problem = connection.execute((SQL / "publication_problem.sql").read_bytes(), {"batch_id": batch_id}).fetchone()
        if problem is not None:
            raise ScoringError(f"Batch {batch_id} is not complete: {problem[0]}.")
        connection.execute(
            "update scores.batches set status = 'superseded' where as_of_date = %s and status = 'published'",
            [batch.as_of_date],
        )
        connection.execute(
            "update scores.batches set status = 'published', published_at = clock_timestamp() where batch_id = %s",
            [batch_id],
        )
