"""The simulated organisation: repeatable, whole, and with what each switch asks for."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.errors import ConfigurationError
from ml.load.contract import EVENT_TYPES, TABLES
from ml.simulate import SimulationConfig, simulate

CONFIG = SimulationConfig(applications=6_000, seed=3, ends_on=date(2026, 1, 1))


def read(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, dtype=str) for path in folder.glob("*.csv")}


def newest(table: pd.DataFrame, key: str) -> pd.DataFrame:
    return table.sort_values("recorded_at", kind="stable").drop_duplicates(key, keep="last")


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated")
    simulate(CONFIG, out)
    return out


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return read(folder)


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    simulate(CONFIG, tmp_path)
    assert digest(tmp_path) == digest(folder)


def test_another_seed_gives_another_organisation(folder: Path, tmp_path: Path) -> None:
    simulate(replace(CONFIG, seed=4), tmp_path)
    ours, theirs = digest(folder), digest(tmp_path)
    assert ours.keys() == theirs.keys()
    assert all(ours[name] != theirs[name] for name in ours)


def test_the_summary_counts_what_is_in_the_files(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    assert simulate(CONFIG, tmp_path).rows == {name: len(table) for name, table in tables.items()}


def test_parquet_holds_the_same_rows(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    summary = simulate(replace(CONFIG, file_format="parquet"), tmp_path)
    assert summary.rows == {name: len(table) for name, table in tables.items()}
    assert pd.read_parquet(tmp_path / "offers.parquet")["offer_id"].tolist() == tables["offers"]["offer_id"].tolist()


def test_every_landing_table_is_there_and_has_no_other_column(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == {table.name for table in TABLES}
    for table in TABLES:
        assert set(tables[table.name].columns) <= set(table.column_names), table.name
        required = {column.name for column in table.columns if column.required}
        assert not tables[table.name][sorted(required)].isna().any().any(), table.name


def test_every_reference_resolves(tables: dict[str, pd.DataFrame]) -> None:
    checked = 0
    for table in TABLES:
        for reference in table.references:
            if reference.column in tables[table.name]:
                named = set(tables[table.name][reference.column].dropna())
                assert named <= set(tables[reference.table][reference.column]), (table.name, reference)
                checked += len(named)
    assert checked > 10_000


def test_keys_are_unique_per_version(tables: dict[str, pd.DataFrame]) -> None:
    for table in TABLES:
        assert not tables[table.name].duplicated([*table.key, "recorded_at"]).any(), table.name


def test_everything_that_can_happen_happens(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables["application_events"]["event_type"]) == set(EVENT_TYPES)
    spells = tables["employment_spells"]
    assert {"voluntary", "involuntary", "transfer", "other"} <= set(spells["end_reason"].dropna())
    assert spells["application_id"].isna().any()
    assert tables["decisions"]["rank_seen"].notna().any()
    applications = tables["applications"].drop_duplicates("application_id")
    assert applications["candidate_id"].duplicated().any()
    assert len(tables["applications"]) > len(applications), "no corrected version"


def test_spells_end_after_they_start(tables: dict[str, pd.DataFrame]) -> None:
    ended = tables["employment_spells"].dropna(subset="ended_on")
    assert len(ended) > 20
    assert (ended["ended_on"] >= ended["started_on"]).all()


def test_nobody_works_in_two_places_of_the_organisation_at_once(tables: dict[str, pd.DataFrame]) -> None:
    spells = newest(tables["employment_spells"], "spell_id").sort_values(["candidate_id", "started_on"])
    follows = spells["candidate_id"] == spells["candidate_id"].shift()
    assert follows.sum() > 5, "no transfer to look at"
    assert (spells["ended_on"].shift()[follows] < spells["started_on"][follows]).all()


def test_nobody_is_hired_beyond_the_openings(tables: dict[str, pd.DataFrame]) -> None:
    events = newest(tables["application_events"], "event_id")
    hired = events[events["event_type"] == "onboarded"]
    requisition_of = newest(tables["applications"], "application_id").set_index("application_id")["requisition_id"]
    starts = requisition_of[hired["application_id"]].value_counts()
    openings = newest(tables["requisitions"], "requisition_id").set_index("requisition_id")["openings"].astype(int)
    assert len(starts) > 30
    assert (starts <= openings[starts.index]).all()


@pytest.mark.parametrize(
    ("table", "key", "column"),
    [
        ("application_events", "event_id", "event_type"),
        ("application_events", "event_id", "occurred_at"),
        ("applications", "application_id", "years_experience"),
        ("requisitions", "requisition_id", "salary_max"),
        ("interviews", "interview_id", "held_at"),
        ("offers", "offer_id", "base_salary"),
        ("employment_spells", "spell_id", "ended_on"),
    ],
)
def test_later_versions_change_facts(tables: dict[str, pd.DataFrame], table: str, key: str, column: str) -> None:
    versions = tables[table].fillna("").drop_duplicates([key, column])
    assert versions[key].duplicated().any()


def test_resumes_say_what_descriptions_ask_for_with_the_usual_sections(tables: dict[str, pd.DataFrame]) -> None:
    texts = tables["resumes"]["content_text"]
    assert texts.str.startswith("Curriculum vitae: ").all()
    for headings in ("PROFILE|Professional Summary|About me", "SKILLS|Technical Skills|Core Competencies"):
        assert texts.str.contains(f"\n(?:{headings})\n").all()
    assert tables["requisitions"]["description"].str.contains(r"for at least \d years").any()


def test_nothing_is_recorded_after_the_end_nor_before_its_requisition(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        assert (table["recorded_at"] < "2026-01-01").all(), name
    opened = tables["requisitions"].groupby("requisition_id")["recorded_at"].min()
    applications = tables["applications"]
    assert (applications["applied_at"].to_numpy() > opened[applications["requisition_id"]].to_numpy()).all()


def test_some_requisitions_are_open_at_the_end_with_people_to_decide_about(tables: dict[str, pd.DataFrame]) -> None:
    requisitions = tables["requisitions"]
    closed = set(requisitions.dropna(subset="closed_at")["requisition_id"])
    waiting = tables["applications"][~tables["applications"]["requisition_id"].isin(closed)]
    decided = set(tables["application_events"]["application_id"])
    assert (~waiting["application_id"].isin(decided)).sum() > 50


def test_the_truth_is_apart_from_the_landing_files(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    truth = pd.read_parquet(folder / "ground_truth" / "applications.parquet")
    assert len(truth) == CONFIG.applications
    for name in ("pass_probability", "join_probability", "stay_probability"):
        assert truth[name].between(0, 1).all()
        assert not any(name in table.columns for table in tables.values())


def test_the_truth_is_what_screeners_follow(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    truth = pd.read_parquet(folder / "ground_truth" / "applications.parquet").set_index("application_id")
    events = newest(tables["application_events"], "event_id")
    screened = events[events["event_type"].isin(["screen_passed", "screen_failed"])]
    expected = truth.loc[screened["application_id"], "pass_probability"].to_numpy()
    passed = (screened["event_type"] == "screen_passed").to_numpy()
    # The standard error of a mean of n independent draws is below sqrt(1/4/n).
    assert abs(passed.mean() - expected.mean()) < 4 * np.sqrt(0.25 / len(passed))
    high = expected > np.median(expected)
    assert passed[high].mean() > 2 * passed[~high].mean()


def test_biased_screening_passes_fewer_women(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    def pass_rate_of_women(world: dict[str, pd.DataFrame]) -> float:
        answers = world["protected_attributes"]
        women = set(answers[(answers["attribute"] == "sex") & (answers["value"] == "female")]["candidate_id"])
        applicants = world["applications"].drop_duplicates("application_id").set_index("application_id")["candidate_id"]
        events = world["application_events"]
        screened = events[events["event_type"].isin(["screen_passed", "screen_failed"])]
        of_women = screened[applicants[screened["application_id"]].isin(women).to_numpy()]
        return float((of_women["event_type"] == "screen_passed").mean())

    simulate(replace(CONFIG, screening_bias=1.0), tmp_path)
    # A log-odds of one less takes a rate of 16% to 6.5%.
    assert pass_rate_of_women(read(tmp_path)) < 0.7 * pass_rate_of_women(tables)


def test_drift_changes_the_last_quarter_only(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    simulate(replace(CONFIG, drift=1.0), tmp_path)
    drifted = read(tmp_path)["applications"].drop_duplicates("application_id").set_index("application_id")
    usual = tables["applications"].drop_duplicates("application_id").set_index("application_id")
    is_late = usual["applied_at"] >= "2025-10-02"
    shared = usual.index[~is_late].intersection(drifted.index)
    assert (usual.loc[shared, "source"] == drifted.loc[shared, "source"]).all()
    late = drifted.index[drifted["applied_at"] >= "2025-10-03"]
    assert (drifted.loc[late, "source"] == "social").mean() > (usual.loc[is_late, "source"] == "social").mean() + 0.2


def test_dirty_data_is_dirty(tmp_path: Path) -> None:
    summary = simulate(replace(CONFIG, dirty=0.02), tmp_path)
    tables = read(tmp_path)
    total = sum(summary.rows.values())
    # Of the rows before repetition 2% are broken: 2/101 of all, give or take.
    assert 0.015 * total < summary.defects < 0.025 * total
    assert "promoted" in set(tables["application_events"]["event_type"])
    assert tables["application_events"].duplicated().any()


def test_planted_leaks_know_the_outcome(tmp_path: Path) -> None:
    simulate(replace(CONFIG, leaks=("filled_after", "label_copy", "ordered_identifier")), tmp_path)
    tables = read(tmp_path)
    applications = tables["applications"].drop_duplicates("application_id").set_index("application_id")
    attributes = pd.json_normalize(applications["attributes"].map(pd.io.json.ujson_loads)).set_index(applications.index)
    events = newest(tables["application_events"], "event_id")
    passed = events[events["event_type"] == "screen_passed"]["application_id"].unique()
    failed = events[events["event_type"] == "screen_failed"]["application_id"].unique()
    assert attributes.loc[passed, "screening_note_length"].notna().all()
    assert attributes.loc[failed, "screening_note_length"].isna().all()
    # The copy has noise of .2 around 0 and 1: .5 is 2.5 standard deviations from either.
    assert (attributes.loc[passed, "pre_score"] > 0.5).mean() > 0.97
    assert attributes.loc[passed, "queue_number"].max() < attributes.loc[failed, "queue_number"].min()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"applications": 0}, "simulate: applications: expected at least 1, got 0."),
        ({"seed": -1}, "simulate: seed: expected at least 0, got -1."),
        ({"years": 0}, "simulate: years: expected at least 1, got 0."),
        ({"dirty": 1.0}, "simulate: dirty: expected a share from 0 to below 1, got 1.0."),
        ({"drift": -0.1}, "simulate: drift: expected at least 0, got -0.1."),
        ({"screening_bias": -1.0}, "simulate: screening_bias: expected at least 0, got -1.0."),
        ({"file_format": "xlsx"}, "simulate: file_format: expected one of csv, parquet, got 'xlsx'."),
        (
            {"leaks": ("email",)},
            "simulate: leaks: expected any of filled_after, label_copy, ordered_identifier, got 'email'.",
        ),
    ],
)
def test_impossible_configurations_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        replace(CONFIG, **change)
    assert str(refused.value) == message
