"""The sections of a resume, however they are headed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

SectionKind = Literal[
    "header", "profile", "experience", "education", "skills", "languages", "certifications", "projects", "personal",
    "references", "other",
]  # fmt: skip

# What tells the kind of a section, in the order in which a heading with two of them is decided.
_WORDS: tuple[tuple[SectionKind, str], ...] = (
    ("references", "references reference referees referenzen références referencias"),
    ("skills", "skill skills skillset competencies competences competencies competency expertise proficiencies "
    "proficiency "
               "technology technologies tools toolset kenntnisse fähigkeiten kompetenzen edv-kenntnisse compétences "
               "competencias "
               "habilidades conocimientos abilities strengths capabilities software"),
    ("projects", "projects projekte projets proyectos"),
    ("education", "education educational academics schooling studies ausbildung bildung bildungsweg studium "
                  "formation formations études educación formación istruzione qualification degrees"),
    ("experience", "experience experiences employment employments internships internship berufserfahrung "
                   "berufspraxis praxiserfahrung erfahrung expérience expériences experiencia experiencias esperienza "
                   "esperienze positions werdegang"),
    ("certifications", "certification certifications certificates certificate certified licenses licences licensure "
                       "licensures credentials zertifikate zertifizierungen weiterbildung weiterbildungen "
                       "certificaciones courses training trainings"),
    ("languages", "language languages sprachen sprachkenntnisse langues idiomas lingue"),
    ("profile", "summary objective objectives profile about overview synopsis highlights introduction profil "
    "kurzprofil "
                "statement perfil aim goal"),
    ("personal", "bio-data biodata persönliches passport"),
    ("other", "publications patents awards honors honours achievements accomplishments interests interest hobbies "
    "volunteering "
              "volunteer activities memberships affiliations declaration hobbys interessen loisirs publikationen "
              "extracurricular extra-curricular information portfolio links profiles conferences presentations"),
)  # fmt: skip
# These decide only where none of the words above does: a "career objective" is no list of jobs.
_WEAK_WORDS: tuple[tuple[SectionKind, str], ...] = (
    ("personal", "personal persönliche persönlich personnelles personales contact kontakt"),
    ("education", "academic university qualifications"),
    ("experience", "career work professional beruflicher berufliche parcours laboral history assignments jobs"),
    ("skills", "technical it computer stack"),
)
_FILLER_WORDS = (
    "and & of the my in with / und et y de key core main other additional relevant selected major professional work "
    "technical personal academic career it computer history background record summary details detail data scan "
    "qualifications programming known soft hard special areas area expertise profile information industry "
    "industrial domain functional business employer full part time prior previous recent current extra general "
    "handled undertaken "
    "daten angaben beruflicher berufliche professionnelle professionnelles professionnel laboral profesional "
    "informatiques personnelles personales overview highlights training development me executive achievements "
    "available on upon request furnished university college stack development environment tech contact interests "
    "activities job jobs"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_KIND_OF = {word: kind for kind, words in reversed(_WORDS) for word in words.split()}
_RANK = {kind: rank for rank, (kind, _) in enumerate(_WORDS)}
_WEAK_KIND_OF = {word: kind for kind, words in _WEAK_WORDS for word in words.split()}
# Single words that head nothing by themselves.
_LONELY_WORDS = "work professional it computer academic technical university history jobs software information"
_NEVER_ALONE = frozenset(_LONELY_WORDS.split())
_PHRASES: dict[str, SectionKind] = {
    "programming languages": "skills",
    "curriculum vitae": "header",
    "career summary": "profile",
    "summary of qualifications": "profile",
    "declaration": "other",
    "additional information": "other",
}
_LIST_KINDS: frozenset[SectionKind] = frozenset({"skills", "languages", "certifications"})

_ORNAMENT = " \t\r\xa0=*#_~|►▶■◆❖●-–—.:\ufeff"
_NUMBERING = re.compile(r"(?:\d{1,2}|[IVX]{1,4})[.)]\s+")
_BULLET = re.compile(r"\s*(?:[-–—•·●▪◦*]\s+|[•·●▪◦])")
_SPACED_OUT = re.compile(r"(?:\S {1,3}){3,}\S")
_INLINE = re.compile(r"[ \t]*(?:[-–—•·●▪◦*][ \t]*)?([^\W\d_][^:\n]{1,40}?)[ \t]*:[-–—]?[ \t]*(?=\S)")
_WRAPPED = re.compile(r",[ \t\r]*\Z")
_MOST_WRAPPED, _LOOK_BACK = 8, 10
_LONGEST_HEADING = 48
_MOST_WORDS = 6


@dataclass(frozen=True)
class Section:
    """A part of a text.

    Attributes
    ----------
    heading_start : int
        Where its heading begins; equal to `start` if it has none.
    start, end : int
        Its content, ``text[start:end]``.
    is_inline : bool
        "Skills: Java, SQL" within another section, which goes on after it.
    """

    kind: SectionKind
    heading_start: int
    start: int
    end: int
    is_inline: bool = False


# A text is redacted in some passes, most of which change nothing, and then read.
@lru_cache(maxsize=1)
def read_sections(text: str) -> tuple[Section, ...]:
    """Divide a text at its headings.

    Returns
    -------
    tuple of Section
        Sections that cover the text, from ``header``, what stands before the first heading; then the inline ones, which
        lie within these.
    """
    marks: list[tuple[SectionKind, int, int]] = [("header", 0, 0)]
    inline: list[Section] = []
    for start, end in lines_of(text):
        kind = heading_kind(text[start:end])
        if kind == "header":  # "Curriculum vitae" heads everything
            continue
        if kind:
            marks.append((kind, start, min(end + 1, len(text))))
            continue
        label = _inline_kind(text, start, end)
        if label and label[0] in _LIST_KINDS:
            inline.append(Section(label[0], start, label[1], _end_of_list(text, end), is_inline=True))
        elif label and label[0] not in ("other", "projects"):
            marks.append((label[0], start, label[1]))
    ends = [mark[1] for mark in marks[1:]] + [len(text)]
    sections = [Section(kind, begin, start, end) for (kind, begin, start), end in zip(marks, ends, strict=True)]
    return (*sections, *inline)


def heading_kind(line: str) -> SectionKind | None:
    """Kind of section that a line heads; None if it is no heading."""
    bare = line.strip(_ORNAMENT)
    if not bare or len(bare) > _LONGEST_HEADING or _BULLET.match(line):
        return None
    if _SPACED_OUT.fullmatch(bare):
        bare = " ".join(part.replace(" ", "") for part in re.split(r" {2,}", bare))
    bare = _NUMBERING.sub("", bare, count=1)
    if bare[:1].islower() and not line.rstrip().endswith(":"):
        return None
    return _kind_of_words(bare)


# Headings are short and few, and are asked for in every pass over a text.
@lru_cache(maxsize=10_000)
def _kind_of_words(heading: str) -> SectionKind | None:
    folded = " ".join(heading.casefold().split())
    if folded in _PHRASES:
        return _PHRASES[folded]
    words = re.split(r"[\s,&/]+", folded)
    if len(words) > _MOST_WORDS or (len(words) == 1 and words[0] in _NEVER_ALONE):
        return None
    if any(word not in _FILLERS and word not in _KIND_OF and word not in _WEAK_KIND_OF for word in words if word):
        return None
    strong = [_KIND_OF[word] for word in words if word in _KIND_OF]
    if strong:
        return min(strong, key=_RANK.__getitem__)
    return next((_WEAK_KIND_OF[word] for word in words if word in _WEAK_KIND_OF), None)


def _inline_kind(text: str, start: int, end: int) -> tuple[SectionKind, int] | None:
    match = _INLINE.match(text, start, end)
    kind = _kind_of_words(match.group(1)) if match else None
    return (kind, match.end()) if match and kind else None


def _end_of_list(text: str, end: int) -> int:
    """Give where a list ends that goes on in the next lines: one that ends in a comma was wrapped."""
    for _ in range(_MOST_WRAPPED):
        if (
            end >= len(text)
            or not _WRAPPED.search(text[max(0, end - _LOOK_BACK) : end])
            or _INLINE.match(text, end + 1)
        ):
            break
        following = text.find("\n", end + 1)
        end = len(text) if following < 0 else following
    return end


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Give start and end of every line of ``text[start:end]``, without its line break."""
    end = len(text) if end is None else end
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def is_bullet(line: str) -> bool:
    """Whether a line is an item of a list with bullets."""
    return bool(_BULLET.match(line))
