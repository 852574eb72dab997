"""Requirements of a job description: skills, degrees and experience, required or preferred (docs/adr/0024).

A description is read by passages (``sections.py``) and their clauses (``clauses.py``); in a clause, durations
(``years.py``) belong to its skills (``items.py``), or to experience as a whole where it names none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ml.matching.requirements.alternatives import group_alternatives
from ml.matching.requirements.clauses import Stance, read_clauses
from ml.matching.requirements.degrees import EXPERIENCE, find_degree
from ml.matching.requirements.headings import Section
from ml.matching.requirements.items import find_items
from ml.matching.requirements.sections import read_passages
from ml.matching.requirements.years import find_years
from ml.resumes.fact_types import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml.matching.requirements.clauses import Clause
    from ml.matching.requirements.degrees import Degree
    from ml.matching.requirements.items import Item
    from ml.matching.requirements.sections import Passage
    from ml.matching.requirements.years import Years
    from ml.resumes.taxonomy import Mention, Taxonomy

Kind = Literal["skill", "degree", "experience"]
# Changes whenever the same description would give other requirements: what is stored carries it.
READER = "requirements-1"


@dataclass(frozen=True)
class Requirement:
    """Something that a description asks for.

    Attributes
    ----------
    kind : {"skill", "degree", "experience"}
    alternatives : tuple of str
        Skills, or levels of degrees, of which any one suffices; ``experience`` among levels means that experience
        stands for the degree. Empty for experience as a whole.
    minimum_years : float or None
        Years of the skill, of experience as a whole, or of the experience that stands for a degree; None if not said.
    is_required : bool
        Otherwise preferred.
    span : Span
        Where the description says so.
    quote : str
        Its words there.
    """

    kind: Kind
    alternatives: tuple[str, ...]
    minimum_years: float | None
    is_required: bool
    span: Span
    quote: str


def read_requirements(description: str, *, taxonomy: Taxonomy) -> tuple[Requirement, ...]:
    """Read what a job description asks for.

    Parameters
    ----------
    description : str
        Plain text, in English.
    taxonomy : Taxonomy
        Knows skills by their names; lists of requirements may name others.

    Returns
    -------
    tuple of Requirement
        In the order of the text; of what is asked for twice, the stricter one.
    """
    mentions = taxonomy.find(description)
    found: list[Requirement] = []
    for passage in read_passages(description):
        names_nothing = passage.section is Section.DUTIES and not _within(mentions, passage.start, passage.end)
        if passage.section is Section.COMPANY or names_nothing:
            continue
        for clause in read_clauses(description, passage.start, passage.end):
            if clause.stance is not Stance.NOT_ASKED:
                within = _within(mentions, clause.start, clause.end)
                found += _read_clause(_Part(description, passage, clause, within), taxonomy)
    return tuple(_strictest(found))


# A clause with a verb of its own is no list, wherever it stands.
_STATEMENT = re.compile(
    r"\b(?:you|we|our|they|it|is|are|was|were|will|would|can|could|may|should|has|have)\b", re.IGNORECASE
)
_OF_EXPERIENCE = re.compile(r"\b(?:experience|exp|yoe|role|position|capacity|job|worked|working)\b", re.IGNORECASE)
_IN_ALL = re.compile(r"\b(?:combined|total|overall|altogether|in\s+all)\b", re.IGNORECASE)
_FOR = re.compile(r"\b(?:for|of)\s+$", re.IGNORECASE)
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class _Part:
    """A clause of a description, the passage it stands in, and what the taxonomy finds in it."""

    text: str
    passage: Passage
    clause: Clause
    mentions: Sequence[Mention]

    @property
    def place(self) -> tuple[str, int, int]:
        return self.text, self.clause.start, self.clause.end

    @property
    def is_work(self) -> bool:
        """What one will do: the skills that it names help, and nothing is asked for."""
        return self.passage.section is Section.DUTIES

    @property
    def is_list(self) -> bool:
        is_listed = self.passage.is_listed and self.passage.section in {Section.REQUIRED, Section.PREFERRED}
        if not is_listed and self.clause.stance is Stance.UNMARKED:
            return False
        plain = self.text[self.clause.start : self.clause.end]
        for start, end in self.clause.cues:
            plain = plain.replace(self.text[start:end], "")
        return not _STATEMENT.search(plain)

    def requirement(
        self, kind: Kind, alternatives: tuple[str, ...], years: float | None, *places: tuple[int, int]
    ) -> Requirement:
        span = Span(min(start for start, _ in places), max(end for _, end in places))
        is_required = self.clause.stance is Stance.REQUIRED or (
            self.clause.stance is Stance.UNMARKED and self.passage.section in {Section.REQUIRED, Section.UNHEADED}
        )
        return Requirement(kind, alternatives, years, is_required, span, self.text[span.start : span.end])


def _read_clause(part: _Part, taxonomy: Taxonomy) -> Iterator[Requirement]:
    if part.is_work:
        known = (group for group in _groups(part, (), None, taxonomy) if all(item.is_known for item in group))
        yield from (_skill(part, group, None) for group in known)
        return
    years = list(find_years(*part.place))
    degree = find_degree(*part.place)
    groups = _groups(part, years, degree, taxonomy)
    if degree:
        minimum = years[0].minimum if years and EXPERIENCE in degree.alternatives else None
        yield part.requirement("degree", degree.alternatives, minimum, (degree.start, degree.end))
        years = []
    elif years and (_IN_ALL.search(*part.place) or not groups):
        # "5 years of combined experience in Java and Python": neither alone has to reach them.
        if years[0].minimum and _is_of_experience(part, years[0]):
            yield part.requirement("experience", (), years[0].minimum, (years[0].start, years[0].end))
        years = []
    for position, group in enumerate(groups):
        yield _skill(part, group, _years_of(part.text, groups, position, years))


def _groups(part: _Part, years: Sequence[Years], degree: Degree | None, taxonomy: Taxonomy) -> list[tuple[Item, ...]]:
    """Give the skills that a clause names beside its durations and its degree, in groups of which any one suffices."""
    masked = [*((found.start, found.end) for found in years), *part.clause.cues]
    if degree:
        # Its field of study follows.
        masked.append((degree.start, part.clause.end))
    items = find_items(*part.place, mentions=part.mentions, masked=masked, is_list=part.is_list, taxonomy=taxonomy)
    return group_alternatives(part.text, items)


def _skill(part: _Part, group: Sequence[Item], years: Years | None) -> Requirement:
    skills = tuple(dict.fromkeys(item.skill for item in group if item.skill))
    places = [(item.start, item.end) for item in group] + ([(years.start, years.end)] if years else [])
    return part.requirement("skill", skills, years.minimum if years else None, *places)


def _within(mentions: Sequence[Mention], start: int, end: int) -> Sequence[Mention]:
    first, last = (bisect_left(mentions, place, key=lambda mention: mention.start) for place in (start, end))
    return mentions[first:last]


def _years_of(text: str, groups: Sequence[Sequence[Item]], position: int, years: Sequence[Years]) -> Years | None:
    """Give the duration that belongs to a group: the one before it, or the one right behind it."""
    start, end = groups[position][0].start, groups[position][-1].end
    if years and years[0].start < groups[0][0].start:
        return next((found for found in reversed(years) if found.start < start), None)
    behind = next((found for found in years if found.start >= end), None)
    if behind is None or _FOR.search(text, groups[-1][-1].end, behind.start):
        return behind
    following = groups[position + 1][0].start if position + 1 < len(groups) else behind.end
    return behind if behind.start < following else None


def _is_of_experience(part: _Part, years: Years) -> bool:
    if _OF_EXPERIENCE.search(*part.place) or _IN_ALL.search(*part.place):
        return True
    # "Experience: 4-6 years": the heading says so.
    beside = part.text[part.clause.start : years.start] + part.text[years.end : part.clause.end]
    return not _WORD.search(beside) and part.passage.is_listed and part.passage.section is Section.REQUIRED


def _strictest(found: Sequence[Requirement]) -> Iterator[Requirement]:
    """Yield the requirements in the order of the text, but those that another one implies; of equal ones the first."""
    strictest: dict[tuple[str, frozenset[str], bool], Requirement] = {}
    for one in found:
        key = (one.kind, frozenset(one.alternatives), one.is_required)
        if key not in strictest or _years(strictest[key]) < _years(one):
            strictest[key] = one
    for (kind, alternatives, is_required), one in sorted(strictest.items(), key=lambda item: item[1].span.start):
        required = strictest.get((kind, alternatives, True))
        if is_required or required is None or _years(required) < _years(one):
            yield one


def _years(requirement: Requirement) -> float:
    return requirement.minimum_years or 0
