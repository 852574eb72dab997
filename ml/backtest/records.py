"""What the warehouse keeps of a replayed quarter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from ml.backtest.quarters import Quarter
    from ml.backtest.replay import Replay
    from ml.warehouse.connection import Warehouse

_FORGET = "delete from governance.backtest_results where as_of_date = %s and quarter_start = %s"
_RECORD = """
insert into governance.backtest_results
    (as_of_date, quarter_start, stage, status, sentence, snapshots, estimates, requisitions)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def record_quarter(warehouse: Warehouse, as_of_date: dt.date, quarter: Quarter, replays: Iterable[Replay]) -> None:
    """Replace what is said of a quarter, with outcomes observed by a date, in one transaction."""
    rows = [
        (as_of_date, quarter.start, replay.stage, replay.status, replay.sentence, *_documents(replay))
        for replay in replays
    ]
    with warehouse.connect(TRAINER) as connection, connection.cursor() as cursor:
        cursor.execute(_FORGET, [as_of_date, quarter.start])
        cursor.executemany(_RECORD, rows)


def _documents(replay: Replay) -> tuple[str, ...]:
    documents = (replay.snapshots, replay.estimates, replay.requisitions)
    return tuple(json.dumps(document, allow_nan=False) for document in documents)
