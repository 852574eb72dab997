"""Skills with their years: those known by name, unknown items of lists, and what the tagger finds in sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from ml.resumes.dates import Period, years_of
from ml.resumes.fact_types import FoundBy, SkillFact, Span
from ml.resumes.sections import lines_of
from ml.resumes.years import stated_years

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml.resumes.positions import Position
    from ml.resumes.sections import Section
    from ml.resumes.taxonomy import Mention, Taxonomy


class Tagger(Protocol):
    """Whatever finds skills in sentences."""

    def find(self, line: str) -> Sequence[tuple[int, int]]:
        """Find where skills stand in a line."""


# People, and what they do in their free time, are no skills of theirs.
_WITHOUT_SKILLS = frozenset({"references", "personal", "other"})
_ITEM = re.compile(r"[^,;|•·●▪\n\t]+")
_LABEL = re.compile(r"[^:,;]{1,40}:\s*")
_NOTE = re.compile(
    r"(?<!\s)\s*+[(\[–:-]+\s*(?:\d|expert|advanced|intermediate|beginner|basic|good|excellent|proficient|fluent|native|"
    r"familiar|strong|"
    r"working).*$|(?<!\s)\s*+\([^)]*\)?\s*$",
    re.IGNORECASE,
)
_EDGES = " \t\r\xa0,;:|•·●▪*–—-.()[]█"
_LONGEST_ITEM, _MOST_WORDS = 40, 4
_NO_ITEM = re.compile(
    r"(?:and|or|etc|with|in|of|the|years?|experience|knowledge|skills?|tools?|others?|ability|able|good|strong)\b",
    re.IGNORECASE,
)


def read_skills(
    text: str, sections: Sequence[Section], positions: Sequence[Position], *, taxonomy: Taxonomy, tagger: Tagger | None
) -> list[SkillFact]:
    """Read the skills of a resume, each once.

    Returns
    -------
    list of SkillFact
        In alphabetical order. The years are those stated (the most, if several), else the union of the months of the
        positions that mention it. The span is where the years are stated, else the first mention.
    """
    skipped = _skipped(sections, positions)
    known = [mention for mention in taxonomy.find(text) if not _overlaps(mention.start, mention.end, skipped)]
    evidence: dict[str, tuple[FoundBy, list[Span]]] = {}
    for mention in known:
        _add(evidence, mention.skill, "taxonomy", Span(mention.start, mention.end))
    for skill, span, found_by in _items(text, sections, known, taxonomy):
        _add(evidence, skill, found_by, span)
    if tagger:
        taken = [span for _, spans in evidence.values() for span in spans]
        for span in _tagged(text, sections, tagger, [*skipped, *taken]):
            _add(evidence, " ".join(text[span.start : span.end].casefold().split()), "model", span)
    stated = stated_years(text, [span for _, spans in evidence.values() for span in spans])
    return [_fact(skill, found_by, spans, stated, positions) for skill, (found_by, spans) in sorted(evidence.items())]


def _skipped(sections: Sequence[Section], positions: Sequence[Position]) -> list[Span]:
    """Parts where a name is no skill: employers ("Oracle"), hobbies, people."""
    spans = [Span(section.heading_start, section.end) for section in sections if section.kind in _WITHOUT_SKILLS]
    return spans + [position.employer_span for position in positions if position.employer_span]


def _add(evidence: dict[str, tuple[FoundBy, list[Span]]], skill: str, found_by: FoundBy, span: Span) -> None:
    evidence.setdefault(skill, (found_by, []))[1].append(span)


def _fact(
    skill: str,
    found_by: FoundBy,
    spans: list[Span],
    stated: dict[Span, tuple[float, Span]],
    positions: Sequence[Position],
) -> SkillFact:
    years = [stated[span] for span in spans if span in stated]
    if years:
        most, span = max(years, key=lambda entry: entry[0])
        return SkillFact(skill, most, span, found_by)
    worked: list[Period] = [position.period for position in positions if _mentions(position, spans)]
    return SkillFact(skill, years_of(worked) if worked else None, min(spans), found_by)


def _mentions(position: Position, spans: list[Span]) -> bool:
    return any(position.region.start <= span.start and span.end <= position.region.end for span in spans)


def _overlaps(start: int, end: int, spans: Sequence[Span]) -> bool:
    return any(span.start < end and start < span.end for span in spans)


def _items(
    text: str, sections: Sequence[Section], known: Sequence[Mention], taxonomy: Taxonomy
) -> Iterator[tuple[str, Span, FoundBy]]:
    """Items of lists of skills that no mention covers: known names that need no context there, and unknown ones."""
    taken = [Span(mention.start, mention.end) for mention in known]
    for section in sections:
        if section.kind not in ("skills", "languages"):
            continue
        for line_start, line_end in lines_of(text, section.start, section.end):
            label = _LABEL.match(text, line_start, line_end)
            for match in _ITEM.finditer(text, label.end() if label else line_start, line_end):
                span = _bare_item(text, match.start(), match.end())
                if span is None or _overlaps(span.start, span.end, taken):
                    continue
                skill = taxonomy.skill_named(text[span.start : span.end])
                if skill:
                    yield skill, span, "taxonomy"
                elif section.kind == "skills" and _is_short(text[span.start : span.end]):
                    yield " ".join(text[span.start : span.end].casefold().split()), span, "list"


def _bare_item(text: str, start: int, end: int) -> Span | None:
    """Leave out what is noted behind a skill: "(5 years)", "- expert"."""
    return _bare(text, start, start + len(_NOTE.sub("", text[start:end])))


def _bare(text: str, start: int, end: int) -> Span | None:
    content = text[start:end]
    start += len(content) - len(content.lstrip(_EDGES))
    bare = content.strip(_EDGES)
    return Span(start, start + len(bare)) if any(letter.isalpha() for letter in bare) else None


def _is_short(item: str) -> bool:
    return len(item) <= _LONGEST_ITEM and len(item.split()) <= _MOST_WORDS and not _NO_ITEM.match(item)


def _tagged(text: str, sections: Sequence[Section], tagger: Tagger, taken: Sequence[Span]) -> Iterator[Span]:
    """Give what the tagger finds in the sentences, where lists and names have not."""
    for section in sections:
        if section.kind in ("profile", "experience", "projects"):
            for start, end in lines_of(text, section.start, section.end):
                for first, last in tagger.find(text[start:end]):
                    span = _bare(text, start + first, start + last)
                    # A comma, or half a sentence, is no name of a skill that two people share.
                    if span and _is_short(text[span.start : span.end]) and not _overlaps(span.start, span.end, taken):
                        yield span
