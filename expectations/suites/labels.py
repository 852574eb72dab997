"""Labels: one row per application and ranker, a label only once its outcome window is over, none from the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.checks import Subject, has_columns, has_rows, one_of, partition, required, rules, unique

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

COLUMNS = (
    "as_of_date",
    "application_id",
    "candidate_id",
    "requisition_id",
    "job_family",
    "stage_entered_at",
    "matured_at",
    "labelled_at",
    "label_status",
    "label",
    "rank_seen",
)
STATUSES = {
    "quality": ("observed", "immature", "withdrawn", "expired", "excluded"),
    "onboard": ("observed", "immature", "not_reached", "withdrawn", "expired", "excluded"),
    "attrition": ("observed", "immature", "not_reached", "withdrawn", "gap"),
}


def subjects(rankers: Iterable[str], as_of_date: date, minimum_labels: int) -> list[Subject]:
    """Say what is expected of the labels of one date.

    Parameters
    ----------
    rankers : iterable of str
        Those whose labels the declared lifecycle parts can give; the other tables are not looked at.
    as_of_date : datetime.date
        The partition.
    minimum_labels : int
        From this many observed labels on, both outcomes must occur.
    """
    return [_labels(ranker, as_of_date, minimum_labels) for ranker in rankers]


def _labels(ranker: str, as_of_date: date, minimum_labels: int) -> Subject:
    checks = (
        has_columns(COLUMNS),
        has_rows(f"must have rows as of {as_of_date}"),
        *(required(column) for column in ("application_id", "candidate_id", "requisition_id", "label_status")),
        required("rank_seen"),
        unique("application_id"),
        one_of("label_status", STATUSES[ranker]),
        one_of("label", (0, 1)),
        *rules("labels", minimum_labels=minimum_labels),
    )
    name = f"labels.{ranker}_labels"
    return Subject(name, checks, partition(name, as_of_date))
