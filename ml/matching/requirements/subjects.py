"""Of whom a sentence speaks: of applicants, of their work to come, or of the employer."""

from __future__ import annotations

import re

_COMPANY = re.compile(
    r"""\s*(?:(?:at\s+[\w&. -]{2,30},\s+)?(?:we|our|us|the\s+company|founded|established|serving)\b
    |(?:for|since|with|over)\s+(?:more\s+than\s+|over\s+|the\s+(?:last|past)\s+)?\w+\s+years\b[^.]*\b(?:we|our)\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_EQUALITY = re.compile(
    r"\b(?:equal\s+opportunit|regardless\s+of\s+race|without\s+regard\s+to|discriminat)", re.IGNORECASE
)
_OFFER = re.compile(r"\s*we(?:['’]ll|\s+can|\s+will|\s+also)*\s+(?:offer|provide|give)\b", re.IGNORECASE)
_APPLICANT = re.compile(
    r"""\b(?:you|your|candidates?|applicants?)\b
    |\bwe(?:['’]re|['’]d|\s+are|\s+would|\s+also|\s+currently)*\s+(?:look|seek|expect|need|requir|want|ask|search|hir|love|like|value)""",
    re.VERBOSE | re.IGNORECASE,
)
_WORK = re.compile(
    r"""\s*(?:(?:in\s+this\s+(?:role|position),?\s+)?you(?:\s+will|['’]ll)
        (?!\s+(?:also\s+)?(?:need|have|bring|possess|require|be\s+(?:proficient|experienced|fluent|familiar|an?\s)))|join)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def is_of_employer(text: str, start: int, end: int) -> bool:
    """Say whether a sentence tells what the employer is, uses or offers."""
    if _OFFER.match(text, start, end) or _EQUALITY.search(text, start, end):
        return True
    return bool(_COMPANY.match(text, start, end)) and not _APPLICANT.search(text, start, end)


def is_of_work(text: str, start: int, end: int) -> bool:
    """Say whether a sentence tells what one will do: "You will build services in Go"."""
    return bool(_WORK.match(text, start, end))
