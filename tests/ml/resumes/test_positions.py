"""Employers and titles in the usual layouts."""

from __future__ import annotations

import datetime as dt

import pytest

from ml.resumes.positions import read_positions
from ml.resumes.sections import read_sections


def jobs(body, heading="EXPERIENCE\n"):
    text = heading + body
    found = read_positions(text, read_sections(text), received_on=dt.date(2025, 6, 10))
    for one in found:
        quote = text[one.fact.span.start : one.fact.span.end]
        assert (one.fact.employer or "") in quote
        assert (one.fact.title or "") in quote
    return [(one.fact.employer, one.fact.title, str(one.fact.started_on)[:7]) for one in found]


@pytest.mark.parametrize(
    "body",
    [
        "Acme Inc, Software Engineer, Jan 2019 - present",
        "Software Engineer at Acme Inc (Jan 2019 - present)",
        "Software Engineer | Acme Inc | Leeds, UK | Jan 2019 – present",
        "Jan 2019 - present: Software Engineer, Acme Inc",
        "Acme Inc\nSoftware Engineer\nJan 2019 - present\n- wrote things",
        "Jan 2019 - present\nSoftware Engineer\nAcme Inc\n\nWrote things.",
        "Acme Inc http://www.acme.example/\nSoftware Engineer\nSan Mateo, CA. January 2019 - current",
        "Acme Inc                         Jan 2019 - present\nSoftware Engineer",
        "Company: Acme Inc\nDesignation: Software Engineer\nDuration: Jan 2019 to till date\n",
        "Software Engineer\nAcme Inc – London\nJan 2019 to date",
        "01/2019 – heute Acme Inc, Leeds\nSoftware Engineer",
        "- Software Engineer, Acme Inc, Jan 2019 - present",
        "Acme, Inc., Software Engineer, since Jan 2019",
    ],
)
def test_a_job_in_the_usual_layouts(body):
    [(employer, title, started)] = jobs(body)
    assert (employer.rstrip(".").replace(",", ""), title, started) == ("Acme Inc", "Software Engineer", "2019-01")


@pytest.mark.parametrize(
    ("body", "employer"),
    [
        ("Google, London\nSoftware Engineer\n2015 - 2018", "Google"),
        ("Siemens AG, München\nSoftware Engineer\n2015 - 2018", "Siemens AG"),
        ("Software Engineer, HP\nBelarus, Minsk. 2015 - 2018", "HP"),
        ("Company: Infosys, Bangalore\nRole: Engineer\nDuration: 2015 - 2018", "Infosys"),
        ("Acme\nSoftware Engineer\nBelarus, Minsk. 2015 - 2018", "Acme"),
        ("Software Engineer, Austin, TX, 2015 - 2018", None),
    ],
)
def test_a_place_is_no_employer(body, employer):
    assert [found[0] for found in jobs(body)] == [employer]


def test_a_project_of_a_job_is_no_section():
    body = "Acme Inc, Clerk, 2015 - 2016\nProject: Banking\n- x\nIron Bank, Clerk, 2016 - 2018\n"
    assert [found[0] for found in jobs(body)] == ["Acme Inc", "Iron Bank"]


def test_several_jobs_and_their_parts_of_the_text():
    body = (
        "Blue Foods, Cook, Mar 2015 - Apr 2016\n- Cooked from 2015 to 2016 for a house with some two hundred guests a day.\n\n"
        "Iron Bank\nClerk\n2016 - 2018\nFiled papers.\n"
    )
    text = "Work History\n" + body
    found = read_positions(text, read_sections(text), received_on=dt.date(2025, 6, 10))
    assert [(one.fact.employer, one.fact.title) for one in found] == [("Blue Foods", "Cook"), ("Iron Bank", "Clerk")]
    regions = [text[one.region.start : one.region.end] for one in found]
    assert regions[0].startswith("Blue Foods")
    assert regions[0].rstrip().endswith("a day.")
    assert regions[1] == "Iron Bank\nClerk\n2016 - 2018\nFiled papers.\n"
    assert [one.fact.ended_on for one in found] == [dt.date(2016, 4, 30), dt.date(2018, 6, 30)]


def test_a_job_without_heading_is_read_and_a_school_is_none():
    assert jobs("Acme Inc, Clerk, 2015 - 2018\n\nEDUCATION\nLeeds College, 2010 - 2014\n", heading="") == [
        ("Acme Inc", "Clerk", "2015-07")
    ]


def test_what_is_not_said_stays_open():
    assert jobs("Acme Inc, 2015 - 2018") == [("Acme Inc", None, "2015-07")]
    assert jobs("Clerk, 2015 - 2018") == [(None, "Clerk", "2015-07")]
    assert jobs("Acme Inc, Clerk") == []
