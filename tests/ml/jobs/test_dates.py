"""Quarters."""

from datetime import date, timedelta

import pytest

from ml.jobs.dates import quarter_start


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 9, 30), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
        (date(2024, 2, 29), date(2024, 1, 1)),
    ],
)
def test_a_quarter_starts_in_january_april_july_or_october(day, start):
    assert quarter_start(day) == start


def test_every_day_of_four_years_is_in_the_quarter_that_starts_at_most_92_days_before():
    days = [date(2024, 1, 1) + timedelta(days=k) for k in range(1461)]
    for day in days:
        # The longest quarters are the third and the fourth: 31 + 31 + 30 days.
        assert timedelta(0) <= day - quarter_start(day) < timedelta(days=92)
        assert quarter_start(quarter_start(day)) == quarter_start(day)
