"""Nobody reads a score of the blind slice: every way that a role has, with real connections."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from ml.cli.ranking import format_ranked
from ml.ranking.explain import explain_application
from ml.ranking.query import rank_requisition
from ml.scores.batch import publish_batch
from ml.warehouse.roles import AUDITOR, HR_OPS, INTERVIEWER, OWNER, REVIEWER, TRAINER
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import BEFORE, EVERYTHING, apply, describe, insert, make_marts, rows, submit

PEOPLE = [f"A-{number}" for number in range(6)]
# Hashes .04, .26 and .21 are below the share of .3; A-5 has no resume and needs a person.
SLICE = ["A-2", "A-3", "A-5"]
NUMBERS = "level, weighted_score, weighted_probability, joint_score, t, q, o, v"


@pytest.fixture(scope="module")
def published(module_warehouse, tmp_path_factory):
    """Six equal applications to one requisition that is granted to HR, all assigned to an interviewer; A-8 is over."""
    warehouse = module_warehouse
    make_marts(warehouse)
    describe(warehouse, "R-1", "java")
    for application in (*PEOPLE, "A-8"):
        apply(warehouse, application, quality=0.6, onboard=0.7, attrition=0.8, is_active=application != "A-8")
        submit(warehouse, application, resume=None if application == "A-5" else f"CV-{application}", text="java")
        insert(
            warehouse, "landing.assignments", application_id=application, login="interviewer", valid_from=BEFORE,
            recorded_at=BEFORE,
        )  # fmt: skip
    insert(
        warehouse, "landing.requisition_grants", requisition_id="R-1", login="hr_ops", valid_from=BEFORE,
        recorded_at=BEFORE,
    )  # fmt: skip
    organisation = replace(EVERYTHING, blind_share=0.3)
    publish_batch(warehouse, build(warehouse, tmp_path_factory.mktemp("cache"), organisation=organisation))
    return warehouse


@pytest.mark.parametrize("role", [HR_OPS, INTERVIEWER, TRAINER, AUDITOR])
def test_the_ranked_list_shows_the_slice_without_rank_level_and_score(published, role):
    listed = f"select application_id, num_nonnulls(rank, {NUMBERS}) from ranking.ranked_list order by 1"
    seen = rows(published, listed, role=role)
    assert seen == [(person, 0 if person in SLICE else 9) for person in PEOPLE for _ in range(5)]


@pytest.mark.parametrize("role", [HR_OPS, TRAINER, AUDITOR])
@pytest.mark.parametrize(
    "arguments",
    [
        "'R-1'",
        "'R-1', condition => 'recession'",
        "'R-1', weights => array[.1, .7, .1, .1], thresholds => array[0, 0, 0]",
    ],
)
def test_own_weights_and_thresholds_draw_nothing_out_of_the_slice(published, role, arguments):
    query = f"select application_id, status, num_nonnulls(rank, {NUMBERS}) from ranking.rank_requisition({arguments})"
    assert sorted(rows(published, query, role=role)) == [
        ("A-0", "ranked", 9), ("A-1", "ranked", 9), ("A-2", "blind", 0), ("A-3", "blind", 0), ("A-4", "ranked", 9),
        ("A-5", "needs a person", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("facet", ["t", "q", "o", "v"])
def test_no_filter_by_score_tells_anything_of_the_slice(published, facet):
    query = f"select application_id from ranking.rank_requisition('R-1', minimum_{facet} => 0)"
    assert sorted(rows(published, query, role=HR_OPS)) == [("A-0",), ("A-1",), ("A-4",)]


def test_hr_reads_no_score_of_the_slice_in_views_and_tables(published):
    facets = (
        "technical_match, quality_score, quality_probability, onboard_score, onboard_probability, attrition_score,"
        " attrition_probability"
    )
    for table in ("scores.application_scores", "scores.facet_scores"):
        query = f"select application_id, is_blind, num_nonnulls({facets}) from {table} order by 1"
        assert rows(published, query, role=HR_OPS) == [
            (person, person in (*SLICE, "A-8"), 0 if person in (*SLICE, "A-8") else 7) for person in (*PEOPLE, "A-8")
        ]


@pytest.mark.parametrize("role", [HR_OPS, INTERVIEWER])
def test_nobody_reads_the_match_of_the_slice(published, role):
    for table in ("scores.application_matches", "scores.match_evidence"):
        query = f"select application_id from {table} order by 1"
        assert rows(published, query, role=role) == [("A-0",), ("A-1",), ("A-4",)]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (HR_OPS, "select * from scores.facet_scores"),
        (HR_OPS, "select application_id from scores.facet_scores where hidden_quality_score > 0.5"),
        (HR_OPS, "select application_id from scores.facet_scores order by hidden_technical_match"),
        (HR_OPS, "select quality_score from scores.all_facet_scores"),
        (INTERVIEWER, "select hidden_quality_score from scores.facet_scores"),
        (INTERVIEWER, "select quality_score from scores.all_facet_scores"),
        (REVIEWER, "select hidden_quality_score from scores.facet_scores"),
        (REVIEWER, "select quality_score from scores.all_facet_scores"),
    ],
)
def test_hidden_scores_are_out_of_reach(published, role, statement):
    with published.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_trainer_and_auditor_read_hidden_scores(published):
    query = (
        "select quality_score, onboard_score, attrition_score from scores.all_facet_scores where application_id = 'A-2'"
    )
    assert rows(published, query, role=TRAINER) == rows(published, query, role=AUDITOR) == [(0.6, 0.7, 0.8)]


@pytest.mark.parametrize("role", [TRAINER, HR_OPS])
def test_an_explanation_names_the_slice_and_no_score(published, role):
    explanation = explain_application(published, "A-2", role=role)
    assert explanation.status == "blind"
    assert explanation.level is None
    assert set(explanation.facets.values()) == set(explanation.ranks.values()) == {None}
    assert explanation.matched == explanation.missing == ()
    assert explanation.sentences == (
        "Application A-2 to requisition R-1, scored as of 2026-10-31.",
        "Technical match: hidden.",
        "Quality: hidden.",
        "Likelihood to join: hidden.",
        "Likelihood to stay: hidden.",
        "Not ranked: the application is in the blind slice, on which people decide without scores.",
    )


@pytest.mark.parametrize(
    ("application", "sentence"),
    [
        ("A-5", "Needs a person: a facet to rank by is missing."),
        ("A-8", "Not listed: the application or its requisition is closed."),
    ],
)
def test_explanations_of_the_slice_that_are_not_ranked_anyway(published, application, sentence):
    explanation = explain_application(published, application)
    assert explanation.sentences[1:] == (
        "Technical match: hidden.", "Quality: hidden.", "Likelihood to join: hidden.", "Likelihood to stay: hidden.",
        sentence,
    )  # fmt: skip
    assert set(explanation.facets.values()) == {None}


def test_the_command_line_lists_the_slice_below_the_ranked(published):
    lines = format_ranked(rank_requisition(published, "R-1")).splitlines()
    # Level 3 under normal: .33 x 1 + .34 x .6 + .16 x .7 + .17 x .8 = .782.
    assert lines[1:] == [
        "    1  A-0                  3   0.782   1.00  0.60  0.70  0.80  ranked",
        "    2  A-1                  3   0.782   1.00  0.60  0.70  0.80  ranked",
        "    3  A-4                  3   0.782   1.00  0.60  0.70  0.80  ranked",
        "    -  A-2                  -       -      -     -     -     -  blind",
        "    -  A-3                  -       -      -     -     -     -  blind",
        "    -  A-5                  -       -      -     -     -     -  needs a person",
    ]


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("update scores.facet_scores set quality_score = 0.6 where is_blind", "facet_scores_shown_check"),
        ("update scores.facet_scores set hidden_quality_score = 0.6 where not is_blind", "facet_scores_hidden_check"),
        ("update ranking.ranked_applications set q = 0.6 where status = 'blind'", "ranked_applications_blind_check"),
        ("update ranking.ranked_applications set level = 3 where status = 'blind'", "ranked_applications_blind_check"),
        ("update scores.batches set blind_share = 1", "batches_blind_share_check"),
    ],
)
def test_the_warehouse_refuses_to_show_the_slice(published, statement, constraint):
    with published.connect(OWNER) as connection, pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        connection.execute(statement)
