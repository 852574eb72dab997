"""Which date is scored and reported on."""

from datetime import UTC, date, datetime

import pytest

from ml.jobs import NothingToDoError, report, score
from ml.jobs.builds import NotBuiltError, record_build, record_passed
from ml.jobs.dates import Trigger
from ml.warehouse.roles import OWNER

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_scores_are_for_the_features_that_started_the_run(installation):
    assert score.default_date(Trigger(NOW, (MAY, JUNE))) == JUNE


def test_new_models_score_the_newest_features(installation):
    with pytest.raises(NotBuiltError):
        score.default_date(Trigger(NOW))
    for day in (JUNE, MAY):
        record_build(installation.warehouse, day, "run")
        record_passed(installation.warehouse, day, "features")
    assert score.default_date(Trigger(NOW)) == JUNE


def test_reports_are_on_the_scores_that_started_the_run(installation):
    assert report.default_date(Trigger(NOW, (MAY,))) == MAY


def test_a_monthly_report_is_on_the_newest_published_scores(installation):
    with pytest.raises(NothingToDoError) as error:
        report.default_date(Trigger(NOW))
    assert str(error.value) == "No scores are published yet: run score first."
    with installation.warehouse.connect(OWNER) as connection:
        connection.execute(
            "insert into scores.batches (as_of_date, status, parts, population, published_at)"
            " values (%s, 'published', 1, 'all', now()), (%s, 'published', 1, 'all', now()), (%s, 'building', 1, 'all', null)",
            [JUNE, MAY, date(2026, 7, 1)],
        )
    assert report.default_date(Trigger(NOW)) == JUNE
