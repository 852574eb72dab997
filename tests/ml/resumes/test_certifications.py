"""Certificates: items of their section, and known ones anywhere."""

from __future__ import annotations

from ml.resumes.certifications import read_certifications
from ml.resumes.sections import read_sections


def names(text):
    found = read_certifications(text, read_sections(text))
    assert all(fact.name == text[fact.span.start : fact.span.end] for fact in found)
    return [fact.name for fact in found]


def test_the_items_of_the_section():
    text = "CERTIFICATIONS\n- AWS Certified Developer (2021)\n* Fork lift licence B, May 2019\nFirst Aid; First aid\n"
    assert names(text) == ["AWS Certified Developer", "Fork lift licence B", "First Aid"]


def test_known_ones_anywhere_and_each_once():
    text = "Profile\nPMP and CISSP, Oracle Certified Professional, with a PMP.\nSkills: Java\n"
    assert names(text) == ["PMP", "CISSP", "Oracle Certified Professional"]


def test_none():
    assert names("Profile\nI certified ten machines.\n") == []
