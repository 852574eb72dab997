"""Ranking and explaining from Python: what is returned, and what is refused in which words."""

from __future__ import annotations

import re

import pytest

from ml.organisation import Organisation
from ml.ranking.errors import RankingError
from ml.ranking.explain import explain_application
from ml.ranking.query import rank_requisition
from ml.scores.batch import publish_batch
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import AS_OF, BEFORE, SCORERS, apply, describe, insert, make_marts, submit


@pytest.fixture(scope="module")
def published(module_warehouse, tmp_path_factory):
    """One requisition with a person at every level, one without a resume, one opted out, one closed."""
    make_marts(module_warehouse)
    describe(module_warehouse, "R-1", "Java Kubernetes")
    people = {
        "A-0": ("cooking", 0.9, 0.9),
        "A-1": ("java kubernetes", 0.4, 0.9),
        "A-2": ("java kubernetes", 0.8, 0.3),
        "A-3": ("java", 0.8, 0.8),
        "A-4": (None, 0.9, 0.9),
        "A-5": ("java", 0.9, 0.9),
        "A-6": ("java", 0.9, 0.9),
    }
    for application, (text, quality, onboard) in people.items():
        apply(
            module_warehouse, application, quality=quality, onboard=onboard, attrition=0.6, is_active=application != "A-6"
        )  # fmt: skip
        submit(module_warehouse, application, resume=None if text is None else f"CV-{application}", text=text)
    insert(module_warehouse, "landing.opt_outs", candidate_id="C-5", requested_at=BEFORE, recorded_at=BEFORE)
    publish_batch(module_warehouse, build(module_warehouse, tmp_path_factory.mktemp("cache")))
    return module_warehouse


def test_one_person_at_each_level_in_order(published):
    ranked = rank_requisition(published, "R-1")
    assert [(row.rank, row.application_id, row.level, row.status) for row in ranked] == [
        (1, "A-3", 3, "ranked"),
        (2, "A-2", 2, "ranked"),
        (3, "A-1", 1, "ranked"),
        (4, "A-0", 0, "ranked"),
        (None, "A-4", None, "needs a person"),
        (None, "A-5", None, "opted out"),
    ]
    # No resume was received before the quarter: both words weigh 1/2, and one mention earns it.
    assert ranked[2].t == pytest.approx(1)
    assert ranked[3].t == 0
    # Level 1 is ordered by t and q renormalised: (.33 + .34 x .4) / .67; joint score (1 + that) / 4.
    score = (0.33 + 0.34 * 0.4) / 0.67
    assert ranked[2].weighted_score == pytest.approx(score)
    assert ranked[2].joint_score == pytest.approx((1 + score) / 4)


def test_own_thresholds_replace_only_those_named(published):
    ranked = rank_requisition(published, "R-1", thresholds={"q": 0.85}, limit=2)
    # A-2 and A-3 (q = .8) fall back to level 1, to A-1 (t = 1, q = .4); A-3 says one word of two.
    assert [(row.application_id, row.level) for row in ranked] == [("A-2", 1), ("A-1", 1)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"condition": "panic"},
         "There is no condition 'panic'; known are easy_to_learn, niche_skills, normal, recession, urgent_delivery."),
        ({"weights": {"t": 0.3, "q": 0.3, "o": 0.3, "v": 0.2}}, "Weights must sum to one: these sum to 1.1."),
        ({"weights": {"t": 0.5, "q": 0.5, "o": 0.5, "v": -0.5}}, "Weights must be positive: v is -0.5."),
        ({"weights": {"t": 0.5, "q": 0.5, "o": 0.0, "v": 0.0}}, "Weights must be positive: o is 0."),
        ({"weights": {"t": 0.5, "q": 0.5, "o": 0.0, "v": float("nan")}}, "Weights must be positive: o is 0."),
        ({"weights": {"t": 0.5, "q": float("nan"), "o": 0.1, "v": 0.4}}, "Weights must be positive: q is NaN."),
        ({"weights": {"t": 0.5, "q": 0.5}}, "Weights must name every facet of the organisation: o is missing."),
        ({"thresholds": {"q": 1.5}}, "Thresholds must be between 0 and 1: q is 1.5."),
        ({"thresholds": {"o": float("nan")}}, "Thresholds must be between 0 and 1: o is NaN."),
        ({"thresholds": {"v": 0.5}}, "Facet v has no threshold: levels end at o."),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(published, arguments, sentence):
    with pytest.raises(RankingError, match=f"^{re.escape(sentence)}$"):
        rank_requisition(published, "R-1", **arguments)


@pytest.mark.parametrize("array", ["array[0.5, 0.5]", "array[]::float8[]"])
def test_the_function_wants_all_its_numbers(published, array):
    with published.connect("hr_ops") as connection, pytest.raises(Exception, match="weights must be four numbers, for"):
        connection.execute(f"select ranking.rank_requisition('R-1', {array})")
    with published.connect("hr_ops") as connection, pytest.raises(Exception, match="thresholds must be three numbers"):
        connection.execute(f"select ranking.rank_requisition('R-1', null, {array})")


def test_unknown_requisitions_and_applications_are_refused(published):
    with pytest.raises(
        RankingError,
        match=r"^Requisition R-9 has no listed applications in the published scores that facetrank_trainer may read\.$",
    ):
        rank_requisition(published, "R-9")
    with pytest.raises(
        RankingError, match=r"^Application A-99 is not in the published scores that facetrank_trainer may read\.$"
    ):
        explain_application(published, "A-99")


