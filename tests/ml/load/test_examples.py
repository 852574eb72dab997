"""The three example organisations: every row of their files is loaded, and means what it should."""

from pathlib import Path

import pytest

from ml.load.load import load_sources
from ml.load.mapping_file import read_mapping
from ml.organisation import read_organisation
from ml.warehouse.connection import Warehouse
from tests.ml.load.factories import NOW, rows

EXAMPLES = ("callbacks", "turnover", "offers")


@pytest.fixture
def loaded(fresh_warehouse: Warehouse, examples: Path, request: pytest.FixtureRequest) -> Warehouse:
    """A warehouse with the example that the test names."""
    organisation = read_organisation(examples / request.param / "organisation.yaml")
    (summary,) = load_sources(fresh_warehouse, organisation, examples / request.param, loaded_as_of=NOW)
    assert summary.loaded > 5_000
    assert (summary.rejected, summary.unchanged) == (0, 0)
    return fresh_warehouse


@pytest.mark.parametrize("name", EXAMPLES)
def test_attributes_are_declared_as_they_are_loaded(examples: Path, name: str) -> None:
    organisation = read_organisation(examples / name / "organisation.yaml")
    mapping = read_mapping(examples / name / "mapping.yaml")
    made = {attribute.name: attribute.kind for rule in mapping.rules for attribute in rule.attributes}
    assert {attribute.name: attribute.kind for attribute in organisation.attributes} == made
    assert mapping.parts == organisation.parts


@pytest.mark.parametrize("loaded", ["callbacks"], indirect=True)
def test_callbacks(loaded: Warehouse) -> None:
    # 392 of 4,870 resumes to 1,323 ads were called back.
    assert rows(loaded, "select event_type, count(*) from landing.application_events group by 1 order by 1") == [
        ("screen_failed", 4478),
        ("screen_passed", 392),
    ]
    assert rows(loaded, "select count(*) from landing.requisitions") == [(1323,)]
    protected = (
        "select attribute, count(*), count(distinct value) from protected.protected_attributes group by 1 order by 1"
    )
    assert rows(loaded, protected) == [
        ("first_name", 4870, 36),
        ("race_ethnicity", 4870, 2),
        ("sex", 4870, 2),
        ("veteran", 4870, 2),
    ]
    keys = rows(loaded, "select distinct jsonb_object_keys(attributes) from landing.applications")
    assert not {"firstname", "race", "gender", "military"} & {key for (key,) in keys}


@pytest.mark.parametrize("loaded", ["turnover"], indirect=True)
def test_turnover(loaded: Warehouse) -> None:
    # 571 left and 558 are still there: two versions of a spell, or one.
    versions = "select count(*), count(ended_on) from landing.employment_spells group by spell_id"
    assert rows(
        loaded, f"select count, count_1, count(*) from ({versions}) as v(count, count_1) group by 1, 2 order by 1"
    ) == [
        (1, 0, 558),
        (2, 1, 571),
    ]
    # Counted in the file: 65 left within 6 months, 24 more within 8, and of those still there 455 were seen for 8.
    short = "count(*) filter (where ended_on < started_on + interval '{} months')"
    stayed = "count(*) filter (where started_on > '2005-01-01' and started_on + interval '8 months' <= '2020-01-01')"
    query = f"select {short.format(6)}, {short.format(8)}, {stayed} from landing.employment_spells"
    assert rows(loaded, query) == [(65, 89, 455)]
    # No date tells leavers from those who stayed before they start.
    assert rows(loaded, "select count(distinct applied_at), min(applied_at)::text from landing.applications") == [
        (1, "2004-12-01 00:00:00+00")
    ]
    assert rows(loaded, "select min(started_on)::text from landing.employment_spells") == [("2005-01-01",)]


@pytest.mark.parametrize("loaded", ["offers"], indirect=True)
def test_offers(loaded: Warehouse) -> None:
    # 1,474 of 2,000 accepted, and are assumed to have started.
    assert rows(loaded, "select event_type, count(*) from landing.application_events group by 1 order by 1") == [
        ("offer_accepted", 1474),
        ("offer_declined", 526),
        ("offer_extended", 2000),
        ("onboarded", 1474),
    ]
    agree = "a.requisition_id = o.title || '-' || o.base_salary and r.salary_min = o.base_salary"
    joined = "landing.offers o join landing.applications a using (application_id) join landing.requisitions r"
    assert rows(loaded, f"select count(*) from {joined} using (requisition_id) where {agree}") == [(2000,)]
    assert rows(loaded, "select count(*) from landing.applications where current_salary is not null") == [(0,)]
    assert rows(loaded, "select distinct attribute from protected.protected_attributes") == [("visa_required",)]
