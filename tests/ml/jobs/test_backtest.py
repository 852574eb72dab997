"""Replaying quarters: which are refused, left out, replaced; and that no champion changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from ml.config import Settings
from ml.errors import ConfigurationError
from ml.jobs import NothingToDoError, backtest
from ml.jobs.builds import NotBuiltError
from ml.jobs.dates import Trigger
from ml.jobs.installation import Installation
from ml.warehouse.roles import REVIEWER, TRANSFORMER
from tests.ml.jobs.training import JULY, OCTOBER, build, make_organisation, opened
from tests.ml.rankers.factories import make_table

RESULTS = "select quarter_start, stage, status, sentence from governance.backtest_results order by 1, 2"


@pytest.fixture(scope="module")
def installation(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Labels as of the start of 2025Q3, few as of 2024Q2, and outcomes as of its end."""
    own = make_organisation(settings, "backtest", tmp_path_factory.mktemp("backtest"))
    with opened(own) as installation:
        build(installation.warehouse, make_table(60, days=60), date(2024, 4, 1))
        build(installation.warehouse, make_table(800, signal=2.5, days=500), JULY)
        build(installation.warehouse, make_table(1800, signal=2.5, days=600), OCTOBER)
        yield installation


def results(installation: Installation) -> list[tuple[object, ...]]:
    with installation.warehouse.connect(REVIEWER) as connection:
        return connection.execute(RESULTS).fetchall()


def test_outcomes_count_as_of_the_newest_features(installation: Installation) -> None:
    assert backtest.default_date(Trigger(datetime(2026, 11, 22, tzinfo=UTC))) == OCTOBER


def test_quarters_are_named(installation: Installation) -> None:
    assert backtest.list_quarters(OCTOBER, "2025Q1", "2025Q3") == ["2025Q1", "2025Q2", "2025Q3"]


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("", "2025Q1", "from_quarter: expected a quarter like 2025Q1, got nothing."),
        ("2025Q1", "next", "to_quarter: expected a quarter like 2025Q1, got 'next'."),
        ("2025Q2", "2025Q1", "to_quarter: 2025Q1 is before from_quarter, 2025Q2."),
        ("2025Q1", "2025Q4", "to_quarter: 2025Q4 has not finished as of 2025-10-01."),
    ],
)
def test_a_range_that_cannot_be_replayed_is_refused(
    installation: Installation, first: str, last: str, message: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        backtest.list_quarters(OCTOBER, first, last)
    assert str(error.value) == message


def test_outcomes_that_were_not_built_are_refused(installation: Installation) -> None:
    with pytest.raises(NotBuiltError, match=r"^No labels as of 2025-12-01 that passed their gate"):
        backtest.list_quarters(date(2025, 12, 1), "2025Q1", "2025Q1")


def test_a_quarter_with_too_few_labels_is_left_out_and_noted(installation: Installation) -> None:
    with pytest.raises(NothingToDoError) as reason:
        backtest.gate("2024Q2", OCTOBER)
    assert str(reason.value).startswith("2024Q2 is left out. quality: 60 mature labels as of 2024-04-01, ")
    ((_, stage, status, sentence),) = [row for row in results(installation) if row[0] == date(2024, 4, 1)]
    assert (stage, status) == ("quality", "too few labels")
    assert str(sentence) in str(reason.value)


def test_a_quarter_is_replayed_replaced_and_changes_no_champion(installation: Installation) -> None:
    for _ in range(2):
        backtest.replay("2025Q3", OCTOBER)
    ((_, stage, status, sentence),) = [row for row in results(installation) if row[0] == JULY]
    assert (stage, status) == ("quality", "replayed")
    assert str(sentence).startswith("quality: 2025Q3: of ")
    assert installation.registry.versions("quality") == []
    with installation.warehouse.connect(REVIEWER) as connection:
        assert connection.execute("select count(*) from governance.model_versions").fetchone() == (0,)
        gates = "select count(*) from governance.gate_results where layer = 'snapshot' and as_of_date = %s and passed"
        assert connection.execute(gates, [JULY]).fetchone() != (0,)


@pytest.fixture
def with_offers(installation: Installation) -> Iterator[None]:
    """The organisation has offers as well, sixty with a label as of 2025Q3's start and none before."""
    file = installation.settings.organisation_file
    before = file.read_text()
    with installation.warehouse.connect(TRANSFORMER) as connection:
        connection.execute(
            "create table labels.onboard_labels as select * from labels.quality_labels"
            " where as_of_date = %s and application_id < 'a00060'",
            [JULY],
        )
    file.write_text(before.replace("[screening]", "[screening, offers]"))
    yield
    file.write_text(before)


def test_without_the_onboard_ranker_interviews_are_left_out_and_that_is_noted(
    installation: Installation, with_offers: None
) -> None:
    backtest.replay("2025Q3", OCTOBER)
    with pytest.raises(NothingToDoError) as reason:
        backtest.gate("2024Q2", OCTOBER)
    found = {(start, stage): (status, str(said)) for start, stage, status, said in results(installation)}
    for quarter, status in ((JULY, "too few labels"), (date(2024, 4, 1), "no labels")):
        onboard, interviews = found[quarter, "onboard"], found[quarter, "interviews"]
        assert onboard[0] == interviews[0] == status
        assert interviews[1] == f"interviews: not put in order without the onboard ranker. {onboard[1]}"
    assert found[JULY, "quality"][0] == "replayed"
    # The reason is said once, by the ranker.
    assert "interviews" not in str(reason.value)
