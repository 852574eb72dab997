"""What HR reads of an explanation: labels, values with their units, signs, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contract import Feature, FeatureContract
from ml.ranking.wording import Contribution, FacetExplanation, Wording, explain_score, shown_value, words_for

WORDS = [
    Wording("years", "years of experience", "years"),
    Wording("source", "source", ""),
    Wording("notice", "notice period", "days"),
    Wording("is_local", "living where the work is", ""),
    Wording("degree", "highest degree", ""),
]
VALUES = {"years": 12.0, "source": "agency", "notice": None, "is_local": True, "degree": None}


def explain(*contributions: float) -> FacetExplanation:
    added = np.array(contributions)
    return explain_score("q", 0.4 + added.sum(), 0.4, features=WORDS, values=VALUES, contributions=added)


def test_three_up_and_three_down_and_the_rest() -> None:
    explanation = explain(0.08, 0.02, -0.05, 0.09, 0.03)
    # The fourth that raises, source with .02, is the rest; the score is .4 + .22 - .05 = .57.
    assert explanation.raised == (
        Contribution("is_local", "living where the work is", "yes", 0.09),
        Contribution("years", "years of experience", "12 years", 0.08),
        Contribution("degree", "highest degree", "missing", 0.03),
    )
    assert explanation.lowered == (Contribution("notice", "notice period", "missing", -0.05),)
    assert explanation.rest == pytest.approx(0.02)
    assert explanation.sentence == (
        "Quality 0.57: raised most by living where the work is (yes, +0.09), years of experience (12 years, +0.08) and "
        "highest degree (missing, +0.03); lowered most by notice period (missing, -0.05); all else +0.02; "
        "the average in training, where both outcomes weigh the same, is 0.40."
    )


def test_what_rounds_to_nothing_is_stored_but_not_said() -> None:
    explanation = explain(0.004, 0.0, -0.003, 0.0, 0.0)
    assert [part.feature for part in (*explanation.raised, *explanation.lowered)] == ["years", "notice"]
    assert explanation.sentence == (
        "Quality 0.40: no feature moved it by as much as 0.01; all else +0.00; "
        "the average in training, where both outcomes weigh the same, is 0.40."
    )
    assert "-0.00" not in explain(-0.001, 0.0, 0.0, 0.0, 0.0).sentence


@pytest.mark.parametrize("seed", range(5))
def test_what_is_stored_adds_up(seed: int) -> None:
    contributions = np.random.default_rng(seed).normal(scale=0.1, size=len(WORDS))
    explanation = explain(*contributions)
    named = sum(part.contribution for part in (*explanation.raised, *explanation.lowered))
    assert explanation.base_value + named + explanation.rest == pytest.approx(explanation.score, abs=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (12.0, "years", "12 years"),
        (1.0, "years", "1 year"),
        (1.0, "people", "1 person"),
        (6.5833, "years", "6.58 years"),
        (-2.0, "years", "-2 years"),
        (0.0, "days", "0 days"),
        (0.0123, "", "0.012"),
        (123456.0, "", "123,456"),
        (0.3149, "share", "31%"),
        (1.1, "ratio", "1.1 times"),
        (7.0, "points, 1 to 10", "7 points, 1 to 10"),
        (False, "", "no"),
        ("Acme Ltd", "", "Acme Ltd"),
        (None, "years", "missing"),
        (float("nan"), "years", "missing"),
    ],
)
def test_values_are_written_as_people_write_them(value: float | str | None, unit: str, shown: str) -> None:
    assert shown_value(value, unit) == shown


def test_words_come_from_the_contract_or_else_from_the_name() -> None:
    contract = FeatureContract((Feature("years", "numeric", ("quality",), "years", "asked for", "experience"),))
    assert words_for(contract, ("years", "no_longer_used")) == [
        Wording("years", "experience", "years"),
        Wording("no_longer_used", "no longer used", ""),
    ]
