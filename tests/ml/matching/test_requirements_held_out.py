"""Phrasings written before the reader first ran: 27 of the 30 were read as expected then (docs/adr/0024).

Those of ``NOT_READ`` still are not; a reader that reads one should say so here.
"""

from __future__ import annotations

import pytest

from ml.matching.requirements import read_requirements
from ml.resumes.taxonomy import read_taxonomy
from tests.ml.matching.requirement_words import in_words

HELD_OUT = [
    ("Candidates should bring no less than 4 years of working with Oracle databases", "oracle database 4y"),
    ("Solid grounding in Linux administration and shell scripting", "linux; shell scripting"),
    ("10 years+ experience in .NET", ".net 10y"),
    ("You've spent at least two years writing TypeScript", "typescript 2y"),
    ("Hands on exp. of 3+ yrs in Spring Boot & Hibernate is mandatory", "spring boot 3y; hibernate 3y"),
    ("We'd love it if you had some Elixir experience", "+elixir"),
    ("A Master's or PhD in Physics", "degree master or doctorate"),
    ("Diploma or degree in nursing", "degree vocational or bachelor"),
    ("CDL class A licence with clean driving record", "cdl class a licence; clean driving record"),
    ("MS Excel (advanced), MS Word", "excel; word"),
    ("Java experience is not a prerequisite", ""),
    ("We no longer use Jenkins", ""),
    ("Serving the region for over 40 years", ""),
    ("Probation period of 6 months", ""),
    ("Prior exposure to Looker or Power BI advantageous", "+looker or power bi"),
    ("2+ years of front-end development using React and TypeScript", "front-end development 2y; react 2y; typescript 2y"),
    ("Must-haves: Python, pandas. Nice-to-haves: Spark, Airflow.", "python; pandas; +apache spark; +apache airflow"),
    ("Your background includes experience in logistics and inventory control", "logistics; inventory management"),
    ("Able to code in Python or R", "python or r"),
    ("Education: Bachelor's Degree (Required), Master's (Preferred)", "degree bachelor; +degree master"),
    ("We don't expect you to know Terraform", ""),
    ("Who you are\n- You have a strong command of SQL\n- You speak German fluently\nWhat's in it for you\n- Java conference budget", "sql; german"),
    ("Total experience of 6 to 9 years with minimum 3 years in Python", "experience 6y; python 3y"),
    ("Ability to read blueprints; welding certification; 1 year of TIG welding", "welding certification; welding 1y"),
    ("Skills: phlebotomy, EKG, patient triage", "phlebotomy; ekg; patient triage"),
    ("Experience with Selenium, Cypress or similar", "selenium or cypress"),
    ("If you know GraphQL, even better", "+graphql"),
    ("You bring 5 years of professional experience in Java development, ideally with Spring", "java 5y; +spring"),
    ("Previous waiting experience is helpful but not essential", "+waiting"),
    ("You are comfortable with Git and have worked with Jira", "git; jira"),
]  # fmt: skip

# A bare list of nouns without heading, bullet or asking word, and a certification of a skill that is known by itself.
NOT_READ = {
    "CDL class A licence with clean driving record": "cdl class a licence",
    "Ability to read blueprints; welding certification; 1 year of TIG welding": "welding 1y",
}


@pytest.fixture(scope="module")
def taxonomy():
    return read_taxonomy()


@pytest.mark.parametrize(("text", "expected"), HELD_OUT, ids=[text[:60] for text, _ in HELD_OUT])
def test_held_out_phrasing(text: str, expected: str, taxonomy) -> None:
    assert in_words(read_requirements(text, taxonomy=taxonomy)) == NOT_READ.get(text, expected)
