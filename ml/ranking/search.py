"""Full-text search over resumes, as the warehouse's ``ranking.search_resumes`` gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg.rows import class_row

from ml.ranking.query import refusal
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt

    from ml.warehouse.connection import Warehouse


@dataclass(frozen=True)
class FoundApplication:
    """An application whose resume matches a query.

    Attributes
    ----------
    application_id, candidate_id, requisition_id : str
        Who and where.
    applied_at : datetime.datetime
        When.
    relevance : float
        Positive; how often and how near each other the words are, over the logarithm of the resume's length.
    headline : str
        Up to two fragments of the resume, the words found in brackets.
    status : str
        As in the ranked list; ``not listed`` when the application is over.
    level : int or None
        0 to 3; None unless ranked.
    t, q, o, v : float or None
        The facets, in [0, 1]; None where there is none or it is hidden.
    """

    application_id: str
    candidate_id: str
    requisition_id: str
    applied_at: dt.datetime
    relevance: float
    headline: str
    status: str
    level: int | None
    t: float | None
    q: float | None
    o: float | None
    v: float | None


def search_resumes(
    warehouse: Warehouse,
    query: str,
    *,
    requisition_id: str | None = None,
    limit: int = 50,
    role: str = TRAINER,
) -> list[FoundApplication]:
    """Find the applications of the published scores whose resume matches a query.

    Parameters
    ----------
    warehouse : Warehouse
        Where scores are published.
    query : str
        Words that the resume must have; ``"a phrase"``, ``or``, and ``-`` before what it must not have.
    requisition_id : str, optional
        Only applications to this one.
    limit : int, default=50
        How many to return, from 1 to 1000, most relevant first; ties by ``applied_at``, newest first.
    role : str, default="facetrank_trainer"
        As whom to read; people find the applications that they may read.

    Returns
    -------
    list of FoundApplication
        Empty if no resume matches.

    Raises
    ------
    RankingError
        Nothing is published, its facets are not built or not readable, the query names no word, or the limit is
        refused.
    """
    with warehouse.connect(role) as connection, connection.cursor(row_factory=class_row(FoundApplication)) as cursor:
        try:
            return cursor.execute(
                "select * from ranking.search_resumes(%s, %s, %s)", [query, requisition_id, limit]
            ).fetchall()
        except psycopg.Error as error:
            raise refusal(error) from None
