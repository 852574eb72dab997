"""Scores: every facet in [0, 1] and traceable to its model, nobody missing, ranks without holes."""

from __future__ import annotations

from expectations.checks import Subject, between, has_rows, one_of, required, rules, statement, table_name, unique
from ml.ranking.explanations import FOREMOST

_FACETS = (
    "technical_match",
    "quality_score",
    "quality_probability",
    "onboard_score",
    "onboard_probability",
    "attrition_score",
    "attrition_probability",
)
_STATUSES = ("ranked", "blind", "needs a person", "opted out")


def subjects(batch_id: int) -> list[Subject]:
    """Say what is expected of a batch of scores before it is published."""
    return [_models(batch_id), _scores(batch_id), _ranking(batch_id), _explanations(batch_id)]


def _models(batch_id: int) -> Subject:
    checks = (has_rows(), unique("facet"), *rules("models"))
    return Subject("scores.batch_models", checks, _rows("scores.batch_models", batch_id))


def _scores(batch_id: int) -> Subject:
    checks = (
        has_rows("must have rows; for files of the past, set population: all in the organisation file"),
        required("requisition_id"),
        unique("application_id"),
        *(between(facet, 0, 1) for facet in _FACETS),
        *rules("scores", batch_id=batch_id),
    )
    # Hidden scores are checked as those that people see.
    return Subject("scores.facet_scores", checks, _rows("scores.all_facet_scores", batch_id))


def _ranking(batch_id: int) -> Subject:
    checks = (
        has_rows(),
        unique("condition", "application_id"),
        one_of("status", _STATUSES),
        between("joint_score", 0, 1),
        *rules("ranking", batch_id=batch_id),
    )
    return Subject("ranking.ranked_applications", checks, _rows("ranking.ranked_applications", batch_id))


def _explanations(batch_id: int) -> Subject:
    checks = rules("explanations", batch_id=batch_id, foremost=FOREMOST)
    return Subject("scores.explanations", checks, _rows("scores.explanations", batch_id))


def _rows(table: str, batch_id: int) -> str:
    return statement("select * from {table} where batch_id = {batch_id}", table=table_name(table), batch_id=batch_id)
