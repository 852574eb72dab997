"""History features computed the slow and obvious way: what was on record, fact by fact, before each application."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from tests.dbt_project.factories import Row

SMOOTHING = 20
LONGEST_DAYS = 365
KEYS = ("candidate_id", "source", "source_detail", "last_employer")
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
        "days_since_previous_application": days if days is None else min(days, LONGEST_DAYS),
        "source_screen_yield": _smoothed_yield(known, application, "source"),
        "source_detail_screen_yield": _smoothed_yield(known, application, "source", "source_detail"),
        "last_employer_screen_yield": _smoothed_yield(known, application, "last_employer"),
    }


def _events_on_record(tables: dict[str, list[Row]], moment: str) -> list[Row]:
    applications = {row["application_id"]: row for row in tables["applications"]}
    versions: dict[str, list[Row]] = defaultdict(list)
    for row in tables["application_events"]:
        if row["recorded_at"] < moment:
            versions[row["event_id"]].append(row)
    newest = [max(rows, key=lambda row: row["recorded_at"]) for rows in versions.values()]
    return [
        {**row, **{key: application.get(key) for key in KEYS}}
        for row, application in ((row, applications[row["application_id"]]) for row in newest)
        if max(row["occurred_at"], application["recorded_at"], application["applied_at"]) < moment
    ]


def _smoothed_yield(known: list[Row], application: Row, *keys: str) -> float | None:
    if application.get(keys[-1]) is None:
        return None
    decisions = [row for row in known if row["event_type"] in ("screen_passed", "screen_failed")]
    alike = [row for row in decisions if all(row[key] == application[key] for key in keys)]
    passes, passes_alike = (sum(row["event_type"] == "screen_passed" for row in rows) for rows in (decisions, alike))
    prior = (passes + 1) / (len(decisions) + 2)
    return (passes_alike + SMOOTHING * prior) / (len(alike) + SMOOTHING)
