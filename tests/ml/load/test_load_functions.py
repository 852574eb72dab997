"""The SQL functions of the loader."""

import datetime as dt

import pytest

from ml.warehouse.connection import Warehouse
from tests.ml.load.factories import rows


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2024-01-31", "1", dt.date(2024, 2, 29)),
        ("2024-01-31", "0", dt.date(2024, 1, 31)),
        # 0.5 of the 29 days between 31 January and 29 February, rounded down: 14.
        ("2024-01-31", "0.5", dt.date(2024, 2, 14)),
        # 7 months to 1 August, then .03 of 31 days: 0.
        ("2005-01-01", "7.03", dt.date(2005, 8, 1)),
        ("2020-01-01", "-12", dt.date(2019, 1, 1)),
        # 1 month back to 1 December, then half of November's 30 days.
        ("2020-01-01", "-1.5", dt.date(2019, 11, 16)),
    ],
)
def test_add_months(module_warehouse: Warehouse, start: str, months: str, expected: dt.date) -> None:
    assert rows(module_warehouse, f"select landing.add_months('{start}', {months})") == [(expected,)]


def test_a_fraction_of_a_month_never_reaches_the_next(module_warehouse: Warehouse) -> None:
    # The label asks whether somebody left before start + n months: that must be so exactly if their tenure is < n.
    broken = rows(
        module_warehouse,
        """
        select start, tenure, n
        from generate_series(date '2023-01-01', date '2024-03-01', '17 days') as start,
            generate_series(0.001, 12, 0.037) as tenure, generate_series(1, 12) as n
        where (landing.add_months(start::date, tenure) < (start + make_interval(months => n))::date) <> (tenure < n)
        and extract(day from start) <= 28
        """,
    )
    assert broken == []


def test_add_months_grows_with_months(module_warehouse: Warehouse) -> None:
    days = rows(
        module_warehouse,
        "select landing.add_months('2024-01-30', months) from generate_series(-15, 15, 0.1) as months order by months",
    )
    assert days == sorted(days)
    assert len(set(days)) > 290


@pytest.mark.parametrize(
    ("value", "type_name", "expected"),
    [
        ("2024-02-29", "date", True),
        ("2023-02-29", "date", False),
        ("2024-02-29T24:00:00Z", "timestamptz", True),
        ("2024-02-29T25:00:00Z", "timestamptz", False),
        ('{"a": 1}', "jsonb", True),
        ("{'a': 1}", "jsonb", False),
        ("\\xff", "bytea", True),
        ("\\xf", "bytea", False),
        ("it's", "date", False),
    ],
)
def test_both_ways_to_ask_agree(module_warehouse: Warehouse, value: str, type_name: str, expected: bool) -> None:
    # Postgres 15 has to try; later versions can ask.
    with module_warehouse.connect("facetrank_loader") as connection:
        answers = connection.execute(
            "select landing.is_readable(%(v)s, %(t)s), landing.is_readable_by_trying(%(v)s, %(t)s)",
            {"v": value, "t": type_name},
        ).fetchone()
    assert answers == (expected, expected)
