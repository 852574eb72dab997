"""The ranked list of one requisition, as the warehouse's ``ranking.rank_requisition`` gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg.rows import class_row

from ml.ranking.errors import RankingError
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from ml.warehouse.connection import Warehouse

_REFUSALS = ("FR002", "FR003")


@dataclass(frozen=True)
class RankedApplication:
    """One row of a ranked list.

    Attributes
    ----------
    rank : int or None
        From 1; None where ``status`` is not ``ranked``.
    application_id, candidate_id : str
        Who.
    applied_at : datetime.datetime
        When, the first tie-break after the scores.
    status : str
        ``ranked``, ``blind`` (of the slice that hides its scores), ``needs a person`` (t or q is missing) or
        ``opted out``.
    level : int or None
        0 to 3: how many thresholds were passed, those of absent facets included.
    weighted_score, weighted_probability : float or None
        Weighted mean of the facets that the level uses, in [0, 1].
    joint_score : float or None
        ``(level + weighted_score) / 4``: sorts as the rank.
    t, q, o, v : float or None
        The facets, in [0, 1]; None where the person or the organisation has none, and for the blind slice.
    """

    rank: int | None
    application_id: str
    candidate_id: str
    applied_at: dt.datetime
    status: str
    level: int | None
    weighted_score: float | None
    weighted_probability: float | None
    joint_score: float | None
    t: float | None
    q: float | None
    o: float | None
    v: float | None


def rank_requisition(
    warehouse: Warehouse,
    requisition_id: str,
    *,
    condition: str = "normal",
    weights: Mapping[str, float] | None = None,
    thresholds: Mapping[str, float] | None = None,
    limit: int | None = None,
    role: str = TRAINER,
) -> list[RankedApplication]:
    """Rank a requisition's applications in the published scores.

    Parameters
    ----------
    warehouse : Warehouse
        Where scores are published.
    requisition_id : str
        Which requisition.
    condition : str, default="normal"
        Business condition whose weights are used unless ``weights`` is given.
    weights : mapping of str to float, optional
        By facet (t, q, o, v): positive, summing to one; a facet that the organisation does not have may be left out.
    thresholds : mapping of str to float, optional
        By facet (t, q, o), in [0, 1]; those left out are the published ones.
    limit : int, optional
        How many rows to return, best first; all by default.
    role : str, default="facetrank_trainer"
        As whom to read; ``hr_ops`` sees the requisitions granted to it.

    Returns
    -------
    list of RankedApplication
        Ranked applications in order, then the blind ones by ``applied_at``, those that need a person, those opted out.

    Raises
    ------
    RankingError
        Nothing is published, the requisition has no listed applications that the role may see, there is no such
        condition, or weights or thresholds are refused.
    """
    arguments = {
        "requisition_id": requisition_id,
        "condition": condition,
        "weights": None if weights is None else [weights.get(facet) for facet in "tqov"],
        "thresholds": None if thresholds is None else _thresholds(thresholds),
        "limit": limit,
    }
    with warehouse.connect(role) as connection, connection.cursor(row_factory=class_row(RankedApplication)) as cursor:
        try:
            ranked = cursor.execute(
                """select * from ranking.rank_requisition(
                    %(requisition_id)s, %(weights)s, %(thresholds)s, %(condition)s, %(limit)s
                )""",
                arguments,
            ).fetchall()
        except psycopg.Error as error:
            raise refusal(error) from None
    if not ranked:
        raise RankingError(
            f"Requisition {requisition_id} has no listed applications in the published scores that {role} may read."
        )
    return ranked


def _thresholds(thresholds: Mapping[str, float]) -> list[float | None]:
    if "v" in thresholds:
        raise RankingError("Facet v has no threshold: levels end at o.")
    return [thresholds.get(facet) for facet in "tqo"]


def refusal(error: psycopg.Error) -> Exception:
    """Turn what the warehouse's functions refuse into one sentence; other errors stay as they are."""
    message = error.diag.message_primary
    if error.sqlstate in _REFUSALS and message:
        return RankingError(message[0].upper() + message[1:])
    return error
