"""A batch from opening to publication: pinned inputs, re-runs, what readers see when, and what is kept."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psycopg
import pytest

from ml.matching.match import match_batch
from ml.organisation import Organisation
from ml.ranking.build import rank_batch
from ml.ranking.explanations import explain_batch
from ml.ranking.query import rank_requisition
from ml.scores.batch import open_batch, publish_batch, read_batch, written_partition
from ml.scores.errors import ScoringError
from ml.scores.parts import score_part
from ml.warehouse.roles import OWNER, TRAINER, TRANSFORMER
from tests.ml.scores.world import (
    AS_OF,
    BEFORE,
    CONDITIONS,
    CONTRACT,
    EVERYTHING,
    MIDNIGHT,
    SCORERS,
    ColumnScorer,
    apply,
    describe,
    insert,
    make_marts,
    rows,
    submit,
)

DAY = dt.timedelta(days=1)


@pytest.fixture
def world(fresh_warehouse):
    """Six applications to two requisitions, everybody with the same resume."""
    make_marts(fresh_warehouse)
    describe(fresh_warehouse, "R-1", "Java developer")
    describe(fresh_warehouse, "R-2", "Java developer")
    for number in range(6):
        application, requisition = f"A-{number}", f"R-{1 + number % 2}"
        apply(
            fresh_warehouse, application, requisition, quality=number / 10 + 0.4, onboard=number / 20, attrition=0.3
        )  # fmt: skip
        submit(fresh_warehouse, application, requisition, resume=f"CV-{number}", text="Java developer")
    return fresh_warehouse


def build(warehouse, tmp_path, *, as_of=AS_OF, organisation=EVERYTHING, scorers=SCORERS, parts=2):
    batch = open_batch(warehouse, organisation, as_of, scorers, parts=parts)
    if "resumes" in organisation.parts:
        match_batch(warehouse, batch, cache_folder=tmp_path / "matching")
    for part in range(parts):
        score_part(warehouse, batch, part, scorers)
    rank_batch(warehouse, batch)
    explain_batch(warehouse, batch, scorers, CONTRACT)
    return batch


def stored_tables(warehouse, batch):
    return {
        name
        for (name,) in rows(
            warehouse,
            "select relname from pg_class where relkind = 'r' and relname ~ %s",
            f"^(match_evidence|facet_scores|ranked_applications|explanations)_{batch}(_|$)",
        )
    }


def test_scores_are_written_with_their_versions_and_read_only_when_published(world, tmp_path):
    batch = build(world, tmp_path)
    assert rows(world, "select count(*) from scores.application_scores") == [(0,)]
    publish_batch(world, batch)
    # A-3 applied to R-2: quality .7, onboard .15, stays .3; probabilities are halves; one version each.
    assert rows(
        world,
        """select as_of_date, application_id, candidate_id, requisition_id, is_listed, quality_score,
                  quality_probability, onboard_score, onboard_probability, attrition_score, attrition_probability,
                  quality_version, quality_snapshot_hash, technical_match_version
           from scores.application_scores where application_id = 'A-3'""",
    ) == [
        (AS_OF, "A-3", "C-3", "R-2", True, pytest.approx(0.7), pytest.approx(0.35), 0.15, 0.075, 0.3, 0.15, "1",
         "snapshot", "words-1 requirements-1 facts-1")
    ]  # fmt: skip
    assert rows(world, "select count(*), count(distinct condition) from ranking.ranked_list") == [(6 * 5, 5)]
    assert rows(world, "select count(*) from scores.application_matches where evidence is not null") == [(6,)]


def test_scores_of_many_chunks_equal_scores_of_one(world, tmp_path):
    whole = build(world, tmp_path, parts=1)
    publish_batch(world, whole)
    query = "select application_id, quality_score, technical_match from scores.application_scores order by 1"
    in_one = rows(world, query)
    pieces = build(world, tmp_path, parts=5)
    publish_batch(world, pieces)
    assert rows(world, query) == in_one
    assert len(in_one) == 6


def test_the_population_decides_who_is_scored_and_who_is_listed(world, tmp_path):
    apply(world, "A-7", "R-1", is_active=False, quality=0.9, onboard=0.9, attrition=0.9)
    apply(world, "A-8", "R-3", is_active=False, is_open=False, quality=0.9, onboard=0.9, attrition=0.9)
    publish_batch(world, build(world, tmp_path))
    # Active: a closed application of an open requisition is scored, not listed; a closed requisition is neither.
    assert rows(
        world, "select application_id, is_listed from scores.application_scores where application_id > 'A-6'"
    ) == [("A-7", False)]
    assert rows(world, "select * from ranking.ranked_list where application_id > 'A-6'") == []
    publish_batch(world, build(world, tmp_path, organisation=Organisation(name="demo", population="all")))
    assert rows(
        world, "select application_id, is_listed from scores.application_scores where application_id > 'A-6' order by 1"
    ) == [("A-7", True), ("A-8", True)]
    listed = "select distinct application_id, status from ranking.ranked_list where application_id > 'A-6' order by 1"
    # Neither has a resume on record: a person must look.
    assert rows(world, listed) == [("A-7", "needs a person"), ("A-8", "needs a person")]


def test_opted_out_people_are_visible_without_scores(world, tmp_path):
    insert(world, "landing.opt_outs", candidate_id="C-1", requested_at=BEFORE, recorded_at=BEFORE)
    # Known only after the as-of date: not yet an opt-out.
    insert(world, "landing.opt_outs", candidate_id="C-3", requested_at=BEFORE, recorded_at=MIDNIGHT)
    publish_batch(world, build(world, tmp_path))
    ranked = {row.application_id: row for row in rank_requisition(world, "R-2")}
    assert set(ranked) == {"A-1", "A-3", "A-5"}
    assert (ranked["A-1"].status, ranked["A-1"].rank) == ("opted out", None)
    assert [ranked["A-1"].t, ranked["A-1"].q, ranked["A-1"].o, ranked["A-1"].v] == [None] * 4
    assert {ranked["A-3"].status, ranked["A-5"].status} == {"ranked"}


def test_a_step_that_runs_again_replaces_itself_and_stales_what_follows(world, tmp_path):
    batch = build(world, tmp_path)
    score_part(world, batch, 1, SCORERS)
    with pytest.raises(
        ScoringError, match=rf"^Batch {batch} is not complete: ranking is older than part 1, run it again\.$"
    ):
        publish_batch(world, batch)
    rank_batch(world, batch)
    with pytest.raises(
        ScoringError, match=rf"^Batch {batch} is not complete: explanations is older than part 1, run it again\.$"
    ):
        publish_batch(world, batch)
    explain_batch(world, batch, SCORERS, CONTRACT)
    publish_batch(world, batch)
    assert rows(world, "select count(*) from scores.application_scores") == [(6,)]


def test_a_killed_step_leaves_nothing_and_can_be_run_again(world, tmp_path):
    batch = build(world, tmp_path)
    with (
        pytest.raises(KeyboardInterrupt),
        written_partition(world, "scores.facet_scores", batch, step="part 0", part=0),
    ):
        raise KeyboardInterrupt
    with pytest.raises(ScoringError, match=rf"^Batch {batch} is not complete: part 0 is missing\.$"):
        publish_batch(world, batch)
    score_part(world, batch, 0, SCORERS)
    rank_batch(world, batch)
    explain_batch(world, batch, SCORERS, CONTRACT)
    publish_batch(world, batch)
    assert rows(world, "select count(*) from scores.application_scores") == [(6,)]


def test_a_step_is_stopped_by_a_killed_connection_and_keeps_no_rows(world, tmp_path):
    batch = open_batch(world, EVERYTHING, AS_OF, SCORERS, parts=1)
    match_batch(world, batch, cache_folder=tmp_path)

    class Dying(ColumnScorer):
        def score(self, table):
            with world.connect(TRAINER, autocommit=True) as other:
                other.execute(
                    """select pg_terminate_backend(pid) from pg_stat_activity
                       where usename = 'facetrank_trainer' and datname = current_database()
                       and pid <> pg_backend_pid()"""
                )
            return super().score(table)

    with pytest.raises(psycopg.OperationalError):
        score_part(world, batch, 0, {**SCORERS, "quality": Dying("quality")})
    assert stored_tables(world, batch) == {f"match_evidence_{batch}"}
    assert score_part(world, batch, 0, SCORERS) == 6


def test_parts_can_be_written_and_written_again_at_the_same_time(world, tmp_path):
    batch = build(world, tmp_path, parts=4)
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda part: score_part(world, batch, part, SCORERS), range(4)))
    assert sum(written) == 6
    rank_batch(world, batch)
    explain_batch(world, batch, SCORERS, CONTRACT)
    publish_batch(world, batch)


def test_readers_keep_the_old_batch_until_the_new_one_is_whole(world, tmp_path):
    publish_batch(world, build(world, tmp_path))
    make_marts(world, conditions={"normal": (0.25, 0.25, 0.25, 0.25)})
    new = build(world, tmp_path)
    counted = "select condition, count(*) from ranking.ranked_list group by condition order by condition"
    assert rows(world, counted) == [(condition, 6) for condition in sorted(CONDITIONS)]
    publish_batch(world, new)
    # The weights are those of the time of opening, whatever the seed says by now.
    assert rows(world, counted) == [("normal", 6)]


def test_a_batch_of_an_earlier_date_is_published_for_the_record_only(world, tmp_path):
    publish_batch(world, build(world, tmp_path))
    earlier = AS_OF - 40 * DAY
    apply(world, "A-9", "R-1", as_of=earlier, quality=0.9, onboard=0.9, attrition=0.9)
    old = build(world, tmp_path, as_of=earlier)
    publish_batch(world, old)
    assert rows(world, "select distinct as_of_date from ranking.ranked_list") == [(AS_OF,)]
    assert rows(world, "select count(*) from scores.facet_scores where batch_id = %s", old) == [(1,)]


def test_publication_names_what_is_missing(world, tmp_path):
    batch = open_batch(world, EVERYTHING, AS_OF, SCORERS, parts=1)
    with pytest.raises(ScoringError, match=rf"^Batch {batch} is not complete: match is missing\.$"):
        publish_batch(world, batch)
    match_batch(world, batch, cache_folder=tmp_path)
    with world.connect(TRANSFORMER) as connection:
        connection.execute("delete from features.application_features where application_id = 'A-0'")
    score_part(world, batch, 0, SCORERS)
    with pytest.raises(ScoringError, match=rf"^Batch {batch} is not complete: ranking is missing\.$"):
        publish_batch(world, batch)
    rank_batch(world, batch)
    with pytest.raises(ScoringError, match=rf"^Batch {batch} is not complete: explanations is missing\.$"):
        publish_batch(world, batch)
    explain_batch(world, batch, SCORERS, CONTRACT)
    with pytest.raises(ScoringError, match=rf"^Batch {batch} is not complete: 5 of 6 applications are scored\.$"):
        publish_batch(world, batch)


def test_a_published_batch_is_never_written_again(world, tmp_path):
    batch = build(world, tmp_path)
    publish_batch(world, batch)
    message = rf"^Batch {batch} is not being built \(any more\): open a new one\.$"
    for step in (
        lambda: match_batch(world, batch, cache_folder=tmp_path),
        lambda: score_part(world, batch, 0, SCORERS),
        lambda: rank_batch(world, batch),
        lambda: explain_batch(world, batch, SCORERS, CONTRACT),
        lambda: publish_batch(world, batch),
    ):
        with pytest.raises(ScoringError, match=message):
            step()
    with world.connect(TRAINER) as connection, pytest.raises(psycopg.errors.RaiseException, match="cannot be dropped"):
        connection.execute("select scores.drop_batch(%s)", [batch])


def test_unknown_batches_and_parts_are_refused(world):
    with pytest.raises(ScoringError, match=r"^There is no batch 77: open one first\.$"):
        read_batch(world, 77)
    batch = open_batch(world, EVERYTHING, AS_OF, SCORERS, parts=2)
    with pytest.raises(ScoringError, match=rf"^Batch {batch} has parts 0 to 1, not 2\.$"):
        score_part(world, batch, 2, SCORERS)


def test_a_batch_is_scored_by_the_versions_it_was_opened_with(world):
    batch = open_batch(world, EVERYTHING, AS_OF, {"quality": SCORERS["quality"]}, parts=1)
    message = (
        rf"^Batch {batch} was opened with quality 1, not with quality 2: load those versions, or open a new batch\.$"
    )
    with pytest.raises(ScoringError, match=message):
        score_part(world, batch, 0, {"quality": ColumnScorer("quality", version="2")})
    with pytest.raises(ScoringError, match=r"opened with quality 1, not with no ranker"):
        score_part(world, batch, 0, {})


@pytest.mark.parametrize(("value", "shown"), [(1.5, "1.5"), (np.nan, "nan"), (-0.1, "-0.1")])
def test_a_score_outside_the_unit_interval_stops_the_part(world, value, shown):
    batch = open_batch(world, EVERYTHING, AS_OF, {"quality": SCORERS["quality"]}, parts=1)

    class Broken(ColumnScorer):
        def score(self, table):
            return np.full(table.num_rows, value), np.zeros(table.num_rows)

    message = (
        r"^The quality ranker gave 6 rows a score outside \[0, 1\], "
        rf"the first {shown}: nothing was written\.$"
    )
    with pytest.raises(ScoringError, match=message):
        score_part(world, batch, 0, {"quality": Broken("quality")})
    assert stored_tables(world, batch) == set()


def test_opening_says_what_the_warehouse_lacks(fresh_warehouse):
    with pytest.raises(
        ScoringError,
        match=r"^The warehouse has no applications as of 2026-10-31: run the ingest workflow for 2026-10-31 first\.$",
    ):
        open_batch(fresh_warehouse, EVERYTHING, AS_OF, SCORERS)
    make_marts(fresh_warehouse, conditions={})
    apply(fresh_warehouse, "A-1")
    with pytest.raises(ScoringError, match=r"^The warehouse has no business conditions: run the ingest workflow for"):
        open_batch(fresh_warehouse, EVERYTHING, AS_OF, SCORERS)
    make_marts(fresh_warehouse, thresholds={})
    with pytest.raises(ScoringError, match=r"^The warehouse has no thresholds: run the ingest workflow for"):
        open_batch(fresh_warehouse, EVERYTHING, AS_OF, SCORERS)


@pytest.mark.parametrize(
    ("seeds", "problem"),
    [
        ({"conditions": {"normal": (0.33, 0.34, 0.16, 0.16)}}, r"weights must sum to one: these sum to 0\.99\."),
        ({"conditions": {"normal": (0.5, 0.5, 0, 0)}}, r"weights must be positive: o is 0\."),
        ({"thresholds": {"t": 0.2, "q": 0.5}}, r"thresholds must name every facet of the organisation: o is missing\."),
    ],
)
def test_seeds_that_cannot_be_meant_open_no_batch(world, seeds, problem):
    make_marts(world, **seeds)
    with pytest.raises(ScoringError, match=f"^The business conditions or thresholds cannot be used: {problem}$"):
        open_batch(world, EVERYTHING, AS_OF, SCORERS)
    assert rows(world, "select count(*) from scores.batches") == [(0,)]


def test_rankers_without_champion_say_why(world):
    organisation = Organisation(name="demo", parts=("screening", "offers"))
    batch = open_batch(
        world, organisation, AS_OF, {}, reasons={"quality": ("too few labels", "There are 12 labels of 200.")}
    )
    assert rows(
        world,
        "select facet, ranker, is_present, status, sentence from scores.batch_models where batch_id = %s order by facet",
        batch,
    ) == [
        ("o", "onboard", False, "no champion", "The onboard ranker has no champion yet."),
        ("q", "quality", False, "too few labels", "There are 12 labels of 200."),
        ("t", None, False, "no resumes", "The organisation's data has no resumes."),
        ("v", "attrition", False, "no labels", "The organisation's data has no labels for the attrition ranker."),
    ]


def test_without_any_facet_everybody_needs_a_person(world, tmp_path):
    organisation = Organisation(name="demo", parts=("screening",))
    publish_batch(world, build(world, tmp_path, organisation=organisation, scorers={}))
    assert rows(world, "select distinct status, rank from ranking.ranked_list") == [("needs a person", None)]


def test_retention_keeps_the_latest_two_and_the_last_of_each_quarter(world, tmp_path):
    dates = [dt.date(2026, 5, 1), dt.date(2026, 6, 1), dt.date(2026, 7, 1), dt.date(2026, 7, 2), dt.date(2026, 7, 3)]
    plain = Organisation(name="demo", parts=("screening",))
    batches = {}
    for date in dates:
        apply(world, "A-20", as_of=date, quality=0.5)
        for _ in range(2 if date == dates[3] else 1):
            batches[date] = build(world, tmp_path, as_of=date, organisation=plain, scorers={}, parts=1)
            publish_batch(world, batches[date])
    abandoned = open_batch(world, plain, AS_OF, {}, parts=1)
    with world.connect(OWNER) as connection:
        connection.execute(
            "update scores.batches set started_at = started_at - interval '25 hours' where batch_id = %s", [abandoned]
        )
    apply(world, "A-20", as_of=dates[4] + DAY)
    open_batch(world, plain, dates[4] + DAY, {}, parts=1)
    kept = {date for date, batch in batches.items() if stored_tables(world, batch)}
    # 1 May gave way to 1 June in its quarter, 1 July to 2 and 3 July; the first run of 2 July was superseded.
    assert kept == {dt.date(2026, 6, 1), dt.date(2026, 7, 2), dt.date(2026, 7, 3)}
    assert rows(
        world, "select as_of_date, status from scores.batches where not is_stored order by batch_id"
    ) == [
        (dates[0], "published"), (dates[2], "published"), (dates[3], "superseded"), (AS_OF, "building")
    ]  # fmt: skip


def test_retention_does_not_wait_for_somebody_who_reads(world, tmp_path):
    publish_batch(world, build(world, tmp_path))
    first = build(world, tmp_path)
    publish_batch(world, first)
    with world.connect(TRAINER) as reader:
        reader.execute("select count(*) from ranking.ranked_list")
        second = open_batch(world, EVERYTHING, AS_OF, SCORERS)
        assert second > first
    assert rows(world, "select count(*) from scores.batches where status = 'superseded' and is_stored") == [(1,)]
    open_batch(world, EVERYTHING, AS_OF, SCORERS)
    assert rows(world, "select count(*) from scores.batches where status = 'superseded' and is_stored") == [(0,)]
