"""What is recorded later changes no feature and no label of an earlier as-of date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from ml.config import Settings
from ml.matching.submitted import match_submitted
from ml.organisation import Attribute, Organisation
from ml.transform import build
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import TRANSFORMER
from tests.dbt_project.factories import Row, insert, insert_all, instant, read, small_organisation
from tests.dbt_project.reference import history_of
from tests.ml.resumes.factories import land_texts

ORGANISATION = Organisation(
    name="demo", attributes=(Attribute("honors", "boolean", ("quality",), why="asked for in the advertisement"),)
)
AS_OF = dt.date(2024, 6, 1)
BEFORE_ALL = dt.date(2024, 1, 1)
LAST_APPLIED = 60  # the last day on which small_organisation applies
LABEL_TABLES = ("quality_labels", "onboard_labels", "attrition_labels", "unlinked_spells")
MODELS = " ".join(f"+{model},resource_type:model" for model in ("application_features", *LABEL_TABLES))

State = dict[str, list[Row]]


@dataclass
class Story:
    """One warehouse as it was after each chapter."""

    tables: dict[str, list[Row]]
    first: State
    after_later_facts: State
    after_past_facts: State
    early_date: State


def state(warehouse: Warehouse, as_of_date: dt.date) -> State:
    tables = ["features.application_features", *(f"labels.{table}" for table in LABEL_TABLES)]
    return {
        table: read(warehouse, f"select * from {table} where as_of_date = %s order by 2", as_of_date)
        for table in tables
    }


def disturb(warehouse: Warehouse, tables: dict[str, list[Row]], recorded: str, suffix: str) -> None:
    """Correct the rows of every table, and add events to every application, all recorded at one moment."""
    changes: dict[str, Row] = {
        "requisitions": {"salary_max": 1, "seniority": "other", "title": "Other", "openings": 9, "description": "cook"},
        "resumes": {"content_text": "sql sql python forecasting analyst"},
        "applications": {
            "source": "campus",
            "years_experience": 99,
            "attributes": '{"honors": true}',
            "resume_id": None,
        },
        "application_events": {"event_type": "closed_unreviewed", "occurred_at": instant(1)},
        "employment_spells": {"ended_on": "2024-05-01", "end_reason": "involuntary"},
    }
    for table, change in changes.items():
        insert(warehouse, table, *({**row, **change, "recorded_at": recorded} for row in tables[table]))
    added = [
        {
            "event_id": f"{event_type}-{row['application_id']}-{suffix}",
            "application_id": row["application_id"],
            "event_type": event_type,
            "occurred_at": instant(3),
            "recorded_at": recorded,
        }
        for row in tables["applications"]
        for event_type in ("withdrawn", "onboarded", "offer_extended", "screen_failed")
    ]
    insert(warehouse, "application_events", *added)


@pytest.fixture(scope="module")
def story(module_warehouse: Warehouse, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Story:
    tables = small_organisation(seed=7)
    insert_all(module_warehouse, tables)

    cache = tmp_path_factory.mktemp("match_cache")

    def built(as_of_date: dt.date) -> State:
        land_texts(module_warehouse)
        match_submitted(module_warehouse, as_of_date, cache_folder=cache)
        build(module_warehouse, ORGANISATION, settings, as_of_date, select=MODELS)
        return state(module_warehouse, as_of_date)

    first = built(AS_OF)
    disturb(module_warehouse, tables, f"{AS_OF}T00:00:00Z", "future")
    after_later_facts = built(AS_OF)
    disturb(module_warehouse, tables, instant(LAST_APPLIED), "past")
    after_past_facts = built(AS_OF)
    # A partition that should be empty holds a row left over from a build of facts that were since erased.
    with module_warehouse.connect(TRANSFORMER) as connection:
        for table in LABEL_TABLES:
            leftover = f"select (jsonb_populate_record(x, %s)).* from labels.{table} as x limit 1"
            connection.execute(f"insert into labels.{table} {leftover}".encode(), [f'{{"as_of_date": "{BEFORE_ALL}"}}'])
    assert len(state(module_warehouse, BEFORE_ALL)["labels.quality_labels"]) == 1
    early_date = built(BEFORE_ALL)
    assert state(module_warehouse, AS_OF) == after_past_facts, "building one as-of date touched another"
    return Story(tables, first, after_later_facts, after_past_facts, early_date)


def test_the_story_has_labels_of_every_kind(story: Story) -> None:
    assert len(story.first["features.application_features"]) == 60
    for table in ("quality_labels", "onboard_labels"):
        statuses = {row["label_status"] for row in story.first[f"labels.{table}"]}
        assert "observed" in statuses
        assert len(statuses) > 1


def test_the_story_has_matches(story: Story) -> None:
    """Without this the tests below might compare nothing."""
    found = {row["technical_match"] for row in story.first["features.application_features"]}
    assert None in found
    assert len(found) > 5


def test_no_feature_changes_by_facts_recorded_from_the_as_of_date_on(story: Story) -> None:
    key = "features.application_features"
    assert story.after_later_facts[key] == story.first[key]


def test_no_label_changes_by_facts_recorded_from_the_as_of_date_on(story: Story) -> None:
    for table in LABEL_TABLES:
        key = f"labels.{table}"
        assert story.after_later_facts[key] == story.first[key], table


def test_no_feature_changes_by_facts_recorded_after_applying(story: Story) -> None:
    """Nor by facts recorded in the very moment of the last application, before the as-of date."""
    key = "features.application_features"
    assert story.after_past_facts[key] == story.first[key]


def test_those_facts_do_change_labels_once_they_are_known(story: Story) -> None:
    """Without this the tests above might disturb nothing."""
    for table in LABEL_TABLES:
        key = f"labels.{table}"
        assert story.after_past_facts[key] != story.first[key], table


def test_history_counts_what_was_on_record_before_applying(story: Story) -> None:
    found = {row["application_id"]: row for row in story.first["features.application_features"]}
    for application in story.tables["applications"]:
        expected = history_of(story.tables, application)
        row = found[application["application_id"]]
        assert {name: row[name] for name in expected} == pytest.approx(expected)
    # The comparison is worth nothing where nobody has a past.
    assert sum(row["previous_screen_passes"] > 0 for row in found.values()) > 3


def test_a_partition_without_rows_is_emptied(story: Story) -> None:
    assert story.early_date == {key: [] for key in story.early_date}
