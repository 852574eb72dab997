"""When the rankers were retrained, and how soon a drift alert may ask for it again (design section 9)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ml.warehouse.roles import AUDITOR, TRAINER

if TYPE_CHECKING:
    from datetime import date, datetime

    from ml.warehouse.connection import Warehouse

ALERT_PAUSE = timedelta(days=28)

_RECORD = """
insert into governance.retrainings (as_of_date, started_at)
values (%s, %s)
on conflict (as_of_date) do update set started_at = excluded.started_at
"""

_NEWEST = "select max(as_of_date) from governance.retrainings where as_of_date is distinct from %s"


def record_retraining(warehouse: Warehouse, as_of_date: date, started_at: datetime) -> None:
    """Note that a retraining has started."""
    with warehouse.connect(TRAINER) as connection:
        connection.execute(_RECORD, [as_of_date, started_at])


def next_alert(warehouse: Warehouse, *, besides: date | None = None) -> date | None:
    """Give the first as-of date of which an alert may ask for a retraining; None where there was no retraining.

    Parameters
    ----------
    warehouse : Warehouse
        Read as the auditor.
    besides : date, optional
        A retraining that does not count: the one that is being started, maybe for the second time.
    """
    with warehouse.connect(AUDITOR) as connection:
        row = connection.execute(_NEWEST, [besides]).fetchone()
    newest: date | None = None if row is None else row[0]
    return None if newest is None else newest + ALERT_PAUSE
