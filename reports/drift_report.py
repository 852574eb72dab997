"""The drift of every ranker that scores now: read, compared, kept in ``governance`` and as pages of the site."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from ml.errors import FacetrankError
from ml.warehouse.roles import AUDITOR
from reports.drift import DRAWN, Drift, compare
from reports.evidently_page import place
from reports.formats import day
from reports.overlap import overlap
from reports.queries import query
from reports.words import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    import pandas as pd
    from psycopg import Connection

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

Comparison = Literal["newcomers", "scored"]

MAXIMUM_ROWS = 10_000
"""Rows compared on each side: with so many, a distance of .1 is far beyond chance."""

TRAINING_DAYS = 365
"""How far back the training goes that newcomers are compared with: a year, so that it has every season.

Older rows would show as drift what changed within the training, which training again does not cure.
"""

_KEYS = ("application_id", "candidate_id", "requisition_id")

_INSERT_RESULT = """
insert into governance.drift_results (
    as_of_date, ranker, comparison, model_version, snapshot_hash,
    reference_rows, current_rows, verdict, sentence, is_alert, page, overlap
) values (
    %(as_of_date)s, %(ranker)s, %(comparison)s, %(model_version)s, %(snapshot_hash)s,
    %(reference_rows)s, %(current_rows)s, %(verdict)s, %(sentence)s, %(is_alert)s, %(page)s, %(overlap)s
)
"""
_INSERT_COLUMN = """
insert into governance.drift_columns (
    as_of_date, ranker, comparison, column_name, distance, p_value, adjusted_p_value, has_drifted
) values (
    %(as_of_date)s, %(ranker)s, %(comparison)s,
    %(column)s, %(distance)s, %(p_value)s, %(adjusted_p_value)s, %(has_drifted)s
)
"""


@dataclass(frozen=True)
class DriftResult:
    """The verdict on one ranker.

    Attributes
    ----------
    ranker, model_version, snapshot_hash : str
        The model that scores, and what it was trained on.
    comparison : {"newcomers", "scored"}
        Its last year of training against the people who have reached the ranker's stage since; or all of its training
        against everybody it scores. The second differs by design where a ranker learns from few (the offered, the
        hired) and scores all.
    drift : Drift
        The verdict, its sentence and its columns.
    overlap : dict or None
        Of everybody scored, how well a model tells them from the training (:func:`reports.overlap.overlap`).
    """

    ranker: str
    model_version: str
    snapshot_hash: str
    comparison: Comparison
    drift: Drift
    overlap: dict[str, Any] | None

    @property
    def is_alert(self) -> bool:
        """Whether to retrain: those whom the ranker would learn from next are unlike those it learnt from."""
        return self.comparison == "newcomers" and self.drift.verdict == "drift"


def report_drift(
    warehouse: Warehouse, organisation: Organisation, settings: Settings, as_of_date: date
) -> tuple[DriftResult, ...]:
    """Compare each scoring model's training snapshot with the people of the published batch.

    Replaces what ``governance.drift_results`` says of the date, and Evidently's pages in the site.

    Returns
    -------
    tuple of DriftResult
        Two per model; empty where nothing was published as of the date.

    Raises
    ------
    FacetrankError
        The snapshot behind a model that scores is gone.
    """
    folder = settings.organisation_folder(organisation.name)
    with warehouse.connect(AUDITOR) as connection:
        # Whole tables are joined, some written seconds ago and without statistics: a nested loop takes minutes.
        connection.execute("set local enable_nestloop = off")
        results = tuple(_results(connection, folder / "snapshots", as_of_date))
        connection.execute("delete from governance.drift_results where as_of_date = %s", [as_of_date])
        for result in results:
            page = _write_page(result, folder / "site", as_of_date)
            _store(connection, result, as_of_date, page)
    return results


def _results(connection: Connection, snapshots: Path, as_of_date: date) -> Iterator[DriftResult]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        models = cursor.execute(query("scoring_models"), {"as_of_date": as_of_date}).fetchall()
    for model in models:
        values = {**model, "as_of_date": as_of_date, "at_most": MAXIMUM_ROWS}
        drifts = _compared(connection, _training_rows(connection, snapshots, values), values)
        version = model["ranker"], model["model_version"], model["snapshot_hash"]
        for comparison, drift, overlapping in drifts:
            yield DriftResult(*version, comparison, drift, overlapping)


def _training_rows(connection: Connection, snapshots: Path, values: dict[str, Any]) -> pd.DataFrame:
    """Read the snapshot behind a model, with the scores that validation gave its rows out of fold."""
    from ml.rankers.snapshot import read_snapshot

    descriptions = list(snapshots.glob(f"{values['ranker']}-*-{values['snapshot_hash'][:12]}.json"))
    if not descriptions:
        raise FacetrankError(
            f"{snapshots}: no snapshot {values['snapshot_hash'][:12]}, which version {values['model_version']} of "
            f"{values['ranker']} was trained on: put it back, or retrain and score."
        )
    rows: pd.DataFrame = read_snapshot(descriptions[0]).table().to_pandas()
    return rows.merge(_read(connection, query("validation_scores"), values), on="application_id", how="left")


def _compared(
    connection: Connection, snapshot: pd.DataFrame, values: dict[str, Any]
) -> Iterator[tuple[Comparison, Drift, dict[str, Any] | None]]:
    until = snapshot["stage_entered_at"].max()
    recent = snapshot[snapshot["stage_entered_at"] > until - timedelta(days=TRAINING_DAYS)]
    values = {**values, "trained_until": until}
    own: dict[Comparison, tuple[pd.DataFrame, str, list[str]]] = {
        "newcomers": (recent, "people_new_at_stage", ["score", "label"]),
        "scored": (snapshot, "people_scored", ["score"]),
    }
    for comparison, (rows, people, outcomes) in own.items():
        reference = rows.sample(min(len(rows), MAXIMUM_ROWS), random_state=0)
        current = _read(connection, _of_ranker(query(people), values["ranker"]), values)
        features = [name for name in snapshot.columns if name in current and name not in {*_KEYS, "score", "label"}]
        overlapping = overlap(reference, current, features) if comparison == "scored" else None
        yield comparison, compare(reference, current, features, outcomes), overlapping


def _read(connection: Connection, statement: Any, values: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    cursor = connection.execute(statement, values)
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])


def _of_ranker(statement: bytes, ranker: str) -> Any:
    from psycopg import sql

    labels, score = sql.Identifier("labels", f"{ranker}_labels"), sql.Identifier(f"{ranker}_score")
    return sql.SQL(statement.decode()).format(labels=labels, score=score)


def _write_page(result: DriftResult, site: Path, as_of_date: date) -> str | None:
    """Keep Evidently's page beside the others; gives its address from the pages of the date."""
    if not result.drift.html:
        return None
    address = f"evidently/{result.ranker}-{result.comparison}.html"
    drawn, columns = min(DRAWN, len(result.drift.columns)), len(result.drift.columns)
    place(
        result.drift.html,
        site / as_of_date.isoformat() / address,
        scripts=site / "evidently",
        title=f"{result.ranker.capitalize()}: training against {COMPARISONS[result.comparison][0]} as of "
        f"{day(as_of_date)}, the {drawn} of {columns} columns that moved farthest.",
        back="../drift.html",
    )
    return address


def _store(connection: Connection, result: DriftResult, as_of_date: date, page: str | None) -> None:
    drift = result.drift
    key = {"as_of_date": as_of_date, "ranker": result.ranker, "comparison": result.comparison}
    connection.execute(
        _INSERT_RESULT,
        {
            **key,
            "model_version": result.model_version,
            "snapshot_hash": result.snapshot_hash,
            "reference_rows": drift.reference_rows,
            "current_rows": drift.current_rows,
            "verdict": drift.verdict,
            "sentence": drift.sentence,
            "is_alert": result.is_alert,
            "page": page,
            "overlap": json.dumps(result.overlap) if result.overlap else None,
        },
    )
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_COLUMN, [{**key, **asdict(column)} for column in drift.columns])
