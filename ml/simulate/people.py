"""People and their applications: who applies where, when, and with what on the resume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.simulate.arrays import DAY, BoolArray, FloatArray, IntArray, stream, zipf
from ml.simulate.vocabulary import DEGREES, FAMILIES, LOCATIONS, SOURCE_SHARES, SOURCES, all_skills

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig
    from ml.simulate.requisitions import Requisitions

REAPPLICATIONS = 0.15
DRIFT_SPAN = 91 * DAY


@dataclass(frozen=True)
class Applications:
    """One entry per application, in the order of applying; arrays of shape (n_applications,) unless said.

    Attributes
    ----------
    requisition, candidate : ndarray of int
        Indices; a candidate is numbered by the application with which they first came.
    skills : ndarray of bool, shape (n_applications, n_skills)
        What the resume names.
    fit : ndarray of float, in [0, 1]
        Share of the required skills that the person has.
    is_late : ndarray of bool
        In the last quarter, where ``drift`` acts.
    missing : dict of str to ndarray of bool
        Which values the source system does not have.
    """

    requisition: IntArray
    candidate: IntArray
    applied_at: IntArray
    family: IntArray
    source: IntArray
    source_detail: IntArray
    years: FloatArray
    degree: IntArray
    employer: IntArray
    employers_count: IntArray
    mean_tenure: FloatArray
    expected_salary: FloatArray
    notice_days: IntArray
    location: IntArray
    is_willing_to_relocate: BoolArray
    skills: BoolArray
    fit: FloatArray
    sex: IntArray
    is_late: BoolArray
    missing: dict[str, BoolArray]

    def __len__(self) -> int:
        """Count them."""
        return len(self.requisition)


def make_applications(config: SimulationConfig, requisitions: Requisitions) -> Applications:
    """Draw people and their applications; one in seven is by somebody who applied before."""
    rng = stream(config.seed, "applications")
    count = config.applications
    requisition, applied_at = _when_and_where(config, requisitions, count, rng)
    candidate = _candidates(requisition, rng)
    is_late = applied_at >= config.ends_at - DRIFT_SPAN
    # What belongs to a person is drawn per application and read at the person's first one.
    family = np.where(rng.random(count) < 0.85, requisitions.family[requisition], rng.integers(0, len(FAMILIES), count))
    family = family[candidate]
    since_first = (applied_at - applied_at[candidate]) / (365.25 * DAY)
    years = _years(requisitions.minimum_years[requisition], rng)[candidate] + since_first
    fewer_years = np.where(is_late, 1 - 0.3 * min(config.drift, 1.0), 1.0)
    employers_count = 1 + rng.poisson(0.35 * years[candidate])
    mean_tenure = np.round(12 * years / employers_count * rng.lognormal(0, 0.3, count)[candidate], 1)
    skills = _skills(family, years, candidate, rng)
    required = requisitions.required[requisition]
    salary = requisitions.salary[requisition]
    return Applications(
        requisition=requisition,
        candidate=candidate,
        applied_at=applied_at,
        family=family,
        source=_sources(config, is_late, rng),
        source_detail=rng.choice(240, count, p=zipf(240, 0.8)),
        years=np.round(years * fewer_years, 1),
        degree=rng.choice(len(DEGREES), count, p=[0.15, 0.25, 0.35, 0.2, 0.05])[candidate],
        employer=rng.choice(400, count, p=zipf(400, 0.7))[candidate],
        employers_count=employers_count,
        mean_tenure=mean_tenure,
        expected_salary=np.round(salary * rng.lognormal(0.03, 0.17, count), -2),
        notice_days=rng.choice([0, 14, 30, 60, 90], count, p=[0.2, 0.2, 0.35, 0.15, 0.1]),
        location=np.where(
            rng.random(count) < 0.55, requisitions.location[requisition], rng.integers(0, len(LOCATIONS), count)
        ),
        is_willing_to_relocate=rng.random(count) < 0.4,
        skills=skills,
        fit=(skills & required).sum(axis=1) / required.sum(axis=1),
        sex=rng.choice(2, count, p=[0.54, 0.46])[candidate],
        is_late=is_late,
        missing={
            name: rng.random(count) < share
            for name, share in (
                ("years_experience", 0.06), ("mean_tenure_months", 0.18), ("expected_salary", 0.22),
                ("last_employer", 0.08), ("source_detail", 0.12), ("resume", 0.03), ("notice_period_days", 0.25),
            )
        },
    )  # fmt: skip


def _when_and_where(
    config: SimulationConfig, requisitions: Requisitions, count: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    shares = requisitions.popularity / requisitions.popularity.sum()
    requisition = rng.choice(len(requisitions), count, p=shares)
    opened_at = requisitions.opened_at[requisition]
    until = np.minimum(requisitions.closed_at[requisition], config.ends_at)
    # Many come in the first days. An hour after the opening at the earliest: the requisition is recorded by then.
    applied_at = opened_at + 3600 + ((until - opened_at - 7200) * rng.random(count) ** 1.8).astype(np.int64)
    order = np.argsort(applied_at, kind="stable")
    return requisition[order], applied_at[order]


def _candidates(requisition: IntArray, rng: np.random.Generator) -> IntArray:
    count = len(requisition)
    own = np.arange(count)
    earlier = (rng.random(count) * own).astype(np.int64)
    candidate = np.where(rng.random(count) < REAPPLICATIONS, earlier, own)
    while True:
        first = candidate[candidate]
        if (first == candidate).all():
            break
        candidate = first
    # Nobody applies twice to one requisition: the second would be somebody else. First applications stay.
    pair = candidate * (requisition.max() + 1) + requisition
    _, first_of_pair = np.unique(pair, return_index=True)
    is_repeated = np.ones(count, dtype=bool)
    is_repeated[first_of_pair] = False
    return np.where(is_repeated, own, candidate)


def _years(minimum_years: IntArray, rng: np.random.Generator) -> FloatArray:
    return np.clip(minimum_years + rng.gamma(2.0, 2.2, len(minimum_years)) - 2.2, 0, 40)


def _sources(config: SimulationConfig, is_late: BoolArray, rng: np.random.Generator) -> IntArray:
    usual = rng.choice(len(SOURCES), len(is_late), p=SOURCE_SHARES)
    is_moved = is_late & (rng.random(len(is_late)) < 0.5 * min(config.drift, 1.0))
    return np.where(is_moved, SOURCES.index("social"), usual)


def _skills(family: IntArray, years: FloatArray, candidate: IntArray, rng: np.random.Generator) -> BoolArray:
    names = all_skills()
    of_family = np.array([[name in f.skills for name in names] for f in FAMILIES])
    known = 0.25 + 0.45 * np.clip(years[candidate] / 10, 0, 1)
    drawn = rng.random((len(family), len(names)), dtype=np.float32)[candidate]
    return np.where(of_family[family], drawn < known[:, None], drawn < 0.03)
