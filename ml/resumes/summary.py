"""How many resumes have a text, and why the others have none, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.warehouse.roles import TRANSFORMER

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

# The numbers that some reasons name would tell each from the others.
_COUNTS = """
select
    count(*) as resumes,
    why.reason
from resumes.texts
cross join lateral (
    select regexp_replace(replace(unreadable_reason, 'unreadable: ', ''), '[0-9][0-9,.]*', '…', 'g') as reason
) as why
group by why.reason
order by resumes desc, why.reason collate "C" asc
"""


def describe_texts(warehouse: Warehouse) -> str:
    """Say it of all that were read: ``19,997 have a text, 3 unreadable: 2 encrypted PDF; 1 empty file``."""
    with warehouse.connect(TRANSFORMER) as connection:
        counts = connection.execute(_COUNTS).fetchall()
    readable = sum(resumes for resumes, reason in counts if reason is None)
    refused = [(resumes, reason) for resumes, reason in counts if reason is not None]
    if not refused:
        return f"{readable:,} have a text, none is unreadable"
    why = "; ".join(f"{resumes:,} {reason}" for resumes, reason in refused)
    return f"{readable:,} have a text, {sum(resumes for resumes, _ in refused):,} unreadable: {why}"
