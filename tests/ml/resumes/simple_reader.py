"""A reader whose redaction and facts are easily checked, and that texts can break; it imports little, to start fast."""

from __future__ import annotations

import datetime as dt
import os
import re
import time

from ml.resumes.fact_types import CertificationFact, DegreeFact, PositionFact, ResumeFacts, SkillFact, Span
from ml.resumes.reader import ResumeReader


def make_work(limits):
    """Make it."""
    return ResumeReader(limits, redact=redact, read_facts=facts)


def redact(text):
    """Take Jane out, or do what the text says."""
    if text == "hang":
        time.sleep(60)
    if text == "die":
        os.abort()
    if text == "break":
        raise ValueError(text)
    return text.replace("Jane ", "")


def facts(text, received_on):
    """Java is a skill, with as many years as there are days in the month until it was received."""
    skills = tuple(
        SkillFact("java", float(received_on.day), Span(*match.span()), "taxonomy")
        for match in re.finditer("Java", text)
    )
    whole = Span(0, len(text))
    started_on = dt.date(received_on.year, 1, 1)
    return ResumeFacts(
        skills, (DegreeFact("master", "maths", None, whole),), (PositionFact("Acme", None, started_on, None, True, whole),),
        (CertificationFact("cka", whole),), None if "?" in text else 2.5,
    )  # fmt: skip
