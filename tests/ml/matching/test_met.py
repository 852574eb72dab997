"""How far requirements are met, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml.matching.met import Found, Met, Person, meet, share_met
from ml.matching.requirements.read import Kind, Requirement
from ml.resumes.fact_types import Span

JAVA, PYTHON = Found("java", 3.0, (10, 14)), Found("python", None, (20, 26))
PERSON = Person({"java": JAVA, "python": PYTHON}, Found("bachelor"), Found("6 years", 6.0))


def asked(kind: Kind, *alternatives: str, years: float | None = None, is_required: bool = True) -> Requirement:
    return Requirement(kind, alternatives, years, is_required, Span(0, 1), "?")


@pytest.mark.parametrize(
    ("requirement", "met"),
    [
        (asked("skill", "java"), Met(1.0, JAVA)),
        (asked("skill", "cobol"), Met(0.0)),
        # 3 of 5 years; more than asked for is no more than met.
        (asked("skill", "java", years=5), Met(0.6, JAVA)),
        (asked("skill", "java", years=2), Met(1.0, JAVA)),
        # The skill is there and its years are not said.
        (asked("skill", "python", years=2), Met(0.5, PYTHON)),
        (asked("skill", "cobol", "python"), Met(1.0, PYTHON)),
        (asked("skill", "java", "python"), Met(1.0, JAVA)),
        (asked("skill", "python", "java", years=5), Met(0.6, JAVA)),
        (asked("experience", years=8), Met(0.75, PERSON.experience)),
        (asked("experience", years=6), Met(1.0, PERSON.experience)),
        (asked("degree", "bachelor"), Met(1.0, PERSON.degree)),
        (asked("degree", "vocational"), Met(1.0, PERSON.degree)),
        (asked("degree", "master"), Met(0.5, PERSON.degree)),
        (asked("degree", "doctorate"), Met(0.0, PERSON.degree)),
        # 6 of the 8 years that stand for it are more than one level below; without a number four years do.
        (asked("degree", "master", "experience", years=8), Met(0.75, PERSON.experience)),
        (asked("degree", "master", "experience"), Met(1.0, PERSON.experience)),
    ],
)
def test_to_which_degree_a_requirement_is_met(requirement: Requirement, met: Met) -> None:
    assert meet(requirement, PERSON) == met


@pytest.mark.parametrize(
    "requirement", [asked("skill", "java", years=1), asked("experience", years=1), asked("degree", "bachelor")]
)
def test_of_whom_nothing_is_known_meets_nothing(requirement: Requirement) -> None:
    assert meet(requirement, Person({})) == Met(0.0)


def test_what_is_preferred_weighs_half() -> None:
    requirements = [asked("skill", "java"), asked("skill", "sap"), asked("skill", "go", is_required=False)]
    # (1 x 1 + 1 x 0 + .5 x 1) / 2.5
    assert share_met(requirements, [Met(1.0), Met(0.0), Met(1.0)]) == pytest.approx(0.6)
    assert share_met([], []) is None


@pytest.mark.parametrize("seed", range(20))
def test_knowing_more_never_lowers_the_share(seed: int) -> None:
    random = np.random.default_rng(seed)
    names = [f"skill {k}" for k in range(8)]
    requirements = [
        asked("skill", *random.choice(names, 2, replace=False), years=random.choice([None, 2.0, 5.0]))
        for _ in range(6)
    ]  # fmt: skip
    skills: dict[str, Found] = {}
    before = 0.0
    for name in random.permutation(names):
        skills[str(name)] = Found(str(name), random.choice([None, 1.0, 4.0]))
        share = share_met(requirements, [meet(each, Person(skills)) for each in requirements])
        assert share is not None
        assert before - 1e-12 <= share <= 1
        before = share
