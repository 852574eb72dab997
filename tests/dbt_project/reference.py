"""History features computed the slow and obvious way: what was on record, fact by fact, before each application."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from tests.dbt_project.factories import Row

SMOOTHING = 20
OUTCOMES = {
    "screen_passed": "previous_screen_passes",
    "screen_failed": "previous_screen_failures",
    "offer_extended": "previous_offers",
    "onboarded": "previous_onboardings",
    "withdrawn": "previous_withdrawals",
}


def history_of(tables: dict[str, list[Row]], application: Row) -> Row:
    """Give the history features of one application."""
    moment, candidate = application["applied_at"], application["candidate_id"]
    known = _events_on_record(tables, moment)
    earlier = [
        row["applied_at"]
        for row in tables["applications"]
        if row["candidate_id"] == candidate and max(row["recorded_at"], row["applied_at"]) < moment
    ]
    counts = {
        name: sum(row["event_type"] == event_type and row["candidate_id"] == candidate for row in known)
        for event_type, name in OUTCOMES.items()
    }
    days = (dt.datetime.fromisoformat(moment) - dt.datetime.fromisoformat(max(earlier))).days if earlier else None
    return {
        "previous_applications": len(earlier),
        **counts,
        "days_since_previous_application": days,
        "source_screen_yield": _smoothed_yield(known, application["source"]),
    }


def _events_on_record(tables: dict[str, list[Row]], moment: str) -> list[Row]:
    applications = {row["application_id"]: row for row in tables["applications"]}
    versions: dict[str, list[Row]] = defaultdict(list)
    for row in tables["application_events"]:
        if row["recorded_at"] < moment:
            versions[row["event_id"]].append(row)
    newest = [max(rows, key=lambda row: row["recorded_at"]) for rows in versions.values()]
    return [
        {**row, "candidate_id": application["candidate_id"], "source": application["source"]}
        for row, application in ((row, applications[row["application_id"]]) for row in newest)
        if max(row["occurred_at"], application["recorded_at"], application["applied_at"]) < moment
    ]


def _smoothed_yield(known: list[Row], source: str) -> float:
    decisions = [row for row in known if row["event_type"] in ("screen_passed", "screen_failed")]
    of_source = [row for row in decisions if row["source"] == source]
    passes, source_passes = (
        sum(row["event_type"] == "screen_passed" for row in rows) for rows in (decisions, of_source)
    )
    prior = (passes + 1) / (len(decisions) + 2)
    return (source_passes + SMOOTHING * prior) / (len(of_source) + SMOOTHING)
