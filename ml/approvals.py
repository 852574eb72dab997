"""Asking a person whether a model version may score, and the answer: by command line or in Airflow, with one memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ml import model_versions
from ml.errors import FacetrankError
from ml.warehouse.roles import AUDITOR, TRAINER

if TYPE_CHECKING:
    import datetime as dt

    from psycopg import Connection

    from ml.registry import Registry
    from ml.warehouse.connection import Warehouse

Answer = Literal["approved", "rejected", "lapsed"]

# A task that is run again asks the same question.
_ASK = """
insert into governance.approvals (ranker, model_version, question, asked_at)
select ranker, model_version, sentence, %(at)s
from governance.model_versions
where ranker = %(ranker)s and model_version = %(version)s
on conflict (ranker, model_version) where answer is null do update set question = excluded.question
returning question
"""

_EVIDENCE = """
select
    versions.metrics #>> '{auc,sentence}',
    checks.sentence
from governance.model_versions as versions
left join governance.impact_checks as checks
    on
        versions.ranker = checks.ranker
        and versions.model_version = checks.model_version
where versions.ranker = %s and versions.model_version = %s
order by versions.as_of_date desc
"""

_ANSWER = """
update governance.approvals
set answer = %s, answered_by = %s, reason = %s, answered_at = %s
where ranker = %s and model_version = %s and answer is null
returning question
"""

_NEWER_CHAMPION = """
select champion.model_version
from governance.model_versions as champion
inner join governance.model_versions as asked on champion.ranker = asked.ranker
where
    champion.status = 'champion'
    and champion.as_of_date > asked.as_of_date
    and asked.ranker = %s
    and asked.model_version = %s
"""

_REJECT = """
update governance.model_versions
set status = 'rejected', sentence = sentence || ' ' || %s
where ranker = %s and model_version = %s and status = 'challenger'
"""


_STATUS = """
select
    status,
    (
        select answer || ' by ' || answered_by
        from governance.approvals
        where
            approvals.ranker = model_versions.ranker
            and approvals.model_version = model_versions.model_version
        order by approval_id desc
        limit 1
    ) as answer
from governance.model_versions
where ranker = %s and model_version = %s
order by as_of_date desc
limit 1
"""


class NotWaitingError(FacetrankError):
    """An answer for a version about which nobody was asked, or that cannot be given any more."""


class NotAnApproverError(FacetrankError):
    """An answer of somebody whom the organisation file does not name."""


class NoReasonError(FacetrankError):
    """An answer without a reason."""


@dataclass(frozen=True)
class Decision:
    """Who answered what, when (with a zone) and why."""

    answer: Answer
    by: str
    reason: str
    at: dt.datetime


def put_question(warehouse: Warehouse, ranker: str, version: str, *, at: dt.datetime) -> str:
    """Note that a version waits for a person from a moment on; give what that person is asked and should know."""
    with warehouse.connect(TRAINER) as connection:
        question = connection.execute(_ASK, {"ranker": ranker, "version": version, "at": at}).fetchone()
    # What the check found is not the trainer's to read.
    with warehouse.connect(AUDITOR) as connection:
        evidence = connection.execute(_EVIDENCE, [ranker, version]).fetchone()
    parts = [
        *(question or ()),
        *(evidence or ()),
        f"The next report has its model card, `card-{ranker}-{version}.html`.",
    ]
    return "\n\n".join(part for part in parts if part)


def decide(
    registry: Registry,
    warehouse: Warehouse,
    ranker: str,
    version: str,
    decision: Decision,
    *,
    approvers: tuple[str, ...] = (),
) -> None:
    """Note a person's answer; make the version the champion if it was approved, ``rejected`` if not.

    Raises
    ------
    NotAnApproverError
        There are approvers, and the person is none of them.
    NotWaitingError
        Nobody was asked about the version, or it was answered; or a champion that was trained later scores by now.
    RegistryError
        As :meth:`ml.registry.Registry.promote`.
    """
    key = [ranker, version]
    if approvers and decision.answer != "lapsed" and decision.by not in approvers:
        raise NotAnApproverError(
            f"{ranker} version {version} still waits: {decision.by} may not decide about it, "
            f"promotion.approvers of the organisation file names {', '.join(approvers)}."
        )
    registry.version(ranker, version)
    # One transaction: an answer is on record only if what it asks for was done.
    with warehouse.connect(TRAINER) as connection:
        row = [decision.answer, decision.by, decision.reason, decision.at, *key]
        if connection.execute(_ANSWER, row).fetchone() is None:
            raise NotWaitingError(_why_not_waiting(connection, ranker, version))
        if decision.answer == "approved":
            newer = connection.execute(_NEWER_CHAMPION, key).fetchone()
            if newer is not None:
                raise NotWaitingError(
                    f"{ranker} version {version} comes too late: champion version {newer[0]} was trained later. "
                    f"Reject it, or use `facetrank rollback {ranker} {version}`."
                )
            model_versions.promote(registry, warehouse, ranker, version, by=decision.by, at=decision.at)
        else:
            connection.execute(_REJECT, [f"{decision.answer.capitalize()} by {decision.by}: {decision.reason}", *key])


def _why_not_waiting(connection: Connection, ranker: str, version: str) -> str:
    """Say why nobody can answer for a version that is registered."""
    status, answer = connection.execute(_STATUS, [ranker, version]).fetchone() or ("not on record", None)
    if status == "champion":
        return f"{ranker} version {version} is the champion already."
    if status == "no usable signal":
        return f"{ranker} version {version} has no usable signal and cannot become champion."
    because = f"it was {answer}" if answer else f"its status is {status}"
    return f"{ranker} version {version} does not wait for a person, {because}: `facetrank models` lists those that do."
