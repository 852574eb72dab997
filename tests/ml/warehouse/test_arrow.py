"""Reading the rows of a query as Arrow: the same, few or many."""

from __future__ import annotations

import pytest
from psycopg import sql

from ml.warehouse.arrow import read_arrow, read_few
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import TRAINER

ROWS = sql.SQL(
    """select * from (values
        ('a', .1::double precision, true, 7::bigint), (null, 'nan', null, null), ('c', null, false, -1)
    ) as made (name, share, is_local, days)"""
).format()


def test_few_rows_are_read_as_many_are(module_warehouse: Warehouse) -> None:
    few, many = read_few(module_warehouse, TRAINER, ROWS), read_arrow(module_warehouse, TRAINER, ROWS)
    assert few.schema == many.schema
    # A NaN equals none, and is written the same.
    assert str(few.to_pylist()) == str(many.to_pylist())
    assert few.num_rows == 3


@pytest.mark.parametrize("read", [read_few, read_arrow])
def test_no_rows_have_their_columns_all_the_same(module_warehouse: Warehouse, read) -> None:
    found = read(module_warehouse, TRAINER, sql.SQL("select * from ({}) as none where false").format(ROWS))
    assert found.num_rows == 0
    assert found.schema.names == ["name", "share", "is_local", "days"]
