"""Requisitions: what the organisation looks for, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.simulate.arrays import DAY, BoolArray, FloatArray, IntArray, months_of, stream
from ml.simulate.vocabulary import (
    FAMILIES,
    LOCATIONS,
    MINIMUM_YEARS,
    SALARY_FACTOR,
    SENIORITIES,
    TITLE_PREFIX,
    all_skills,
)

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig

APPLICATIONS_PER_REQUISITION = 70
OPENINGS_PER_APPLICATION = 0.04
# Hiring is brisk in January and September, slow in August and December.
SEASON = np.array([1.5, 1.2, 1.1, 1.0, 1.0, 0.9, 0.8, 0.55, 1.4, 1.2, 1.0, 0.5])


@dataclass(frozen=True)
class Requisitions:
    """One entry per requisition; all arrays have shape (n_requisitions,) but ``required`` and ``preferred``.

    Attributes
    ----------
    required, preferred : ndarray of bool, shape (n_requisitions, n_skills)
        Which skills of :func:`ml.simulate.vocabulary.all_skills` the description asks for.
    opened_at, closed_at : ndarray of int
        Seconds since 1970; the closing may lie beyond the end of the history.
    popularity : ndarray of float
        Relative number of applicants, with a long tail.
    openings : ndarray of int
        More where more people are expected to apply.
    """

    family: IntArray
    seniority: IntArray
    location: IntArray
    opened_at: IntArray
    closed_at: IntArray
    openings: IntArray
    minimum_years: IntArray
    required_degree: IntArray
    salary: FloatArray
    popularity: FloatArray
    required: BoolArray
    preferred: BoolArray

    def __len__(self) -> int:
        """Count them."""
        return len(self.family)

    def title(self, index: int) -> str:
        """Title of one requisition."""
        prefix = TITLE_PREFIX[SENIORITIES[self.seniority[index]]]
        return f"{prefix}{FAMILIES[self.family[index]].title}"


def make_requisitions(config: SimulationConfig) -> Requisitions:
    """Draw the requisitions of the history; about one for every 70 applications."""
    rng = stream(config.seed, "requisitions")
    count = max(8, config.applications // APPLICATIONS_PER_REQUISITION)
    family = rng.integers(0, len(FAMILIES), count)
    seniority = rng.choice(len(SENIORITIES), count, p=[0.3, 0.4, 0.22, 0.08])
    opened_at = _opened_at(config, count, rng)
    base = np.array([f.salary for f in FAMILIES], dtype=float)[family]
    required, preferred = _skills(family, rng)
    popularity = rng.lognormal(0, 0.9, count)
    expected = config.applications * popularity / popularity.sum()
    return Requisitions(
        family=family,
        seniority=seniority,
        location=rng.integers(0, len(LOCATIONS), count),
        opened_at=opened_at,
        closed_at=opened_at + (rng.uniform(30, 95, count) * DAY).astype(np.int64),
        openings=1 + rng.poisson(OPENINGS_PER_APPLICATION * expected),
        minimum_years=np.array(MINIMUM_YEARS)[seniority],
        required_degree=np.where(rng.random(count) < 0.5, 2, np.where(rng.random(count) < 0.3, 1, 0)),
        salary=base * np.array(SALARY_FACTOR)[seniority] * rng.lognormal(0, 0.08, count),
        popularity=popularity,
        required=required,
        preferred=preferred,
    )


def _opened_at(config: SimulationConfig, count: int, rng: np.random.Generator) -> IntArray:
    # Three candidates per place, of which the season keeps one: no month is empty, none has more than its share.
    drawn = rng.integers(config.starts_at, config.ends_at - 3 * DAY, 6 * count)
    kept = drawn[rng.random(len(drawn)) < SEASON[months_of(drawn)] / SEASON.max()]
    return np.sort(kept[:count] if len(kept) >= count else drawn[:count])


def _skills(family: IntArray, rng: np.random.Generator) -> tuple[BoolArray, BoolArray]:
    names = all_skills()
    position = {name: number for number, name in enumerate(names)}
    columns = np.array([[position[skill] for skill in f.skills] for f in FAMILIES])
    order = rng.permuted(np.tile(np.arange(columns.shape[1]), (len(family), 1)), axis=1)
    required = np.zeros((len(family), len(names)), dtype=bool)
    preferred = required.copy()
    rows = np.arange(len(family))[:, None]
    required[rows, columns[family[:, None], order[:, :5]]] = True
    preferred[rows, columns[family[:, None], order[:, 5:7]]] = True
    return required, preferred
