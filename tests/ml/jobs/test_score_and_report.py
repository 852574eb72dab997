"""Which date is scored and reported on, and when drift asks for a retraining."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ml.jobs import NothingToDoError, report, retrain, score
from ml.jobs.builds import NotBuiltError, record_build, record_passed
from ml.jobs.dates import Trigger
from ml.jobs.retrainings import record_retraining
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


def drift(installation, as_of_date, *alerts):
    """Note drift verdicts as of a date: of onboard none, of others an alert."""
    with installation.warehouse.connect(OWNER) as connection:
        for ranker in ("onboard", *alerts):
            connection.execute(
                "insert into governance.drift_results values"
                " (%s, %s, 'newcomers', '1', 'hash', 1, 1, %s, 'Compared.', %s, null)",
                [as_of_date, ranker, *(("drift", True) if ranker in alerts else ("no drift", False))],
            )


def refusal(function, *arguments):
    with pytest.raises(NothingToDoError) as reason:
        function(*arguments)
    return str(reason.value)


def test_no_drift_asks_for_nothing(installation):
    drift(installation, JUNE)
    assert refusal(report.raise_alert, JUNE) == "No drift as of 2026-06-01 that asks for a retraining."


def test_drift_asks_for_a_retraining_once_in_28_days(installation, caplog):
    caplog.set_level("INFO", logger="ml.jobs")
    drift(installation, JUNE, "quality", "attrition")
    report.raise_alert(JUNE)
    assert caplog.messages == ["Drift of attrition, quality as of 2026-06-01: retrain is asked for"]
    # Nobody heard it, retrain being paused: it is said again.
    drift(installation, JUNE + timedelta(days=1), "quality")
    report.raise_alert(JUNE + timedelta(days=1))
    record_retraining(installation.warehouse, JUNE, NOW)
    # retrain -> models -> score -> report: the same drift as before, and the one of 27 days later, are quiet.
    drift(installation, JUNE + timedelta(days=27), "quality")
    drift(installation, JUNE + timedelta(days=28), "quality")
    assert refusal(report.raise_alert, JUNE).endswith("a retraining is asked for from 2026-06-29 on.")
    assert refusal(report.raise_alert, JUNE + timedelta(days=27)) == (
        "Drift of quality as of 2026-06-28, and the rankers were retrained as of 2026-06-01: "
        "a retraining is asked for from 2026-06-29 on."
    )
    report.raise_alert(JUNE + timedelta(days=28))


def test_an_alert_retrains_as_of_its_own_date(install):
    install("as_of_date: 2001-10-01\n")
    assert retrain.default_date(Trigger(NOW, (MAY, JUNE))) == JUNE


def test_of_two_alerts_the_second_is_not_heard(installation):
    record_retraining(installation.warehouse, JUNE, NOW)
    # The run of the first may be cleared and run again.
    assert retrain.default_date(Trigger(NOW, (JUNE,))) == JUNE
    assert refusal(retrain.default_date, Trigger(NOW, (date(2026, 6, 28),))) == (
        "The rankers were retrained as of 2026-06-01: "
        "a drift alert asks for it again from 2026-06-29 on, this one is of 2026-06-28."
    )
    assert retrain.default_date(Trigger(NOW, (date(2026, 6, 29),))) == date(2026, 6, 29)
