"""Small good data for every layer, so that a test can break one thing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql

from ml.contract import Feature, FeatureContract
from ml.organisation import Organisation
from ml.rankers.matrix import snapshot_columns, tenure_columns
from ml.rankers.snapshot import Snapshot

AS_OF = date(2026, 1, 1)
BATCH = 1
RUN_AT = datetime(2026, 1, 2, 6, tzinfo=UTC)
ORGANISATION = Organisation(name="demo")
RANKERS = ("quality", "onboard", "attrition")

CONTRACT = FeatureContract(
    (
        Feature("source", "categorical", RANKERS, "", "the channel is the employer's own"),
        Feature("years_experience", "numeric", RANKERS, "years", "requisitions ask for it"),
        Feature("has_resume", "boolean", ("quality",), "", "screeners pass few without one"),
        Feature("attribute_honors", "boolean", ("quality",), "", "declared by the organisation"),
    )
)

LABELS = """
create table labels.{table} (
    as_of_date date, application_id text, candidate_id text, requisition_id text, job_family text,
    stage_entered_at timestamptz, matured_at timestamptz, labelled_at timestamptz,
    label_status text, label smallint, rank_seen boolean
)
"""
FEATURES = """
create table features.application_features (
    as_of_date date, application_id text, candidate_id text, requisition_id text, applied_at timestamptz,
    source text, years_experience double precision, has_resume boolean, attribute_honors boolean
)
"""
LIFECYCLE = """
create table intermediate.application_lifecycle (
    as_of_date date, application_id text, is_active boolean
)
"""


def insert(connection: psycopg.Connection, table: str, **values: Any) -> None:
    """Insert one row."""
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Literal, values.values())),
    )
    connection.execute(statement)


def fill_landing(connection: psycopg.Connection) -> None:
    """Two applications, of which one went all the way, in every table."""
    recorded = {"recorded_at": "2025-03-02T00:00:00Z"}
    at = "2025-03-01T00:00:00Z"
    insert(connection, "landing.requisitions", requisition_id="r1", title="Clerk", openings=2, opened_at=at, **recorded)
    for number in (1, 2):
        who = {"candidate_id": f"c{number}"}
        application = {"application_id": f"a{number}"}
        insert(connection, "landing.candidates", **who, created_at=at, **recorded)
        insert(
            connection,
            "landing.resumes",
            resume_id=f"s{number}",
            **who,
            received_at=at,
            content_text="Clerk since 2019",
            **recorded,
        )
        insert(
            connection,
            "landing.applications",
            **application,
            **who,
            requisition_id="r1",
            applied_at=at,
            source="direct",
            resume_id=f"s{number}",
            attributes='{"honors": true, "hobby": "chess"}',
            **recorded,
        )
    for number, event_type in enumerate(("screen_passed", "offer_extended", "onboarded"), start=1):
        insert(
            connection,
            "landing.application_events",
            event_id=f"e{number}",
            application_id="a1",
            event_type=event_type,
            occurred_at=at,
            **recorded,
        )
    insert(connection, "landing.employment_spells", spell_id="p1", candidate_id="c1", started_on=at, **recorded)
    insert(
        connection,
        "protected.protected_attributes",
        candidate_id="c1",
        attribute="sex",
        value="female",
        collected_at=at,
        **recorded,
    )


def fill_labels(connection: psycopg.Connection) -> None:
    """Per ranker one positive, one negative and one immature label."""
    for ranker in RANKERS:
        table = f"{ranker}_labels"
        connection.execute(sql.SQL(LABELS).format(table=sql.Identifier(table)))
        for number, label in ((1, 1), (2, 0), (3, None)):
            is_observed = label is not None
            insert(
                connection,
                f"labels.{table}",
                as_of_date=AS_OF,
                application_id=f"a{number}",
                candidate_id=f"c{number}",
                requisition_id="r1",
                stage_entered_at="2025-03-01T00:00:00Z" if is_observed else "2025-12-20T00:00:00Z",
                matured_at="2025-04-01T00:00:00Z" if is_observed else "2026-01-20T00:00:00Z",
                labelled_at="2025-03-10T00:00:00Z" if is_observed else None,
                label_status="observed" if is_observed else "immature",
                label=label,
                rank_seen=False,
            )


def fill_lifecycle(connection: psycopg.Connection) -> None:
    """Three active applications."""
    connection.execute(LIFECYCLE)
    for number in (1, 2, 3):
        insert(
            connection,
            "intermediate.application_lifecycle",
            as_of_date=AS_OF,
            application_id=f"a{number}",
            is_active=True,
        )


def fill_features(connection: psycopg.Connection) -> None:
    """Two hundred applications with their features, and one of a later date that no gate of this one may see."""
    connection.execute(FEATURES)
    connection.execute(
        """
        insert into features.application_features
        select
            date '2026-01-01', 'a' || n, 'c' || n, 'r1', timestamptz '2025-03-01 UTC', 'direct', n % 30, true, n % 2 = 0
        from generate_series(1, 200) as n
        """
    )
    insert(connection, "features.application_features", as_of_date=date(2026, 4, 1), years_experience=-1e9)


def fill_scores(connection: psycopg.Connection) -> int:
    """Score and rank three active applications in one batch: two ranked, one for a person; returns the batch's id."""
    connection.execute("insert into scores.batches (as_of_date, parts, population) values (%s, 1, 'active')", [AS_OF])
    (batch_id,) = connection.execute("select batch_id from scores.batches").fetchone() or (0,)
    _add_models(connection, batch_id)
    for condition in ("normal", "recession"):
        connection.execute(
            "insert into scores.batch_conditions values (%s, %s, 0.25, 0.25, 0.25, 0.25)", [batch_id, condition]
        )
    connection.execute("create table scores.part partition of scores.facet_scores for values from (1, 0) to (1, 1)")
    connection.execute("create table ranking.part partition of ranking.ranked_applications for values in (1)")
    connection.execute("create table scores.explained partition of scores.explanations for values in (1)")
    for number, (match, votes) in enumerate(((0.8, 0.75), (0.6, 0.5), (None, 0.25)), start=1):
        _add_application(connection, batch_id, number, match, votes)
    return int(batch_id)


