"""What the auditor measures of a version for its model card: rates by protected group, and validity.

Everything is of out-of-fold scores: none comes from a model that had seen the outcome. Protected data is joined in the
auditor's own connection, and only aggregates leave (design section 5). They are audit input, not an independent audit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from reports.group_rates import ScoredApplications, group_rates
from reports.queries import query
from reports.validity import validity

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

    from ml.organisation import Organisation


def measure(
    connection: Connection, organisation: Organisation, ranker: str, model_version: str, as_of_date: date
) -> dict[str, Any] | None:
    """Measure one version with what was known at a date.

    Parameters
    ----------
    connection : psycopg.Connection
        Of the auditor; no other role can read schema ``protected``.
    organisation : Organisation
        Its seed draws the bootstrap.
    ranker, model_version : str
        Which version.
    as_of_date : date
        Of protected data, interviews and tenure; labels of this date must be built.

    Returns
    -------
    dict or None
        ``as_of_date``; ``applications`` and ``people`` tested; ``median_score`` of all of them; ``attributes``, see
        :func:`reports.group_rates.group_rates`; ``validity``, see :func:`reports.validity.validity`. None where the
        version has no out-of-fold scores: they once were replaced by those of a later training as of the same date.
    """
    import numpy as np

    tested = scored_applications(connection, ranker, model_version, as_of_date)
    if tested is None:
        return None
    seed = organisation.rankers.seed
    values = {"as_of_date": as_of_date, "ranker": ranker, "model_version": model_version}
    return {
        "as_of_date": as_of_date.isoformat(),
        "applications": len(tested.people),
        "people": len(set(tested.people)),
        "median_score": float(np.median(tested.scores)),
        "attributes": group_rates(tested, seed=seed),
        "validity": validity(ranker, _rows(connection, "card_outcomes", values), seed=seed),
    }


def scored_applications(
    connection: Connection, ranker: str, model_version: str, as_of_date: date
) -> ScoredApplications | None:
    """Read a version's out-of-fold scores beside protected data; None without any. Parameters as of :func:`measure`."""
    import numpy as np

    values = {"as_of_date": as_of_date, "ranker": ranker, "model_version": model_version}
    rows = _rows(connection, "card_groups", values)
    if not rows:
        return None
    applications, people, requisitions, scores, labels, years, attributes = zip(*rows, strict=True)
    return ScoredApplications(
        applications=np.array(applications, dtype=object),
        people=np.array(people, dtype=object),
        requisitions=np.array(requisitions, dtype=object),
        scores=np.array(scores, dtype=np.float64),
        labels=np.array(labels, dtype=np.int8),
        years=np.array(years, dtype=np.int64),
        attributes=attributes,
    )


def _rows(connection: Connection, name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    labels = sql.Identifier("labels", f"{values['ranker']}_labels")
    return connection.execute(sql.SQL(query(name).decode()).format(labels=labels), values).fetchall()
