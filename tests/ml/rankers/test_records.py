from __future__ import annotations

import datetime as dt
from pathlib import Path

import psycopg
import pytest

from ml.rankers.records import Action, record_champion, record_version, write_validation_predictions
from ml.rankers.train import fit_and_validate
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import AUDITOR, ERASER, HR_OPS, REVIEWER, TRAINER
from tests.ml.rankers.factories import CONTRACT, make_snapshot, make_table, organisation

AS_OF = dt.date(2025, 10, 1)
NOON = dt.datetime(2025, 10, 1, 12, tzinfo=dt.UTC)
COUNTS = "select ranker, model_version, count(*) from scores.validation_predictions group by 1, 2 order by 1, 2"


def test_predictions_replace_those_of_the_same_version_only(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    trained = fit_and_validate(make_snapshot(tmp_path, make_table(400)), CONTRACT, organisation())
    predictions = trained.predictions
    written = [
        write_validation_predictions(fresh_warehouse, predictions, as_of_date=AS_OF, ranker=ranker, version=version)
        for ranker, version in (("quality", "1"), ("onboard", "1"), ("quality", "2"), ("quality", "2"))
    ]
    assert written == [predictions.num_rows] * 4
    with fresh_warehouse.connect(AUDITOR) as connection:
        assert connection.execute(COUNTS).fetchall() == [
            ("onboard", "1", predictions.num_rows),
            ("quality", "1", predictions.num_rows),
            ("quality", "2", predictions.num_rows),
        ]
        row = connection.execute(
            "select requisition_id, fold, score, probability, label, stage_entered_at"
            " from scores.validation_predictions where ranker = 'quality' order by application_id limit 1"
        ).fetchone()
    names = ("requisition_id", "fold", "score", "probability", "label", "stage_entered_at")
    assert row == tuple(predictions[name][0].as_py() for name in names)


def test_the_eraser_deletes_what_every_version_said_of_a_person(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    predictions = fit_and_validate(make_snapshot(tmp_path, make_table(400)), CONTRACT, organisation()).predictions
    for version in ("1", "2"):
        write_validation_predictions(fresh_warehouse, predictions, as_of_date=AS_OF, ranker="quality", version=version)
    person = [predictions["application_id"][0].as_py()]
    with fresh_warehouse.connect(ERASER) as connection:
        statement = "delete from scores.validation_predictions where application_id = %s"
        assert connection.execute(statement, person).rowcount == 2


def test_the_last_word_on_a_version_replaces_the_earlier(fresh_warehouse: Warehouse, tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path)
    for status in ("challenger", "rejected"):
        record_version(
            fresh_warehouse,
            as_of_date=AS_OF,
            ranker="quality",
            version="3",
            status=status,
            sentence=f"It is {status}.",
            snapshot=snapshot,
            metrics={"rows": 600},
        )
    record_version(fresh_warehouse, as_of_date=AS_OF, ranker="onboard", status="no labels", sentence="None.")
    with fresh_warehouse.connect(REVIEWER) as connection:
        rows = connection.execute(
            "select ranker, model_version, snapshot_hash, status, sentence, metrics, created_at is not null"
            " from governance.model_versions order by ranker"
        ).fetchall()
    assert rows == [
        ("onboard", "none", None, "no labels", "None.", {}, True),
        ("quality", "3", snapshot.content_hash, "rejected", "It is rejected.", {"rows": 600}, True),
    ]


def test_a_new_champion_supersedes_the_one_before_and_it_is_known_who_decided(fresh_warehouse: Warehouse) -> None:
    for ranker, version in (("quality", "1"), ("onboard", "1"), ("quality", "2"), ("quality", "3")):
        record_version(
            fresh_warehouse, as_of_date=AS_OF, ranker=ranker, version=version, status="challenger", sentence="Good."
        )
    moves: list[tuple[str, str, Action, str]] = [
        ("quality", "1", "promoted", "retrain"),
        ("onboard", "1", "promoted", "retrain"),
        ("quality", "2", "promoted", "retrain"),
        # A task that is run again changes nothing.
        ("quality", "2", "promoted", "retrain"),
        ("quality", "1", "rolled back", "ada"),
    ]
    with fresh_warehouse.connect(TRAINER) as connection:
        for ranker, version, action, by in moves:
            record_champion(connection, ranker, version, action=action, by=by, at=NOON)
    with fresh_warehouse.connect(REVIEWER) as connection:
        statuses = connection.execute(
            "select ranker, model_version, status from governance.model_versions order by 1, 2"
        )
        assert statuses.fetchall() == [
            ("onboard", "1", "champion"),
            ("quality", "1", "champion"),
            ("quality", "2", "superseded"),
            ("quality", "3", "challenger"),
        ]
        recorded = connection.execute(
            "select ranker, model_version, action, decided_by, decided_at from governance.promotions order by promotion_id"
        )
        assert recorded.fetchall() == [(*moves[place], NOON) for place in (0, 1, 2, 4)]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (HR_OPS, "select 1 from scores.validation_predictions"),
        (REVIEWER, "select 1 from scores.validation_predictions"),
        (REVIEWER, "delete from governance.model_versions"),
        (TRAINER, "delete from governance.promotions"),
        (AUDITOR, "delete from scores.validation_predictions"),
    ],
)
def test_who_may_not(fresh_warehouse: Warehouse, role: str, statement: str) -> None:
    with fresh_warehouse.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_a_status_that_is_not_one_is_refused(fresh_warehouse: Warehouse) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        record_version(fresh_warehouse, as_of_date=AS_OF, ranker="quality", status="splendid", sentence="")
    with fresh_warehouse.connect(TRAINER) as connection:
        assert connection.execute("select count(*) from governance.model_versions").fetchone() == (0,)