def test_nothing_published_says_so(fresh_warehouse):
    with pytest.raises(RankingError, match=r"^No scores are published yet: run the score workflow\.$"):
        rank_requisition(fresh_warehouse, "R-1")


def test_weights_of_absent_facets_may_be_left_out(fresh_warehouse, tmp_path):
    make_marts(fresh_warehouse)
    for number in range(3):
        apply(fresh_warehouse, f"A-{number}", quality=number / 4)
    organisation = Organisation(name="demo", parts=("screening",))
    scorers = {"quality": SCORERS["quality"]}
    publish_batch(fresh_warehouse, build(fresh_warehouse, tmp_path, organisation=organisation, scorers=scorers))
    by_preset = rank_requisition(fresh_warehouse, "R-1")
    # q = .5 passes every threshold there is; the others stop at q.
    assert [(row.application_id, row.level) for row in by_preset] == [("A-2", 3), ("A-1", 1), ("A-0", 1)]
    assert rank_requisition(fresh_warehouse, "R-1", weights={"q": 1.0}) == by_preset


def test_an_explanation_says_why_the_level(published):
    explanation = explain_application(published, "A-1")
    assert explanation.status == "ranked"
    assert explanation.level == 1
    assert explanation.as_of_date == AS_OF
    assert explanation.ranks == {
        "easy_to_learn": 3, "niche_skills": 3, "normal": 3, "recession": 3, "urgent_delivery": 3
    }  # fmt: skip
    assert explanation.facets == {"t": pytest.approx(1), "q": 0.4, "o": 0.9, "v": 0.6}
    assert explanation.thresholds == {"t": 0.2, "q": 0.5, "o": 0.5}
    assert explanation.matched == ("java", "kubernetes")
    assert explanation.missing == ()
    assert explanation.model_versions == {"t": "words-1 requirements-1 facts-1", "q": "1", "o": "1", "v": "1"}
    assert explanation.sentences == (
        "Application A-1 to requisition R-1, scored as of 2026-10-31.",
        "Technical match: 1.00. What the resume has of the description's words, and of what it asks for: its requirements.",
        "Quality: 0.40. Scored by version 1 of the quality ranker.",
        "Likelihood to join: 0.90. Scored by version 1 of the onboard ranker.",
        "Likelihood to stay: 0.60. Scored by version 1 of the attrition ranker.",
        "The resume has, weightiest first: java, kubernetes.",
        # A hundred trees, half of whose samples vote positive, and one feature that decides: .4 is .1 below .5.
        "Quality 0.40: lowered most by quality index (40%, -0.10); all else +0.00; the average in training, where both "
        "outcomes weigh the same, is 0.50.",
        "Likelihood to join 0.90: raised most by onboard index (90%, +0.40); all else +0.00; the average in training, "
        "where both outcomes weigh the same, is 0.50.",
        "Likelihood to stay 0.60: raised most by attrition index (60%, +0.10); all else +0.00; the average in training, "
        "where both outcomes weigh the same, is 0.50.",
        "Method: Shapley values (path-dependent TreeSHAP) of the votes. They say what moved a score, feature by feature, "
        "and add up to it; they name no cause, and are no reason to reject anybody.",
        "Level 1: quality 0.40 is below its threshold 0.50; ordered there by technical match and quality.",
        "Rank 3 under easy_to_learn.",
        "Rank 3 under niche_skills.",
        "Rank 3 under normal.",
        "Rank 3 under recession.",
        "Rank 3 under urgent_delivery.",
    )


@pytest.mark.parametrize(
    ("application", "sentence"),
    [
        ("A-0", "Level 0: technical match 0.00 is below its threshold 0.20; ordered there by technical match."),
        ("A-2", "Level 2: likelihood to join 0.30 is below its threshold 0.50; ordered there by technical match and "
         "quality and likelihood to join."),
        ("A-3", "Level 3: every threshold is passed; ordered there by technical match and quality and likelihood to join "
         "and likelihood to stay."),
        ("A-4", "Needs a person: there is no technical match."),
        ("A-4", "Technical match: none: there is no resume."),
        ("A-5", "Not ranked: the candidate opted out."),
        ("A-6", "Not listed: the application or its requisition is closed."),
        ("A-3", "The resume lacks, weightiest first: kubernetes."),
    ],
)  # fmt: skip
def test_explanations_of_every_kind(published, application, sentence):
    assert sentence in explain_application(published, application).sentences


def test_explanations_name_absent_facets_and_missing_thresholds(fresh_warehouse, tmp_path):
    make_marts(fresh_warehouse)
    apply(fresh_warehouse, "A-1", onboard=0.7)
    organisation = Organisation(name="demo", parts=("offers",))
    scorers = {"onboard": SCORERS["onboard"]}
    publish_batch(fresh_warehouse, build(fresh_warehouse, tmp_path, organisation=organisation, scorers=scorers))
    explanation = explain_application(fresh_warehouse, "A-1")
    assert explanation.sentences[1:5] + explanation.sentences[7:8] == (
        "Technical match: not used. The organisation's data has no resumes.",
        "Quality: not used. The organisation's data has no labels for the quality ranker.",
        "Likelihood to join: 0.70. Scored by version 1 of the onboard ranker.",
        "Likelihood to stay: not used. The organisation's data has no labels for the attrition ranker.",
        "Level 3: every threshold is passed; ordered there by likelihood to join.",
    )
