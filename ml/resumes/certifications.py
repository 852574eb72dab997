"""Certificates and licences: the items of their section, and those that are known by how they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ml.resumes.fact_types import CertificationFact, Span
from ml.resumes.sections import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml.resumes.sections import Section

_ACRONYMS = (
    "PMP|CAPM|CISSP|CISA|CISM|CCNA|CCNP|CCIE|CEH|OSCP|MCSE|MCSA|MCP|RHCE|RHCSA|CKA|CKAD|OCA|OCP|OCJP|SCJP|CSM|CSPO|"
    "PSM I{1,3}|"
    "PSM|CPA|CFA|ACCA|CIMA|CMA|CIA|SHRM-CP|SHRM-SCP|PHR|SPHR|CPHR|CSCP|CPIM|CCRP|NCLEX|TOGAF|PRINCE2 (?:Foundation|"
    "Practitioner)|"
    "ITIL (?:v?[34] )?Foundation|CompTIA (?:A\\+|Network\\+|Security\\+)|TEFL|CELTA|NEBOSH|IOSH|CSCS|LEED AP"
)
_KNOWN = re.compile(
    rf"(?<![\w-])(?:(?:(?:AWS|Microsoft|Oracle|Google|Cisco|Salesforce|Red Hat|SAP|Azure|HubSpot|Scrum Alliance|"
    rf"Professional|Certified)\s+)?"
    rf"Certified(?:\s+(?:[A-Z][\w+#.-]*|in|of|for|-))+|(?:[A-Z][\w+#-]*\s+){{1,3}}Certification|Six Sigma (?:Green|"
    rf"Black|Yellow) Belt|{_ACRONYMS})(?![\w-])"
)
_ITEM = re.compile(r"[^\n,;|•·●▪]+")
_DATE = re.compile(r"(?<![\s(,–-])[\s(,–-]*+(?:\b(?:[A-Z][a-z]{2,8}\.?\s+)?(?:19|20)\d\d\b|\d{1,2}/\d{4}).*$")
_EDGES = " \t\r\xa0,;:|•·●▪–—-.*█"
_SHORTEST, _LONGEST = 2, 90


def read_certifications(text: str, sections: Sequence[Section]) -> list[CertificationFact]:
    """Read certificates, each once, in the order of the text."""
    found: dict[str, Span] = {}
    for section in sections:
        if section.kind == "certifications":
            for start, end in lines_of(text, section.start, section.end):
                for item in _ITEM.finditer(text, start, end):
                    _keep(text, found, item.start(), item.end())
    under_heading = list(found.values())
    for match in _KNOWN.finditer(text):
        if not any(span.start < match.end() and match.start() < span.end for span in under_heading):
            _keep(text, found, match.start(), match.end())
    facts = [CertificationFact(text[span.start : span.end], span) for span in found.values()]
    return sorted(facts, key=lambda fact: fact.span)


def _keep(text: str, found: dict[str, Span], start: int, end: int) -> None:
    content = _DATE.sub("", text[start:end])
    start += len(content) - len(content.lstrip(_EDGES))
    name = content.strip(_EDGES)
    if _SHORTEST <= len(name) <= _LONGEST and any(letter.isupper() for letter in name):
        found.setdefault(" ".join(name.casefold().split()), Span(start, start + len(name)))
