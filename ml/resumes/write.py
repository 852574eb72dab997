"""Rows of ``resumes.*`` from what was read."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ml.resumes.reading.documents import DocumentText
from ml.resumes.reading.kinds import is_misnamed
from ml.resumes.versions import FACTS, READER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import psycopg

    from ml.organisation import ReadingLimits
    from ml.resumes.fact_types import ResumeFacts, Span
    from ml.resumes.reader import Reading
    from ml.resumes.reading.kinds import Kind

_COLUMNS = {
    "texts": (
        "resume_id recorded_at received_at source_hash reader media_kind is_misnamed pages content_text content_hash "
        "unreadable_reason limits facts_version"
    ),
    "skills": "resume_id recorded_at skill years found_by span_start span_end",
    "degrees": "resume_id recorded_at level field_of_study institution span_start span_end",
    "positions": "resume_id recorded_at employer title started_on ended_on is_current span_start span_end",
    "certifications": "resume_id recorded_at name span_start span_end",
    "experience": "resume_id recorded_at experience_years",
}
_DELETE = """
delete from resumes.texts
where (resume_id, recorded_at) in (
    select * from unnest(%s::text[], %s::timestamptz[])
)
"""


@dataclass(frozen=True)
class Landed:
    """A version of a resume as it landed, and what the same bytes gave before."""

    resume_id: str
    recorded_at: dt.datetime
    received_at: dt.datetime
    source_hash: str
    file_name: str | None
    media_type: str | None
    size_bytes: int
    content: bytes | None
    content_text: str | None
    known_text: str | None
    known_kind: Kind | None
    known_pages: int | None

    @property
    def key(self) -> tuple[str, dt.datetime]:
        """What its rows are found by."""
        return self.resume_id, self.recorded_at

    @property
    def known(self) -> DocumentText | None:
        """What the same bytes gave before, redacted."""
        if self.known_text is None or self.known_kind is None:
            return None
        return DocumentText(self.known_text, self.known_kind, self.known_pages)

    @property
    def received_on(self) -> dt.date:
        """The day (UTC) it came in."""
        return self.received_at.astimezone(dt.UTC).date()


def describe_limits(limits: ReadingLimits) -> str:
    """Write limits down, to be compared with those of another run."""
    return ", ".join(f"{name} {value}" for name, value in asdict(limits).items())


def write_readings(
    connection: psycopg.Connection, readings: Sequence[tuple[Landed, Reading]], limits: ReadingLimits
) -> None:
    """Replace the rows of some versions of resumes, in the transaction of the connection."""
    connection.execute(_DELETE, [[row.resume_id for row, _ in readings], [row.recorded_at for row, _ in readings]])
    _copy(connection, "texts", (_text(row, reading, limits) for row, reading in readings))
    read = [(row.key, reading.facts[row.received_on]) for row, reading in readings if reading.document]
    for table, rows_of in _ROWS.items():
        _copy(connection, table, ((*key, *values) for key, facts in read for values in rows_of(facts)))


def _copy(connection: psycopg.Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS[table].split()))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier("resumes", table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _text(row: Landed, reading: Reading, limits: ReadingLimits) -> tuple[Any, ...]:
    landed = (*row.key, row.received_at, row.source_hash, READER)
    document = reading.document
    if document is None:
        refused = (None, False, None, None, None, reading.unreadable_reason, describe_limits(limits))
        return (*landed, *refused, FACTS)
    misnamed = is_misnamed(document.kind, file_name=row.file_name, media_type=row.media_type)
    content_hash = hashlib.sha256(document.text.encode()).hexdigest()
    return (*landed, document.kind, misnamed, document.pages, document.text, content_hash, None, None, FACTS)


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _skills(facts: ResumeFacts) -> Iterator[tuple[Any, ...]]:
    return ((fact.skill, fact.years, fact.found_by, *_ends(fact.span)) for fact in facts.skills)


def _degrees(facts: ResumeFacts) -> Iterator[tuple[Any, ...]]:
    return ((fact.level, fact.field_of_study, fact.institution, *_ends(fact.span)) for fact in facts.degrees)


def _positions(facts: ResumeFacts) -> Iterator[tuple[Any, ...]]:
    return (
        (fact.employer, fact.title, fact.started_on, fact.ended_on, fact.is_current, *_ends(fact.span))
        for fact in facts.positions
    )


def _certifications(facts: ResumeFacts) -> Iterator[tuple[Any, ...]]:
    return ((fact.name, *_ends(fact.span)) for fact in facts.certifications)


def _experience(facts: ResumeFacts) -> Iterator[tuple[Any, ...]]:
    yield (facts.experience_years,)


_ROWS = {
    "skills": _skills,
    "degrees": _degrees,
    "positions": _positions,
    "certifications": _certifications,
    "experience": _experience,
}
