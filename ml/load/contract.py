"""The landing contract (design section 3): every table a source must end up in.

The tables below are the one definition: the DDL, the loader's checks, the Great Expectations suite and the
simulator read them from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PostgresType = Literal["text", "integer", "numeric", "boolean", "timestamptz", "date", "jsonb", "bytea"]


@dataclass(frozen=True)
class Column:
    """One column of a landing table.

    Attributes
    ----------
    allowed : tuple of str
        Values that a text column may take, empty for any.
    minimum : int or None
        Smallest number allowed.
    is_planned : bool
        A date of a plan, which may lie in the future; every other date is a fact and may not.
    """

    name: str
    type: PostgresType = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    is_planned: bool = False


@dataclass(frozen=True)
class Reference:
    """``column`` names a row of ``table`` by that table's key."""

    column: str
    table: str


@dataclass(frozen=True)
class Table:
    """One landing table; its primary key is ``key`` and ``recorded_at``, because versions are appended.

    Attributes
    ----------
    periods : tuple of (str, str)
        Pairs of a start and an end column; an end before its start is refused.
    one_of : tuple of str
        Columns of which exactly one has a value, empty for no such rule.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    schema: str = "landing"
    periods: tuple[tuple[str, str], ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def qualified(self) -> str:
        """Name with its schema."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in the order of the DDL, ``recorded_at`` last."""
        return tuple(column.name for column in self.columns)


SOURCES = ("direct", "employee_referral", "agency", "campus", "social", "other")
EVENT_TYPES = (
    "screen_passed",
    "screen_failed",
    "interview_passed",
    "interview_failed",
    "offer_extended",
    "offer_accepted",
    "offer_declined",
    "offer_rescinded",
    "offer_expired",
    "background_check_failed",
    "onboarded",
    "no_show",
    "withdrawn",
    "closed_unreviewed",
)

_MONEY = (Column("currency"), Column("salary_period"))
_RECORDED_AT = Column("recorded_at", "timestamptz", required=True)


def _table(
    name: str,
    key: tuple[str, ...],
    *columns: Column,
    references: tuple[Reference, ...] = (),
    schema: str = "landing",
    periods: tuple[tuple[str, str], ...] = (),
    one_of: tuple[str, ...] = (),
) -> Table:
    return Table(name, key, (*columns, _RECORDED_AT), references, schema, periods, one_of)


def _required(name: str, type_: PostgresType = "text", allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, type_, required=True, allowed=allowed)


_CANDIDATE = Reference("candidate_id", "candidates")
_REQUISITION = Reference("requisition_id", "requisitions")
_APPLICATION = Reference("application_id", "applications")

