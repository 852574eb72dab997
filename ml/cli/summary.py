"""What a warehouse holds, in numbers a person can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from ml.warehouse.roles import OWNER

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

SCHEMAS = ("landing", "protected", "resumes", "labels", "features", "scores", "ranking", "outcomes", "governance")

# Partitions are counted with the table they belong to.
_TABLES = """
select n.nspname, c.relname
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where
    n.nspname = any(%s)
    and c.relkind in ('r', 'p')
    and not c.relispartition
order by array_position(%s, n.nspname::text), c.relname
"""


def table_counts(warehouse: Warehouse) -> dict[str, int]:
    """Count the rows of every table that people read, in the order in which data flows.

    Returns
    -------
    dict of str to int
        By qualified name.
    """
    counts = {}
    with warehouse.connect(OWNER) as connection:
        for schema, table in connection.execute(_TABLES, [list(SCHEMAS), list(SCHEMAS)]).fetchall():
            count = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
            (rows,) = connection.execute(count).fetchone() or (0,)
            counts[f"{schema}.{table}"] = rows
    return counts
