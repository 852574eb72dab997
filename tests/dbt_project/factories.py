"""Rows of the landing tables, with defaults for what a test does not care about."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from ml.load.contract import table_named
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import OWNER

Row = dict[str, Any]

DEFAULTS: dict[str, Row] = {
    "requisitions": {"title": "Analyst", "openings": 1, "opened_at": "2023-12-01T00:00Z"},
    "applications": {"source": "direct"},
}

RESUME_WORDS = ["sql", "excel", "french", "python", "analyst", "cook"]


def insert(warehouse: Warehouse, table: str, *rows: Row) -> None:
    """Append rows to a landing table, dates as text in ISO format; a version that is there already stays."""
    with warehouse.connect(OWNER) as connection:
        for row in rows:
            _insert_row(connection, table, {**DEFAULTS.get(table, {}), **row})


def _insert_row(connection: psycopg.Connection, table: str, row: Row) -> None:
    statement = sql.SQL("insert into {}.{} ({}) values ({}) on conflict do nothing").format(
        sql.Identifier(table_named(table).schema),
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    connection.execute(statement, list(row.values()))


def read(warehouse: Warehouse, query: str, *values: object) -> list[Row]:
    """Read rows as the owner, times in UTC."""
    with warehouse.connect(OWNER) as connection:
        connection.execute("set timezone to 'UTC'")
        return connection.cursor(row_factory=dict_row).execute(query.encode(), values or None).fetchall()


def instant(day: float) -> str:
    """Give the moment so many days after the start of 2024, in whole minutes so that ties happen."""
    return (dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=round(day * 1440))).isoformat()


def small_organisation(seed: int) -> dict[str, list[Row]]:
    """Sixty applications of twenty candidates within 60 days, with resumes, events, corrections and spells; seeded.

    Times are whole days, so that events, records and applications often share their moment.
    """
    generator = random.Random(seed)
    tables: dict[str, list[Row]] = {"requisitions": [], "candidates": [], "resumes": [], "applications": []}
    tables |= {"application_events": [], "employment_spells": []}
    for number in range(4):
        versions = [
            {"salary_max": 50000 + 1000 * number, "description": "sql excel french"},
            {"salary_max": 90000, "seniority": "senior", "description": "sql python forecasting"},
        ]
        tables["requisitions"] += [
            {"requisition_id": f"r{number}", "recorded_at": instant(30 * index), **version}
            for index, version in enumerate(versions)
        ]
    tables["candidates"] = [
        {"candidate_id": f"c{number}", "created_at": instant(0), "recorded_at": instant(0)} for number in range(20)
    ]
    # Last year's, of nobody who applies: the corpus.
    tables["resumes"] = [
        {
            "resume_id": f"cv-of-2023-{number}",
            "candidate_id": "c0",
            "received_at": instant(-30),
            "content_text": " ".join(RESUME_WORDS[: number + 1]),
            "recorded_at": instant(-30),
        }
        for number in range(4)
    ]
    for number in range(60):
        _add_application(tables, generator, f"a{number}")
    return tables


def _add_application(tables: dict[str, list[Row]], generator: random.Random, application_id: str) -> None:
    applied = generator.randint(1, 60)
    application = {
        "application_id": application_id,
        "candidate_id": f"c{generator.randrange(20)}",
        "requisition_id": f"r{generator.randrange(4)}",
        "source": generator.choice(["direct", "agency"]),
        "applied_at": instant(applied),
        "years_experience": generator.randint(0, 20),
    }
    application["source_detail"] = {"direct": None, "agency": f"agency {applied % 3}"}[application["source"]]
    application["last_employer"] = [None, "Acme", "Initech"][applied % 3]
    lag = generator.choice([0, 0, 3])
    _add_resume(tables, application, instant(applied + lag))
    tables["applications"].append({**application, "recorded_at": instant(applied + lag)})
    screened = applied + generator.randint(1, 10)
    outcome = generator.choice(["screen_passed", "screen_failed", "withdrawn"])
    event = {"event_id": f"s-{application_id}", "application_id": application_id, "occurred_at": instant(screened)}
    tables["application_events"].append({**event, "event_type": outcome, "recorded_at": instant(screened + 1)})
    if generator.random() < 0.3:
        corrected = {**event, "event_type": "screen_passed", "recorded_at": instant(screened + 5)}
        tables["application_events"].append(corrected)
    if outcome == "screen_passed":
        _add_offer(tables, application, screened)


def _add_resume(tables: dict[str, list[Row]], application: Row, recorded_at: str) -> None:
    # A generator of its own: with or without resumes, everything else is the same.
    generator = random.Random(application["application_id"])
    if generator.random() < 0.2:
        return
    application["resume_id"] = f"cv-{application['application_id']}"
    tables["resumes"].append(
        {
            "resume_id": application["resume_id"],
            "candidate_id": application["candidate_id"],
            "received_at": application["applied_at"],
            "content_text": " ".join(generator.sample(RESUME_WORDS, 3)),
            "recorded_at": recorded_at,
        }
    )


def _add_offer(tables: dict[str, list[Row]], application: Row, screened: int) -> None:
    for event_type, day in (("offer_extended", screened + 5), ("onboarded", screened + 20)):
        tables["application_events"].append(
            {
                "event_id": f"{event_type}-{application['application_id']}",
                "application_id": application["application_id"],
                "event_type": event_type,
                "occurred_at": instant(day),
                "recorded_at": instant(day + 1),
            }
        )
    tables["employment_spells"].append(
        {
            "spell_id": f"spell-{application['application_id']}",
            "candidate_id": application["candidate_id"],
            "started_on": instant(screened + 20)[:10],
            "recorded_at": instant(screened + 21),
        }
    )


def insert_all(warehouse: Warehouse, tables: dict[str, list[Row]]) -> None:
    """Append the rows of several tables."""
    for table, rows in tables.items():
        insert(warehouse, table, *rows)