def _add_models(connection: psycopg.Connection, batch_id: int) -> None:
    for facet, ranker in (("t", None), ("q", "quality"), ("o", "onboard"), ("v", "attrition")):
        has_model = ranker in (None, "quality")
        insert(
            connection,
            "scores.batch_models",
            batch_id=batch_id,
            facet=facet,
            ranker=ranker,
            is_present=has_model,
            model_version="1" if has_model else None,
            snapshot_hash="5a" if ranker and has_model else None,
            contract_hash="c0" if ranker and has_model else None,
            status="champion" if has_model else "no labels",
            sentence="",
        )
    insert(
        connection,
        "governance.model_versions",
        as_of_date=AS_OF,
        ranker="quality",
        model_version="1",
        snapshot_hash="5a",
        contract_hash="c0",
        status="champion",
        sentence="",
        metrics='{"oob_accuracy": [0.5, 0.6, 0.6, 0.7]}',
        created_at=RUN_AT,
    )


def _add_application(
    connection: psycopg.Connection, batch_id: int, number: int, match: float | None, votes: float
) -> None:
    who = {
        "batch_id": batch_id,
        "application_id": f"a{number}",
        "candidate_id": f"c{number}",
        "requisition_id": "r1",
        "applied_at": "2025-12-01T00:00:00Z",
    }
    insert(
        connection,
        "scores.facet_scores",
        **who,
        part=0,
        is_listed=True,
        is_opted_out=False,
        technical_match=match,
        quality_score=votes,
        quality_probability=0.3,
    )
    is_ranked = match is not None
    if is_ranked:
        _explain_quality(connection, batch_id, number, votes)
    for condition in ("normal", "recession"):
        insert(
            connection,
            "ranking.ranked_applications",
            **who,
            condition=condition,
            status="ranked" if is_ranked else "needs a person",
            rank=number if is_ranked else None,
            joint_score=match,
            t=match,
            q=votes,
        )


def _explain_quality(connection: psycopg.Connection, batch_id: int, number: int, votes: float) -> None:
    # From 0.4: one feature adds what is missing and 0.1 more, the rest takes that away.
    part = {"feature": "years_experience", "label": "experience", "value": "3 years", "contribution": votes - 0.3}
    insert(
        connection,
        "scores.explanations",
        batch_id=batch_id,
        application_id=f"a{number}",
        requisition_id="r1",
        facet="q",
        score=votes,
        base_value=0.4,
        raised=json.dumps([part]),
        lowered="[]",
        rest=-0.1,
        sentence="Quality.",
    )


def make_snapshot(folder: Path, **columns: pa.Array) -> Snapshot:
    """Freeze two rows for the quality ranker; given columns replace those of the good snapshot or are added."""
    then = datetime(2025, 3, 1, tzinfo=UTC)
    times = pa.array([then, then], pa.timestamp("us", "UTC"))
    good = {
        "application_id": pa.array(["a1", "a2"]),
        "candidate_id": pa.array(["c1", "c2"]),
        "requisition_id": pa.array(["r1", "r1"]),
        "job_family": pa.array(["office", "office"]),
        "stage_entered_at": times,
        "matured_at": times,
        "labelled_at": times,
        "rank_seen": pa.array([False, False]),
        "source": pa.array(["direct", "agency"]),
        "years_experience": pa.array([2.0, 7.5]),
        "has_resume": pa.array([True, True]),
        "attribute_honors": pa.array([True, False]),
        "label": pa.array([1, 0], pa.int16()),
    }
    assert set(good) == set(snapshot_columns(CONTRACT.for_ranker("quality")))
    path = folder / "quality.parquet"
    pq.write_table(pa.table(good | columns), path)
    return Snapshot(
        path=str(path),
        ranker="quality",
        as_of_date=AS_OF.isoformat(),
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        contract_hash=CONTRACT.hash("quality"),
        invocation_id="i1",
        rows=2,
        positives=1,
        label_statuses={"observed": 2},
    )


def with_tenures(snapshot: Snapshot, folder: Path, **columns: pa.Array) -> Snapshot:
    """Freeze two tenures beside a snapshot, one of them over; given columns replace the good ones or are added."""
    start, end = date(2025, 3, 1), date(2025, 4, 30)
    known = pa.array([datetime(2025, 3, 2, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC"))
    good = {
        "application_id": pa.array(["a1", "a2"]),
        "candidate_id": pa.array(["c1", "c2"]),
        "requisition_id": pa.array(["r1", "r1"]),
        "started_on": pa.array([start, start], pa.date32()),
        "started_known_at": known,
        "ended_on": pa.array([None, end], pa.date32()),
        "end_known_at": pa.array([None, datetime(2025, 5, 2, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        "end_reason": pa.array([None, "voluntary"]),
        "source": pa.array(["direct", "agency"]),
        "years_experience": pa.array([2.0, 7.5]),
        "has_resume": pa.array([True, True]),
        "attribute_honors": pa.array([True, False]),
    }
    assert set(good) == set(tenure_columns(CONTRACT.for_ranker("quality")))
    path = folder / "tenures.parquet"
    pq.write_table(pa.table(good | columns), path)
    content_hash = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(snapshot, tenures_path=str(path), tenures_hash=content_hash)
