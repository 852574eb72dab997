"""What ``facetrank match`` shows, and what it says where there is nothing to show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ml.matching.requirements.store import read_descriptions
from ml.organisation import ReadingLimits
from ml.ranking.errors import RankingError
from ml.ranking.match import format_match, match_of_application
from ml.resumes.read import read_resumes
from ml.scores.batch import publish_batch
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import BEFORE, EVERYTHING, apply, describe, insert, make_marts

DESCRIPTION = """Requirements:
- At least 4 years of experience in Java
- Python for 2 years
- Master's degree
Nice to have: Docker
"""
RESUME = """EXPERIENCE
Acme Ltd, Developer, Jan 2020 - Dec 2021
- Wrote payment systems in Java.
SKILLS
Python
EDUCATION
Bachelor of Science in Physics, University of Leeds
"""
# A-2 is in a blind slice of .3 by its hash.
PEOPLE = {"A-0": RESUME, "A-1": None, "A-2": RESUME, "A-4": RESUME}


@pytest.fixture(scope="module")
def published(module_warehouse, tmp_path_factory):
    """Four people of one requisition: matched, without a resume, blind, and opted out."""
    warehouse = module_warehouse
    make_marts(warehouse)
    describe(warehouse, "R-1", DESCRIPTION)
    for application, text in PEOPLE.items():
        candidate = apply(warehouse, application, quality=0.6, onboard=0.7, attrition=0.8)
        resume = None if text is None else f"CV-{application}"
        if text is not None:
            insert(
                warehouse, "landing.resumes", resume_id=resume, candidate_id=candidate, received_at=BEFORE,
                content_text=text, recorded_at=BEFORE,
            )  # fmt: skip
        insert(
            warehouse, "landing.applications", application_id=application, candidate_id=candidate, requisition_id="R-1",
            applied_at=BEFORE, source="direct", resume_id=resume, recorded_at=BEFORE,
        )  # fmt: skip
    insert(warehouse, "landing.opt_outs", candidate_id="C-4", requested_at=BEFORE, recorded_at=BEFORE)
    read_resumes(warehouse, ReadingLimits(), say=print)
    read_descriptions(warehouse)
    organisation = replace(EVERYTHING, blind_share=0.3)
    publish_batch(warehouse, build(warehouse, tmp_path_factory.mktemp("cache"), organisation=organisation))
    return warehouse


def test_the_table_has_a_line_per_requirement_with_both_numbers(published) -> None:
    match = match_of_application(published, "A-0")
    # Two of four years, Python without years, one level below: 1/2 each; Docker, which is preferred, is not there.
    assert [each.met for each in match.requirements] == [0.5, 0.5, 0.5, 0.0]
    assert match.requirements_met == pytest.approx(1.5 / 3.5, abs=1e-4)
    assert match.technical_match == pytest.approx((match.relevance + 1.5 / 3.5) / 2, abs=1e-4)
    lines = format_match(match).split("\n")
    assert [" ".join(line.split()) for line in lines[1:5]] == [
        "50% required At least 4 years of experience in Java java, 2 years of 4",
        "50% required Python for 2 years python, years not said",
        '50% required Master\'s degree bachelor ("Bachelor of Science in Physics")',
        "0% preferred Docker -",
    ]
    assert (
        lines[6]
        == f"t {match.technical_match:.2f}: {match.relevance:.2f} of the description's words by weight and 0.43 of the requirements met"
    )
    assert lines[7].startswith("The resume has, weightiest first: ")


@pytest.mark.parametrize(
    ("application", "sentence"),
    [
        ("A-9", "Application A-9 is not in the published scores."),
        ("A-1", "Application A-1 has no technical match: there is no resume."),
        ("A-2", "Application A-2 is in the slice that hides its scores until it is decided."),
        ("A-4", "Application A-4 has no technical match to show: the person opted out of scoring."),
    ],
)
def test_why_there_is_nothing_to_show(published, application, sentence) -> None:
    with pytest.raises(RankingError, match=f"^{sentence}$".replace(".", r"\.")):
        match_of_application(published, application)
