"""How screeners, candidates and leavers decide: the true probabilities behind every outcome.

Each utility is a sum of what landing columns show at screening, with interactions: a referral helps who fits, a high
expectation hurts more at the bottom of the ladder, short tenures hurt experienced people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.simulate.arrays import DAYS_PER_MONTH, BoolArray, FloatArray, above, intercept_for, logistic, stream
from ml.simulate.vocabulary import SOURCES

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig
    from ml.simulate.people import Applications
    from ml.simulate.requisitions import Requisitions

SCREEN_RATE, JOIN_RATE, LEAVE_RATE = 0.16, 0.65, 0.2
# Hazard falls slowly with tenure.
WEIBULL_SHAPE = 0.9
SHORT_MONTHS, LONG_MONTHS = 6, 8


@dataclass(frozen=True)
class Truth:
    """What no landing table has; arrays of shape (n_applications,), probabilities in [0, 1].

    Attributes
    ----------
    screen_utility, join_utility, stay_utility : ndarray of float
        Log-odds of passing and joining; log of the typical tenure in months.
    pass_probability, join_probability : ndarray of float
        Of passing the screen if screened, of joining if offered.
    stay_probability : ndarray of float
        Of staying eight months or more, among those who do not leave between six and eight.
    """

    screen_utility: FloatArray
    join_utility: FloatArray
    stay_utility: FloatArray
    pass_probability: FloatArray
    join_probability: FloatArray
    stay_probability: FloatArray


def decide(config: SimulationConfig, requisitions: Requisitions, applications: Applications) -> Truth:
    """Work out everybody's true probabilities."""
    rng = stream(config.seed, "decisions")
    employer_effect = rng.normal(0, 1, 400)[applications.employer]
    detail_effect = rng.normal(0, 1, 240)[applications.source_detail]
    screen = _screen_utility(config, requisitions, applications, employer_effect, detail_effect)
    screen += intercept_for(screen, SCREEN_RATE)
    join = _join_utility(requisitions, applications, employer_effect)
    join += intercept_for(join, JOIN_RATE)
    stay = _stay_utility(requisitions, applications, detail_effect)
    stay += _typical_tenure(stay, LEAVE_RATE, weights=logistic(screen) * logistic(join))
    # Screeners who are biased see less in the same resume; the bias is no part of the quality.
    biased = screen - config.screening_bias * (applications.sex == 1)
    left, stayed = leave_share(stay, SHORT_MONTHS), 1 - leave_share(stay, LONG_MONTHS)
    return Truth(screen, join, stay, logistic(biased), logistic(join), stayed / (stayed + left))


def leave_share(stay_utility: FloatArray, months: float) -> FloatArray:
    """Give the probability of having left after so many months."""
    return 1 - np.exp(-((months / np.exp(stay_utility)) ** WEIBULL_SHAPE))


def draw_tenure_days(stay_utility: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw how many days each would stay."""
    return np.exp(stay_utility) * rng.exponential(1, len(stay_utility)) ** (1 / WEIBULL_SHAPE) * DAYS_PER_MONTH


def _typical_tenure(stay_utility: FloatArray, rate: float, weights: FloatArray) -> float:
    # Weighted as people are hired: the rate is one of employees, not of applicants.
    low, high = 0.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2
        left = np.average(leave_share(stay_utility + middle, SHORT_MONTHS), weights=weights)
        low, high = (middle, high) if left > rate else (low, middle)
    return low


def _salary_excess(requisitions: Requisitions, applications: Applications) -> FloatArray:
    return applications.expected_salary / requisitions.salary[applications.requisition] - 1


def _is(applications: Applications, source: str) -> BoolArray:
    return np.asarray(applications.source == SOURCES.index(source))


def _screen_utility(
    config: SimulationConfig,
    requisitions: Requisitions,
    applications: Applications,
    employer_effect: FloatArray,
    detail_effect: FloatArray,
) -> FloatArray:
    own = applications.requisition
    spare_years = applications.years - requisitions.minimum_years[own]
    is_junior = requisitions.seniority[own] == 0
    fit_weight = np.where(applications.is_late, 3.2 * (1 - 0.5 * min(config.drift, 1.0)), 3.2)
    is_hopper = applications.mean_tenure < 14
    return np.asarray(
        fit_weight * applications.fit
        + 1.1 * above(spare_years, 0, 5)
        - 1.4 * (spare_years < 0)
        - 1.2 * is_junior * above(spare_years, 6, 6)
        + 0.5 * (applications.degree >= requisitions.required_degree[own])
        + 0.35 * employer_effect
        + 0.3 * detail_effect
        + _is(applications, "employee_referral") * (0.3 + 1.2 * applications.fit)
        - 0.4 * _is(applications, "other")
        - 0.9 * is_hopper * above(applications.years, 3, 4)
        - 2.5 * above(_salary_excess(requisitions, applications), 0.1, 0.5) * np.where(is_junior, 1.5, 1.0)
    )


def _join_utility(requisitions: Requisitions, applications: Applications, employer_effect: FloatArray) -> FloatArray:
    own = applications.requisition
    is_local = applications.location == requisitions.location[own]
    is_senior = requisitions.seniority[own] >= 2
    return np.asarray(
        -6.0 * _salary_excess(requisitions, applications) * np.where(is_senior, 1.4, 0.8)
        + 0.9 * is_local
        + 0.7 * (~is_local & applications.is_willing_to_relocate)
        - 0.9 * (applications.notice_days >= 60)
        - 0.8 * (applications.notice_days >= 60) * is_senior
        + 0.7 * _is(applications, "employee_referral")
        - 0.5 * _is(applications, "agency")
        - 0.3 * employer_effect
        + 0.5 * (applications.candidate != np.arange(len(applications)))
    )


def _stay_utility(requisitions: Requisitions, applications: Applications, detail_effect: FloatArray) -> FloatArray:
    own = applications.requisition
    is_local = applications.location == requisitions.location[own]
    family_effect = np.linspace(-0.5, 0.5, 8)[requisitions.family[own]]
    return np.asarray(
        family_effect
        + 0.5 * _is(applications, "employee_referral")
        - 0.4 * _is(applications, "social")
        + 0.5 * is_local
        - 1.6 * np.clip(_salary_excess(requisitions, applications), -0.3, 0.5)
        + 0.9 * (applications.fit - 0.5)
        - 0.6 * (applications.degree >= 3) * (requisitions.seniority[own] == 0)
        + 0.2 * detail_effect
    )
