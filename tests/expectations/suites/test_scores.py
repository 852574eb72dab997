"""The scores suite: every kind of breakage has its sentence. That good data meets it is ``test_gates``' part."""

from __future__ import annotations

import pytest

from expectations.suites import scores
from ml.warehouse.roles import TRAINER
from tests.expectations.conftest import Break, failures_of
from tests.expectations.factories import BATCH

MODELS, SCORES, RANKING = "scores.batch_models", "scores.facet_scores", "ranking.ranked_applications"
EXPLANATIONS = "scores.explanations"
BREAKS = {
    "facet without a row": (
        "delete from scores.batch_models where facet = 'v'",
        MODELS,
        f"{MODELS} must have a row for each of the four facets: 1 row breaks this, for example v.",
    ),
    "no snapshot named": (
        "update scores.batch_models set snapshot_hash = null where facet = 'q'",
        MODELS,
        f"{MODELS} must name the version of everything that scores, and the snapshot and contract of every ranker: "
        "1 row breaks this, for example q.",
    ),
    "another snapshot than registered": (
        "update scores.batch_models set snapshot_hash = 'ff' where facet = 'q'",
        MODELS,
        f"{MODELS} must name only model versions that are registered with the same snapshot and contract: "
        "1 row breaks this, for example quality version 1.",
    ),
    "above one": (
        "alter table scores.facet_scores drop constraint facet_scores_technical_match_check;"
        "update scores.facet_scores set technical_match = 1.5 where application_id = 'a1'",
        SCORES,
        f"{SCORES}.technical_match must lie between 0 and 1: 1 of 3 rows breaks this, for example 1.5.",
    ),
    "application left out": (
        "delete from scores.facet_scores where application_id = 'a2'",
        SCORES,
        f"{SCORES} must list every application of its population: 1 row breaks this, for example a2.",
    ),
    "application scored twice": (
        "create table scores.other_part partition of scores.facet_scores for values from (1, 1) to (1, 2);"
        "insert into scores.other_part (batch_id, part, application_id, candidate_id, requisition_id, applied_at,"
        " is_listed, is_opted_out) values (1, 1, 'a1', 'c1', 'r1', now(), true, false)",
        SCORES,
        f"{SCORES}.application_id must be unique: 2 of 4 rows break this, for example a1.",
    ),
    "scores without a model": (
        "update scores.facet_scores set onboard_score = 0.5",
        SCORES,
        f"{SCORES} must have scores of the rankers that have a model, and of no other: "
        "onboard has 3 scores and no labels.",
    ),
    # The forest has four trees: quarters are votes, 0.3 is not.
    "not a share of votes": (
        "update scores.facet_scores set quality_score = 0.3 where application_id = 'a2'",
        SCORES,
        f"{SCORES} must have votes that are whole shares of the trees of its model: 1 row breaks this, for example a2.",
    ),
    # By their hashes a3 (.05) is in a slice of a tenth; a2 (.30) and a3 are in one of .35.
    "a score of the blind slice left open": (
        "update scores.batches set blind_share = 0.1",
        SCORES,
        f"{SCORES} must hide the scores of the blind slice, and of nobody else: 1 row breaks this, for example a3.",
    ),
    "a score of the blind slice hidden and shown": (
        "alter table scores.facet_scores drop constraint facet_scores_shown_check;"
        "update scores.batches set blind_share = 0.1;"
        "update scores.facet_scores set is_blind = true, hidden_quality_score = quality_score"
        " where application_id = 'a3'",
        SCORES,
        f"{SCORES} must hide the scores of the blind slice, and of nobody else: 1 row breaks this, for example a3.",
    ),
    "a score hidden outside the blind slice": (
        "update scores.facet_scores set is_blind = true, hidden_quality_score = 0.5, quality_score = null,"
        " quality_probability = null, technical_match = null where application_id = 'a2'",
        SCORES,
        f"{SCORES} must hide the scores of the blind slice, and of nobody else: 1 row breaks this, for example a2.",
    ),
    "a hidden score that is not a share of votes": (
        "update scores.batches set blind_share = 0.1;"
        "update scores.facet_scores set is_blind = true, hidden_quality_score = 0.3, quality_score = null,"
        " quality_probability = null where application_id = 'a3'",
        SCORES,
        f"{SCORES} must have votes that are whole shares of the trees of its model: 1 row breaks this, for example a3.",
    ),
    "nobody": (
        "delete from scores.facet_scores; delete from intermediate.application_lifecycle;"
        "update scores.batch_models set is_present = false",
        SCORES,
        f"{SCORES} must have rows; for files of the past, set population: all in the organisation file: "
        "there are none.",
    ),
    "not ranked under a condition": (
        "delete from ranking.ranked_applications where application_id = 'a2' and condition = 'recession'",
        RANKING,
        f"{RANKING} must have every listed application under every business condition: 1 row breaks this, "
        "for example a2 under recession.",
    ),
    "hole in the ranks": (
        "update ranking.ranked_applications set rank = 3 where rank = 2 and condition = 'normal'",
        RANKING,
        f"{RANKING} must rank 1 to n without holes within a requisition: 1 row breaks this, "
        "for example r1 under normal.",
    ),
    "below a lower joint score": (
        "update ranking.ranked_applications set joint_score = 0.1 where rank = 1 and condition = 'normal'",
        RANKING,
        f"{RANKING} must not rank anybody below a lower joint score: 1 row breaks this, for example a2 under normal.",
    ),
    "a rank of the blind slice": (
        "alter table ranking.ranked_applications drop constraint ranked_applications_check,"
        " drop constraint ranked_applications_blind_check;"
        "update scores.batches set blind_share = 0.35;"
        "update ranking.ranked_applications set q = null where application_id = 'a3';"
        "update ranking.ranked_applications set status = 'blind', joint_score = null, t = null, q = null"
        " where application_id = 'a2'",
        RANKING,
        f"{RANKING} must list the blind slice without rank, level or score, and call nobody else blind: "
        "2 rows break this, for example a2 under normal, a2 under recession.",
    ),
    "a score of the blind slice": (
        "update scores.batches set blind_share = 0.1",
        RANKING,
        f"{RANKING} must list the blind slice without rank, level or score, and call nobody else blind: "
        "2 rows break this, for example a3 under normal, a3 under recession.",
    ),
    "blind outside the blind slice": (
        "update ranking.ranked_applications set status = 'blind', rank = null, joint_score = null, t = null, q = null"
        " where application_id = 'a2'",
        RANKING,
        f"{RANKING} must list the blind slice without rank, level or score, and call nobody else blind: "
        "2 rows break this, for example a2 under normal, a2 under recession.",
    ),
    "joint score above one": (
        "update ranking.ranked_applications set joint_score = 1.25 where rank = 1 and condition = 'normal'",
        RANKING,
        f"{RANKING}.joint_score must lie between 0 and 1: 1 of 6 rows breaks this, for example 1.25.",
    ),
    "score of a first one without explanation": (
        "delete from scores.explanations where application_id = 'a1'",
        EXPLANATIONS,
        f"{EXPLANATIONS} must explain every score of the first of every requisition: 1 row breaks this, "
        "for example a1 q.",
    ),
    "explanation of another score": (
        "update scores.explanations set rest = rest + 0.00001 where application_id = 'a2'",
        EXPLANATIONS,
        f"{EXPLANATIONS} must have contributions that sum to the score: 1 row breaks this, for example a2 q.",
    ),
    "explanation of a score that is not there": (
        "update scores.explanations set facet = 'o' where application_id = 'a2';"
        "update scores.batch_models set is_present = false where facet = 'q'",
        EXPLANATIONS,
        f"{EXPLANATIONS} must have contributions that sum to the score: 1 row breaks this, for example a2 o.",
    ),
}


@pytest.mark.parametrize("case", BREAKS.values(), ids=BREAKS)
def test_a_break_is_named(broken: Break, case: tuple[str, str, str]) -> None:
    statements, name, sentence = case
    warehouse = broken(statements)
    assert failures_of(name, scores.subjects(BATCH), warehouse, TRAINER) == (sentence,)
