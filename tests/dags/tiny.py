"""A tiny organisation: two requisitions, twelve applications with resumes, half of them screened."""

from __future__ import annotations

from pathlib import Path

AS_OF_DATE = "2025-06-01"
APPLICATIONS = 12

ORGANISATION = f"""\
name: tiny
parts: [resumes, screening]
population: all
as_of_date: {AS_OF_DATE}
"""

_DESCRIPTIONS = {"r1": "Java and SQL for payments", "r2": "Nurse for the night shift"}
_RESUMES = ("Ten years of Java", "Java and SQL in banks", "Night nurse", "Gardener", "SQL reports", "Nurse and midwife")


def write_organisation(var: Path) -> Path:
    """Write the organisation file, and its landing files into the inbox; gives the file."""
    file = var / "tiny.yaml"
    file.write_text(ORGANISATION)
    inbox = var / "tiny" / "inbox" / "2025-05-31"
    inbox.mkdir(parents=True)
    for name, rows in _tables().items():
        (inbox / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return file


def _tables() -> dict[str, list[str]]:
    people = range(1, APPLICATIONS + 1)
    day = "2025-01-02T00:00:00Z"
    return {
        "requisitions": [
            "requisition_id,title,description,openings,opened_at,recorded_at",
            *(f"{key},Somebody,{text},1,{day},{day}" for key, text in _DESCRIPTIONS.items()),
        ],
        "candidates": ["candidate_id,created_at,recorded_at", *(f"c{n},{day},{day}" for n in people)],
        "resumes": [
            "resume_id,candidate_id,received_at,content_text,recorded_at",
            *(f"cv{n},c{n},{day},{_RESUMES[n % len(_RESUMES)]},{day}" for n in people),
        ],
        "applications": [
            "application_id,candidate_id,requisition_id,applied_at,source,resume_id,recorded_at",
            *(f"a{n},c{n},r{1 + n % 2},{day},direct,cv{n},{day}" for n in people),
        ],
        "application_events": [
            "event_id,application_id,event_type,occurred_at,actor_type,recorded_at",
            *(
                f"e{n},a{n},screen_{'passed' if n % 4 else 'failed'},2025-01-10T00:00:00Z,human,2025-01-10T00:00:00Z"
                for n in people
                if n % 2 == 0
            ),
        ],
    }
