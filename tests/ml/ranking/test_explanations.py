"""Explaining the scores of a batch: whose, when, from what, and how long they are kept."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from ml.ranking import explanations as module
from ml.ranking.build import rank_batch
from ml.ranking.errors import RankingError
from ml.ranking.explain import explain_application
from ml.ranking.explanations import explain_batch, explain_ranked
from ml.scores.batch import open_batch, publish_batch
from ml.scores.errors import ScoringError
from ml.scores.parts import score_part
from ml.warehouse.roles import ERASER, OWNER, TRANSFORMER
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import (
    AS_OF,
    BEFORE,
    CONTRACT,
    EVERYTHING,
    SCORERS,
    ColumnScorer,
    apply,
    describe,
    insert,
    make_marts,
    rows,
    submit,
)

# What takes longer to import than the explanation to make, or must be compiled first.
SLOW = ("adbc_driver_postgresql", "mlflow", "numba", "scipy", "skops", "sklearn")
EXPLAIN_ALONE = """
import json, sys
from ml.ranking.explanations import explain_ranked
from ml.warehouse.connection import Warehouse

address, batch, slow = json.load(sys.stdin)
explained = explain_ranked(Warehouse(**address), batch, "A-2")
print(json.dumps([[one.facet for one in explained], [name for name in slow if name in sys.modules]]))
"""
WHO = "select distinct application_id from scores.explanations where batch_id = %s order by 1"


@pytest.fixture
def world(fresh_warehouse):
    """Four people to rank, in another order by every score; one without a resume and one who opted out."""
    make_marts(fresh_warehouse)
    describe(fresh_warehouse, "R-1", "Java developer")
    people = {
        "A-0": (0.9, 0.6),
        "A-1": (0.8, 0.7),
        "A-2": (0.7, 0.8),
        "A-3": (0.6, 0.9),
        "A-4": (0.9, 0.9),
        "A-5": (0.9, 0.9),
    }
    for application, (quality, onboard) in people.items():
        apply(fresh_warehouse, application, quality=quality, onboard=onboard, attrition=0.5)
        resume = None if application == "A-4" else f"CV-{application}"
        submit(fresh_warehouse, application, resume=resume, text=resume and "Java developer")
    insert(fresh_warehouse, "landing.opt_outs", candidate_id="C-5", requested_at=BEFORE, recorded_at=BEFORE)
    return fresh_warehouse


def test_every_ranked_score_is_explained_and_nobody_elses(world, tmp_path):
    batch = build(world, tmp_path)
    # A-4 needs a person and A-5 opted out: neither has a score that orders anybody.
    assert rows(world, WHO, batch) == [("A-0",), ("A-1",), ("A-2",), ("A-3",)]
    # Half of each tree's sample votes positive: .9 is .4 above that, by its one feature; source moves nothing.
    assert rows(
        world,
        """select facet, requisition_id, score, base_value, raised, lowered, rest
           from scores.explanations where application_id = 'A-0' and facet <> 'o' order by facet""",
    ) == [
        ("q", "R-1", 0.9, 0.5,
         [{"feature": "quality", "label": "quality index", "value": "90%", "contribution": pytest.approx(0.4)}],
         [], pytest.approx(0)),
        ("v", "R-1", 0.5, 0.5, [], [], pytest.approx(0)),
    ]  # fmt: skip


def test_the_first_under_any_condition_are_stored(world, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FOREMOST", 1)
    batch = build(world, tmp_path)
    # A-0 is first where quality weighs more than joining, A-3 where it weighs less: urgent delivery.
    firsts = rows(world, "select distinct application_id from ranking.ranked_applications where rank = 1 order by 1")
    assert firsts == [("A-0",), ("A-3",)]
    assert rows(world, WHO, batch) == firsts


def test_others_are_explained_when_asked_as_they_would_have_been(world, tmp_path):
    batch = build(world, tmp_path)
    publish_batch(world, batch)
    stored = explain_application(world, "A-2")
    assert [(score.facet, score.score) for score in stored.scores] == [("q", 0.7), ("o", 0.8), ("v", 0.5)]
    with world.connect(ERASER) as connection:
        connection.execute("delete from scores.explanations where application_id = 'A-2'")
    assert explain_application(world, "A-2") == stored


def test_asking_for_one_waits_for_no_heavy_library(world, tmp_path):
    told = json.dumps([asdict(world), build(world, tmp_path), SLOW])
    said = subprocess.run(
        [sys.executable, "-c", EXPLAIN_ALONE], input=told, capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(said) == [["q", "o", "v"], []]


@pytest.mark.parametrize("application", ["A-4", "A-5"])
def test_who_is_not_ranked_is_not_explained(world, tmp_path, application):
    batch = build(world, tmp_path)
    publish_batch(world, batch)
    explanation = explain_application(world, application)
    assert explanation.scores == ()
    assert not any("Shapley" in sentence for sentence in explanation.sentences)
    message = (
        rf"^Application {application} cannot be explained: it is not ranked, or its features as of 2026-10-31 are no "
        r"longer in the warehouse\.$"
    )
    with pytest.raises(RankingError, match=message):
        explain_ranked(world, batch, application)


def test_running_it_again_replaces_what_it_wrote(world, tmp_path):
    batch = build(world, tmp_path)
    query = "select * from scores.explanations order by application_id, facet"
    before = rows(world, query)
    assert explain_batch(world, batch, SCORERS, CONTRACT) == len(before) == 12
    assert rows(world, query) == before
    assert rows(world, "select ranker from scores.explainers order by 1") == [
        ("attrition",),
        ("onboard",),
        ("quality",),
    ]


def test_features_that_changed_since_explain_nothing(world, tmp_path):
    batch = build(world, tmp_path)
    with world.connect(TRANSFORMER) as connection:
        connection.execute("update features.application_features set quality = 0.31 where application_id = 'A-1'")
    message = (
        r"^The quality score of application A-1 is 0\.8000, but its features and model now give 0\.3100: the features "
        r"were built again since; run the score workflow again\.$"
    )
    with pytest.raises(RankingError, match=message):
        explain_batch(world, batch, SCORERS, CONTRACT)
    with pytest.raises(RankingError, match=message):
        explain_ranked(world, batch, "A-1")


def test_only_the_versions_of_the_batch_explain_it(world, tmp_path):
    batch = build(world, tmp_path)
    with pytest.raises(
        ScoringError, match=rf"^Batch {batch} was opened with quality 1, onboard 1, attrition 1, not with"
    ):
        explain_batch(world, batch, SCORERS | {"quality": ColumnScorer("quality", version="2")}, CONTRACT)


def test_without_rankers_there_is_nothing_to_explain(world):
    batch = open_batch(world, EVERYTHING, AS_OF, {}, parts=1)
    score_part(world, batch, 0, {})
    rank_batch(world, batch)
    assert explain_batch(world, batch, {}, CONTRACT) == 0
    assert explain_ranked(world, batch, "A-0") == ()


def test_explanations_are_dropped_with_their_batch(world, tmp_path):
    batch = build(world, tmp_path)
    # The same date again: the batch that was not published gives way.
    open_batch(world, EVERYTHING, AS_OF, SCORERS, parts=1)
    assert rows(world, "select to_regclass(%s)", f"scores.explanations_{batch}") == [(None,)]
    assert rows(world, "select count(*) from scores.explainers") == [(0,)]


def test_a_batch_of_before_explanations_were_stored_explains_nothing(world, tmp_path):
    publish_batch(world, build(world, tmp_path))
    with world.connect(OWNER) as connection:
        connection.execute("delete from scores.explanations; delete from scores.explainers")
    explanation = explain_application(world, "A-0")
    assert (explanation.status, explanation.scores) == ("ranked", ())
