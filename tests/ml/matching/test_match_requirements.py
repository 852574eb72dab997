"""What t is made of: words, requirements and nothing that was copied; on a real warehouse, with facts really read."""

from __future__ import annotations

import random

import pytest

from ml.matching.match import match_batch, technical_match
from ml.matching.requirements.store import read_descriptions
from ml.organisation import Organisation, ReadingLimits
from ml.resumes.read import read_resumes
from ml.scores.batch import open_batch
from tests.ml.scores.world import AS_OF, BEFORE, apply, describe, insert, make_marts, rows

EVERYBODY = Organisation(name="demo", parts=("resumes",), population="all")
DESCRIPTION = """Requirements:
- At least 4 years of experience in Java
- Python
- Bachelor's degree in computer science
Nice to have:
- Docker
You will look after the payment systems that our customers in all of our countries trust with their money every day.
"""
RESUME = """EXPERIENCE
Acme Ltd, Developer, Jan 2020 - Dec 2021
- Wrote payment systems in Java.
EDUCATION
Master of Science in Physics, University of Leeds
"""


@pytest.fixture
def world(fresh_warehouse):
    make_marts(fresh_warehouse)
    return fresh_warehouse


def send(warehouse, application, text, *, requisition="R-1", **form):
    candidate = apply(warehouse, application, requisition)
    insert(
        warehouse, "landing.resumes", resume_id=f"CV-{application}", candidate_id=candidate, received_at=BEFORE,
        content_text=text, recorded_at=BEFORE,
    )  # fmt: skip
    insert(
        warehouse, "landing.applications", application_id=application, candidate_id=candidate, requisition_id=requisition,
        applied_at=BEFORE, source="direct", resume_id=f"CV-{application}", recorded_at=BEFORE, **form,
    )  # fmt: skip


def match(warehouse, folder):
    read_resumes(warehouse, ReadingLimits(), say=print)
    read_descriptions(warehouse)
    batch = open_batch(warehouse, EVERYBODY, AS_OF, {})
    match_batch(warehouse, batch, cache_folder=folder)
    found = rows(
        warehouse,
        "select application_id, technical_match, evidence from scores.match_evidence where batch_id = %s",
        batch,
    )
    return {application: (t, evidence) for application, t, evidence in found}


def test_t_is_the_mean_of_relevance_and_requirements_met() -> None:
    assert technical_match(0.4, 0.8) == pytest.approx(0.6)
    assert technical_match(0.4, None) == 0.4


def test_evidence_says_what_each_requirement_rests_on(world, tmp_path) -> None:
    describe(world, "R-1", DESCRIPTION)
    send(world, "A-1", RESUME)
    t, evidence = match(world, tmp_path)["A-1"]
    java, python, degree, docker = evidence["requirements"]
    # Two years of four; no Python; a master where a bachelor is asked for; no Docker, which is only preferred.
    assert [each["met"] for each in (java, python, degree, docker)] == [0.5, 0, 1, 0]
    assert evidence["requirements_met"] == pytest.approx((0.5 + 0 + 1 + 0.5 * 0) / 3.5, abs=1e-4)
    assert t == pytest.approx((evidence["relevance"] + evidence["requirements_met"]) / 2, abs=1e-4)
    assert (java["minimum_years"], java["years"], java["asked"]) == (4, 2, ["java"])
    assert "At least 4 years of experience in Java" in java["quote"]
    start, end = java["span"]
    assert RESUME[start:end] == "Java"
    assert RESUME[slice(*degree["span"])].startswith("Master of Science")
    assert not docker["is_required"]


def test_the_form_counts_where_the_resume_says_nothing(world, tmp_path) -> None:
    describe(world, "R-1", "Requirements:\n- 5 years of professional experience\n- Master's degree\n")
    send(world, "A-1", "SKILLS\nJava\n", years_experience=4, highest_degree="bachelor")
    send(world, "A-2", RESUME, years_experience=40, highest_degree="none")
    found = match(world, tmp_path)
    # Four of five years, and one level below; the resume of the other one says two years and a master.
    assert [each["met"] for each in found["A-1"][1]["requirements"]] == [0.8, 0.5]
    assert [each["span"] for each in found["A-1"][1]["requirements"]] == [None, None]
    assert [each["met"] for each in found["A-2"][1]["requirements"]] == [0.4, 1.0]


def test_the_requisitions_form_counts_where_its_description_says_nothing(world, tmp_path) -> None:
    form = {"min_years_experience": 4, "required_degree": "bachelor"}
    for requisition, description in {"R-1": "Java", "R-2": "Requirements:\n- 2 years of experience\n- PhD\n"}.items():
        insert(
            world, "landing.requisitions", requisition_id=requisition, title="Engineer", description=description,
            openings=1, opened_at=BEFORE, recorded_at=BEFORE, **form,
        )  # fmt: skip
    send(world, "A-1", RESUME)
    send(world, "A-2", RESUME, requisition="R-2")
    found = match(world, tmp_path)
    # Two years of four, and a master; where the description asks for them, two of two, and one level below a doctorate.
    assert [(each["quote"], each["met"]) for each in found["A-1"][1]["requirements"][-2:]] == [
        ("4 years of experience (on the requisition's form)", 0.5),
        ("bachelor (on the requisition's form)", 1.0),
    ]
    assert [each["met"] for each in found["A-2"][1]["requirements"]] == [1.0, 0.5]


def test_skills_that_no_list_has_are_looked_for_word_by_word(world, tmp_path) -> None:
    describe(world, "R-1", "Must have: cold chain logistics, wound care\n")
    send(world, "A-1", "PROFILE\nTen summers in cold-chain logistics.\n")
    _, evidence = match(world, tmp_path)["A-1"]
    assert {tuple(each["asked"]): each["met"] for each in evidence["requirements"]} == {
        ("cold chain logistics",): 1.0,
        ("wound care",): 0.0,
    }


@pytest.mark.parametrize("seed", range(3))
def test_stuffing_does_not_raise_t(world, tmp_path, seed) -> None:
    generator = random.Random(seed)
    describe(world, "R-1", DESCRIPTION)
    at = generator.choice([0, RESUME.index("EDUCATION"), len(RESUME)])
    words = DESCRIPTION.split()
    first = generator.randrange(len(words) - 20)
    send(world, "A-1", RESUME)
    send(world, "A-2", f"{RESUME[:at]}{DESCRIPTION}{RESUME[at:]}")
    send(world, "A-3", f"{RESUME}\n{' '.join(words[first:])}\n")
    send(world, "A-4", RESUME + "\nSKILLS\n" + "Java, " * 200)
    send(world, "A-5", RESUME + "\n" + f"{DESCRIPTION}\n" * 3)
    send(world, "A-6", RESUME + "\nSKILLS\n" + "Docker, " * 200)
    found = match(world, tmp_path)
    plain = found["A-1"][0]
    assert plain > 0
    for stuffed in ("A-2", "A-3", "A-4", "A-5", "A-6"):
        assert found[stuffed][0] <= plain, stuffed


def test_the_same_batch_gives_the_same_evidence(world, tmp_path) -> None:
    describe(world, "R-1", DESCRIPTION)
    send(world, "A-1", RESUME)
    send(world, "A-2", RESUME + DESCRIPTION)
    assert match(world, tmp_path / "one") == match(world, tmp_path / "two")
