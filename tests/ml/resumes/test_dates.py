"""Periods in the ways people write them; a month counts once."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from ml.resumes.dates import Period, find_periods, years_of

RECEIVED = dt.date(2025, 6, 10)


def months(text):
    found = list(find_periods(text, received_on=RECEIVED))
    assert all(0 <= period.start < period.end <= len(text) for period in found)
    return [f"{period.started_on:%Y-%m}..{period.ended_on:%Y-%m}" if period.ended_on else f"{period.started_on:%Y-%m}.."
            for period in found]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jan 2019 - present", "2019-01.."),
        ("Sept 2011-Current", "2011-09.."),
        ("Oct. 2010 — till date", "2010-10.."),
        ("March 2018 to the present", "2018-03.."),
        ("2019 – heute", "2019-07.."),
        ("since 2019", "2019-07.."),
        ("seit 05/2019", "2019-05.."),
        ("07/2015 to 06/2016", "2015-07..2016-06"),
        ("7/2015-6/2016", "2015-07..2016-06"),
        ("2010/05-2012/06", "2010-05..2012-06"),
        ("2019-01 – 2020-05", "2019-01..2020-05"),
        ("01.02.2019 - 31.03.2020", "2019-02..2020-03"),
        ("15 Jan 2019 to 3 Feb 2020", "2019-01..2020-02"),
        ("January 5, 2019 - May 2, 2020", "2019-01..2020-05"),
        ("From:- Dec-2014 to June-2015", "2014-12..2015-06"),
        ("Dec-14 to Jun-15", "2014-12..2015-06"),
        ("Jan'98 – Mar'01", "1998-01..2001-03"),
        ("Summer 2012", "2012-06..2012-08"),
        ("Fall 2014 - Spring 2015", "2014-09..2015-05"),
        ("Q1 2019 - Q3 2020", "2019-01..2020-09"),
        ("Januar 2018 bis März 2019", "2018-01..2019-03"),
        ("février 2017 à août 2018", "2017-02..2018-08"),
        ("2015-2018", "2015-07..2018-06"),  # three years
        ("2018 - 2018", "2018-04..2018-09"),  # half a year
        ("Jan 2024 - Dec 2030", "2024-01..2025-06"),  # not beyond the receipt
    ],
)
def test_a_period(text, expected):
    assert months(text) == [expected]


@pytest.mark.parametrize(
    "text", ["2020", "June 2030 - July 2031", "May 2020 - May 2019", "room 12-34", "1.2-3.4", "since then"]
)
def test_no_period(text):
    assert months(text) == []


def test_periods_from_left_to_right():
    assert months("2010 - 2011, then Jan 2012 - Feb 2012\nsince 2020") == [
        "2010-07..2011-06", "2012-01..2012-02", "2020-07..",
    ]  # fmt: skip


def period(first, last):
    return Period(first, last, is_current=False, start=0, end=0)


def test_a_month_counts_once():
    # 0..11 and 6..17 are the months 0..17, 24..29 are six more: 24 months.
    assert years_of([period(6, 17), period(0, 11), period(24, 29), period(7, 9)]) == 2.0
    assert years_of([]) == 0.0


@pytest.mark.parametrize("seed", range(10))
def test_the_length_of_a_union_is_that_of_the_set_of_months(seed):
    generator = random.Random(seed)
    periods = [period(first, first + generator.randrange(40)) for first in generator.choices(range(300), k=12)]
    assert years_of(periods) == round(len({m for one in periods for m in range(one.first, one.last + 1)}) / 12, 2)
    # More of what is there already adds nothing.
    assert years_of([*periods, period(periods[0].first, periods[0].last)]) == years_of(periods)