# In the order of loading: a table comes after every table it refers to.
TABLES: tuple[Table, ...] = (
    _table(
        "requisitions",
        ("requisition_id",),
        _required("requisition_id"),
        _required("title"),
        Column("description"),
        Column("job_family"),
        Column("seniority"),
        Column("department"),
        Column("location"),
        Column("country"),
        Column("min_years_experience", "numeric"),
        Column("required_degree"),
        Column("tentative_title"),
        Column("salary_min", "numeric"),
        Column("salary_max", "numeric"),
        *_MONEY,
        Column("openings", "integer", required=True, minimum=1),
        _required("opened_at", "timestamptz"),
        Column("closed_at", "timestamptz", is_planned=True),
        periods=(("opened_at", "closed_at"),),
    ),
    _table("candidates", ("candidate_id",), _required("candidate_id"), _required("created_at", "timestamptz")),
    _table(
        "resumes",
        ("resume_id",),
        _required("resume_id"),
        _required("candidate_id"),
        _required("received_at", "timestamptz"),
        Column("file_name"),
        Column("media_type"),
        Column("content", "bytea"),
        Column("content_text"),
        references=(_CANDIDATE,),
        one_of=("content", "content_text"),
    ),
    _table(
        "applications",
        ("application_id",),
        _required("application_id"),
        _required("candidate_id"),
        _required("requisition_id"),
        _required("applied_at", "timestamptz"),
        _required("source", allowed=SOURCES),
        Column("source_detail"),
        Column("resume_id"),
        Column("years_experience", "numeric"),
        Column("highest_degree"),
        Column("field_of_study"),
        Column("university"),
        Column("last_employer"),
        Column("last_title"),
        Column("employers_count", "integer"),
        Column("mean_tenure_months", "numeric"),
        Column("current_salary", "numeric"),
        Column("expected_salary", "numeric"),
        *_MONEY,
        Column("notice_period_days", "integer"),
        Column("location"),
        Column("is_willing_to_relocate", "boolean"),
        Column("attributes", "jsonb"),
        references=(_CANDIDATE, _REQUISITION, Reference("resume_id", "resumes")),
    ),
    _table(
        "application_events",
        ("event_id",),
        _required("event_id"),
        _required("application_id"),
        _required("event_type", allowed=EVENT_TYPES),
        _required("occurred_at", "timestamptz"),
        Column("stage_name"),
        Column("actor_type", allowed=("human", "system", "candidate")),
        Column("actor_id"),
        Column("reason_code"),
        references=(_APPLICATION,),
    ),
    _table(
        "interviews",
        ("interview_id",),
        _required("interview_id"),
        _required("application_id"),
        Column("round", "integer"),
        Column("interviewer_id"),
        Column("scheduled_at", "timestamptz", is_planned=True),
        Column("held_at", "timestamptz"),
        Column("outcome"),
        references=(_APPLICATION,),
    ),
    _table(
        "offers",
        ("offer_id",),
        _required("offer_id"),
        _required("application_id"),
        _required("extended_at", "timestamptz"),
        Column("title"),
        Column("base_salary", "numeric"),
        *_MONEY,
        Column("proposed_start_on", "date", is_planned=True),
        references=(_APPLICATION,),
    ),
    _table(
        "employment_spells",
        ("spell_id",),
        _required("spell_id"),
        _required("candidate_id"),
        Column("application_id"),
        _required("started_on", "date"),
        Column("ended_on", "date", is_planned=True),
        Column("end_reason", allowed=("voluntary", "involuntary", "transfer", "other")),
        references=(_CANDIDATE, _APPLICATION),
        periods=(("started_on", "ended_on"),),
    ),
    _table(
        "decisions",
        ("decision_id",),
        _required("decision_id"),
        _required("application_id"),
        _required("actor_id"),
        _required("action", allowed=("advance", "hold", "reject")),
        Column("reason_code"),
        _required("decided_at", "timestamptz"),
        Column("rank_seen", "integer"),
        Column("model_version"),
        references=(_APPLICATION,),
    ),
    _table(
        "requisition_grants",
        ("requisition_id", "login", "valid_from"),
        _required("requisition_id"),
        _required("login"),
        Column("valid_from", "timestamptz", required=True, is_planned=True),
        Column("valid_to", "timestamptz", is_planned=True),
        references=(_REQUISITION,),
        periods=(("valid_from", "valid_to"),),
    ),
    _table(
        "assignments",
        ("application_id", "login", "valid_from"),
        _required("application_id"),
        _required("login"),
        Column("valid_from", "timestamptz", required=True, is_planned=True),
        Column("valid_to", "timestamptz", is_planned=True),
        references=(_APPLICATION,),
        periods=(("valid_from", "valid_to"),),
    ),
    _table(
        "opt_outs",
        ("candidate_id", "requested_at"),
        _required("candidate_id"),
        _required("requested_at", "timestamptz"),
        Column("scope"),
        references=(_CANDIDATE,),
    ),
    _table(
        "protected_attributes",
        ("candidate_id", "attribute", "collected_at"),
        _required("candidate_id"),
        _required("attribute"),
        Column("value"),
        _required("collected_at", "timestamptz"),
        references=(_CANDIDATE,),
        schema="protected",
    ),
)


def table_named(name: str) -> Table:
    """Find a landing table by its unqualified name; KeyError if there is none."""
    return {table.name: table for table in TABLES}[name]


def create_table_statement(table: Table) -> str:
    """DDL of one landing table, with its versioned primary key."""
    lines = [f"    {column.name} {column.type}{' not null' if column.required else ''}" for column in table.columns]
    lines.append(f"    primary key ({', '.join((*table.key, 'recorded_at'))})")
    return f"create table if not exists {table.qualified} (\n" + ",\n".join(lines) + "\n)"
