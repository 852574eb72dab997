"""Flags of people unlike those a ranker was trained on: beside every score, hidden with it, without any say in ranks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import psycopg
import pytest

from ml.ranking.explain import explain_application
from ml.ranking.query import rank_requisition
from ml.scores.batch import publish_batch
from ml.warehouse.roles import HR_OPS, INTERVIEWER, OWNER
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import (
    BEFORE,
    EVERYTHING,
    RANKERS,
    SCORERS,
    ColumnScorer,
    apply,
    describe,
    insert,
    make_marts,
    rows,
    submit,
)

FLAGS = "application_id, quality_is_outside, onboard_is_outside, attrition_is_outside"


@dataclass(frozen=True)
class Unaware(ColumnScorer):
    """A version from before the measure."""

    def is_outside(self, table):  # noqa: ARG002
        return None


@pytest.fixture
def world(fresh_warehouse):
    """Five people; C-3 opted out, A-2 belongs to a slice of 20% (by the hash of its id, .04)."""
    make_marts(fresh_warehouse)
    describe(fresh_warehouse, "R-1", "Java developer")
    scores = [(0.9, 0.9, 0.9), (0.96, 0.5, 0.97), (0.99, 0.99, 0.2), (0.99, 0.99, 0.99), (0.6, 0.7, 0.1)]
    for number, (quality, onboard, attrition) in enumerate(scores):
        apply(fresh_warehouse, f"A-{number}", quality=quality, onboard=onboard, attrition=attrition)
        submit(fresh_warehouse, f"A-{number}", resume=f"CV-{number}", text="Java")
    insert(fresh_warehouse, "landing.opt_outs", candidate_id="C-3", requested_at=BEFORE, recorded_at=BEFORE)
    return fresh_warehouse


def test_flags_stand_beside_scores_and_are_hidden_with_them(world, tmp_path):
    publish_batch(world, build(world, tmp_path, organisation=replace(EVERYTHING, blind_share=0.2)))
    # Above .95 is outside; nothing for the blind A-2 and the opted-out A-3.
    assert rows(world, f"select {FLAGS} from scores.application_scores order by 1") == [
        ("A-0", False, False, False),
        ("A-1", True, False, True),
        ("A-2", None, None, None),
        ("A-3", None, None, None),
        ("A-4", False, False, False),
    ]
    assert rows(
        world, f"select {FLAGS} from scores.all_facet_scores where application_id in ('A-2', 'A-3') order by 1"
    ) == [
        ("A-2", True, True, False),
        ("A-3", None, None, None),
    ]


def test_people_read_the_flags_of_whom_they_see_but_not_hidden_ones(world, tmp_path):
    insert(
        world, "landing.requisition_grants", requisition_id="R-1", login="hr_ops", valid_from=BEFORE,
        recorded_at=BEFORE,
    )  # fmt: skip
    insert(
        world, "landing.assignments", application_id="A-1", login="interviewer", valid_from=BEFORE, recorded_at=BEFORE
    )
    for number in (1, 9):
        apply(world, f"A-{number}0", f"R-{number}0", quality=0.99, onboard=0.99, attrition=0.99)
    publish_batch(world, build(world, tmp_path, organisation=replace(EVERYTHING, blind_share=0.2)))
    # are not granted; A-2 is blind, A-3 opted out.
    flagged = [
        ("A-0", False, False, False),
        ("A-1", True, False, True),
        ("A-2", None, None, None),
        ("A-3", None, None, None),
        ("A-4", False, False, False),
    ]
    for view in ("scores.application_scores", "ranking.ranked_list where condition = 'normal'"):
        assert rows(world, f"select {FLAGS} from {view} order by 1", role=HR_OPS) == flagged
    listed = f"select distinct {FLAGS} from ranking.ranked_list"
    assert rows(world, listed, role=INTERVIEWER) == [("A-1", True, False, True)]
    assert rows(world, "select count(*) from scores.facet_scores", role=INTERVIEWER) == [(1,)]
    for role, column in ((HR_OPS, "hidden_quality_is_outside"), (INTERVIEWER, "quality_score")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(world, f"select {column} from scores.facet_scores", role=role)


def test_flags_change_no_rank_and_a_version_from_before_them_gives_none(world, tmp_path):
    publish_batch(world, build(world, tmp_path))
    flagged = rank_requisition(world, "R-1")
    publish_batch(world, build(world, tmp_path, scorers={name: Unaware(name) for name in RANKERS}))
    assert rank_requisition(world, "R-1") == flagged
    assert rows(world, f"select distinct {FLAGS.removeprefix('application_id, ')} from scores.application_scores") == [
        (None, None, None)
    ]
    assert explain_application(world, "A-1").outside == ()


def test_an_explanation_says_whose_outcomes_a_score_was_learned_from(world, tmp_path):
    publish_batch(world, build(world, tmp_path, organisation=replace(EVERYTHING, blind_share=0.2)))
    explanation = explain_application(world, "A-1")
    assert explanation.outside == ("q", "v")
    said = [sentence for sentence in explanation.sentences if "outside" in sentence]
    assert said == [
        "Quality lies outside of what its ranker has seen: it was trained on people who were screened, hardly any of "
        "them like this one. Lean on it less; it speaks neither for nor against the person.",
        "Likelihood to stay lies outside of what its ranker has seen: it was trained on people who started work, "
        "hardly any of them like this one. Lean on it less; it speaks neither for nor against the person.",
    ]
    for application in ("A-0", "A-2", "A-3"):
        assert explain_application(world, application).outside == ()


@pytest.mark.parametrize(
    ("column", "constraint"),
    [
        ("quality_is_outside", "facet_scores_outside_check"),
        ("hidden_onboard_is_outside", "facet_scores_hidden_outside_check"),
    ],
)
def test_no_flag_without_its_score(world, tmp_path, column, constraint):
    batch = build(world, tmp_path, scorers=SCORERS)
    with world.connect(OWNER) as connection, pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        connection.execute(
            f"update scores.facet_scores set {column} = true where batch_id = %s and application_id = 'A-3'", [batch]
        )
