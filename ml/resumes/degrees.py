"""Degrees: level, field and institution, without the year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ml.resumes.fact_types import DegreeFact, DegreeLevel, Span
from ml.resumes.sections import lines_of
from ml.resumes.titles import INSTITUTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml.resumes.sections import Section

# From the highest: "Bachelor and Master of Laws" are two, "postgraduate diploma" is not "diploma".
_ANYWHERE: tuple[tuple[DegreeLevel, str], ...] = (
    ("doctorate", r"ph\.?\s?d\b\.?|d\.?phil\b\.?|doctora(?:te|l degree)|doctor of [a-z]+|doctorat\b|dr\.-ing\b\.?|"
               r"promotion zum dr\.|doctorado"),
    ("master", r"master(?:['’]?s)? (?:of|in|degree|studies)\b|master['’]s\b|m\.?\s?tech\b\.?|m\.?sc\b\.?|"
               r"m\.?b\.?a\b\.?|m\.?eng\b\.?|m\.?phil\b\.?|m\.?com\b\.?|"
               r"ll\.?m\b\.?|m\.c\.a\b\.?|mca\b|m\.s\b\.?|m\.a\b\.?|m\.e\b\.?|magister|diplom-\w+|dipl\.[- ]?\w+\.?|"
               r"staatsexamen|laurea magistrale|maestría|"
               r"mastère|master 2|diplôme d['’]ingénieur"),
    ("bachelor", r"bachelor(?:['’]?s)? (?:of|in|degree|studies)\b|bachelor['’]s\b|b\.?\s?tech\b\.?|b\.?sc\b\.?|"
               r"b\.?b\.?a\b\.?|b\.?eng\b\.?|b\.?com\b\.?|ll\.?b\b\.?|bca\b|"
                 r"b\.c\.a\b\.?|b\.s\b\.?|b\.a\b\.?|b\.e\b\.?|licenciatura|licence (?:en|de|professionnelle)|laurea|"
                 r"grado en|"
                 r"post[- ]?graduate (?:diploma|certificate)"),
    ("vocational", r"associate(?:['’]?s)? (?:degree|of (?:arts|science|applied science))|apprenticeship|higher "
               r"national diploma|hnd\b|"
                   r"btec\b|nvq\b|berufsausbildung|abgeschlossene ausbildung|ausbildung (?:zum|zur|als)|\bbts\b|"
                   r"\bdut\b"),
)  # fmt: skip
# Under a heading of education a bare word is enough; letters only as they are written.
_IN_EDUCATION: tuple[tuple[DegreeLevel, str], ...] = (
    ("doctorate", r"(?i:doctora(?:te|l))"),
    ("master", r"(?i:masters?\b)|MS\b(?! (?:Office|Excel|Word|SQL))|MA\b(?=[ ,:(]+[A-Za-z])|ME\b(?= (?:in|\())|MEng\b"),
    ("bachelor", r"(?i:bachelors?\b|undergraduate degree)|BS\b|BA\b|BE\b|AB\b(?= in)"),
    ("vocational", r"(?i:vocational|(?<!school )diploma\b|associate['’]?s?\b(?= in))"),
)
_NEVER = re.compile(
    r"abitur|high school|secondary|a-levels?|baccalauréat|matura|pursuing|in progress|expected|anticipated|"
    r"dropped out|incomplete|"
    r"not completed|abgebrochen|en cours|voraussichtlich",
    re.IGNORECASE,
)
# Spaces are never given back: what a resume copied is blanked out, and a line may have hundreds of them.
_FIELD = re.compile(
    r"\s*+(?:\(?\s*+(?:hons?|honou?rs)\.?\s*+\)?)?\s*+(?:degree\b)?\s*+[,:–(-]?\s*+(?:(?:of|in|en|de|im|fach|"
    r"major(?:ing)? in)\b\s*+(?:the\s+)?(?:field of\s+)?)?"
    r"(?P<field>[^\W\d_][^\n,;|()\d–•·.]{2,70})",
    re.IGNORECASE,
)
_FIELD_ENDS = re.compile(
    r"\s+(?:from|at|with|bei|an der|à|degree|honou?rs|-|—|in\s+(?=\d))(?:\s.*)?$|\s{2,}.*$", re.IGNORECASE | re.DOTALL
)
_FACULTIES = re.compile(
    r"(?:science|arts|technology|engineering|business administration|commerce|laws?|philosophy|"
    r"applied science)\s+in\s+",
    re.IGNORECASE,
)
_PART = re.compile(r"[^,;|\n\t–•·()]+")
_EDGES = " \t\r\xa0,;:|•·●▪–—-.()[]█"


def _compiled(patterns: tuple[tuple[DegreeLevel, str], ...], flags: int) -> list[tuple[DegreeLevel, re.Pattern[str]]]:
    return [(level, re.compile(rf"(?<![\w.&/-])(?:{pattern})(?!\w)", flags)) for level, pattern in patterns]


_LEVELS = _compiled(_ANYWHERE, re.IGNORECASE)
_LEVELS_IN_EDUCATION = [*_LEVELS, *_compiled(_IN_EDUCATION, 0)]
_LINES_BESIDE = 2


def read_degrees(text: str, sections: Sequence[Section]) -> list[DegreeFact]:
    """Read the degrees that somebody has; one that is still studied for is none, nor is what a school gives.

    Returns
    -------
    list of DegreeFact
        In the order of the text, one for each that a line names.
    """
    degrees: list[DegreeFact] = []
    anywhere, in_education = _said(text, _LEVELS), _said(text, _LEVELS_IN_EDUCATION)
    for section in sections:
        if section.is_inline or section.kind in ("personal", "references"):
            continue
        levels = in_education if section.kind == "education" else anywhere
        lines = list(lines_of(text, section.start, section.end))
        for number, (start, end) in enumerate(lines):
            found = list(_levels_of(text, start, end, levels))
            if found and not _NEVER.search(text, start, end):
                near = (
                    lines[max(0, number - 1) : number + 1 + _LINES_BESIDE]
                    if section.kind == "education"
                    else [(start, end)]
                )
                degrees.extend(_degree(text, level, match, end, near) for level, match in found)
    return degrees


def _said(
    text: str, levels: Sequence[tuple[DegreeLevel, re.Pattern[str]]]
) -> list[tuple[DegreeLevel, re.Pattern[str]]]:
    """Leave out the levels that no line says: most texts say one or two."""
    return [(level, pattern) for level, pattern in levels if pattern.search(text)]


def _levels_of(
    text: str, start: int, end: int, levels: list[tuple[DegreeLevel, re.Pattern[str]]]
) -> Iterator[tuple[DegreeLevel, re.Match[str]]]:
    taken: list[tuple[DegreeLevel, re.Match[str]]] = []
    for level, pattern in levels:
        for match in pattern.finditer(text, start, end):
            is_free = all(match.end() <= other.start() or match.start() >= other.end() for _, other in taken)
            # "Bachelor of Technology (B.Tech)": one degree, written twice.
            is_new = all(level != other_level for other_level, _ in taken)
            if is_free and is_new:
                taken.append((level, match))
    yield from sorted(taken, key=lambda entry: entry[1].start())


def _degree(text: str, level: DegreeLevel, match: re.Match[str], end: int, near: list[tuple[int, int]]) -> DegreeFact:
    field = _field_of(text, match, end)
    institution = next(
        (part for start, stop in _nearest(near, match) if (part := _institution(text, start, stop))), None
    )
    return DegreeFact(
        level=level,
        field_of_study=text[field.start : field.end] if field else None,
        institution=text[institution.start : institution.end] if institution else None,
        span=Span(match.start(), field.end if field else match.end()),
    )


def _nearest(lines: list[tuple[int, int]], match: re.Match[str]) -> list[tuple[int, int]]:
    """Order lines by how near they are: the line itself, then the ones after it, then the one before."""
    own = [line for line in lines if line[0] <= match.start() <= line[1]]
    return (
        own + [line for line in lines if line[0] > match.start()] + [line for line in lines if line[1] < match.start()]
    )


def _field_of(text: str, match: re.Match[str], end: int) -> Span | None:
    # The words of "Bachelor of Science" after the level are a part of its name.
    start = match.end() - 3 if text[match.end() - 3 : match.end()].casefold() in (" of", " in") else match.end()
    found = _FIELD.match(text, start, end)
    if not found:
        return None
    field = Span(*found.span("field"))
    faculty = _FACULTIES.match(text, field.start, field.end)
    content = _FIELD_ENDS.sub("", text[faculty.end() if faculty else field.start : field.end]).rstrip(_EDGES)
    start = faculty.end() if faculty else field.start
    if len(content) < 3 or INSTITUTION.search(content):
        return None
    return Span(start, start + len(content))


def _institution(text: str, start: int, end: int) -> Span | None:
    for part in _PART.finditer(text, start, end):
        if INSTITUTION.search(part.group()):
            content = part.group()
            cut = re.search(r"\b(?:from|at)\s+(?:the\s+)?", content)
            begin = part.start() + (cut.end() if cut and INSTITUTION.search(content, cut.end()) else 0)
            whole = text[begin : part.end()]
            begin += len(whole) - len(whole.lstrip(_EDGES))
            return Span(begin, begin + len(whole.strip(_EDGES)))
    return None
