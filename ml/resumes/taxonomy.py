"""The skills that are known by name, and where a text mentions them.

The names come from two files of ``data/``: O*NET's technology skills and a list of our own with the other ways of
writing a name ("k8s" is Kubernetes). README.md there says where they are from.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DATA = Path(__file__).parent / "data"
# ".NET", "C++" and "C#" are words; "/" and "&" tell "CI/CD" and "R&D" from two names side by side.
_TOKEN = re.compile(r"(?:(?<![^\W_])\.)?[^\W_]+(?:\+\+|#)?|[/&]")
# What may stand between the words of one name: "Node.js", "Spring-Boot", a line that was wrapped.
_WITHIN_NAME = re.compile(r"[ \t\xa0]*|[-‐‑.'’_]|[ \t\xa0]*\r?\n[ \t\xa0]*")
# "Velvet" and "FASTA" are programs, and a cloth and shouted words; "FreeSurfer" and "HEC-2" are nothing else.
_PLAIN_WORD = re.compile(r"[A-Z][a-z]+|[A-Z]+|[a-z]+")


@dataclass(frozen=True)
class Mention:
    """A skill that a text names in ``text[start:end]``.

    Attributes
    ----------
    skill : str
        The canonical name in lower case, the same however the text writes it.
    """

    skill: str
    start: int
    end: int


@dataclass(frozen=True)
class Candidate:
    """A name found in a text; `spellings` are the forms in which it may mean the skill, empty if it always does."""

    skill: str
    start: int
    end: int
    spellings: frozenset[str] = frozenset()


class Taxonomy:
    """Skills by name.

    Parameters
    ----------
    skills : iterable of (str, sequence of str)
        Canonical names with their other names; a name that is there already keeps its skill.
    ambiguous : iterable of str
        Names that are ordinary words as well, as they are written when the skill is meant.
    """

    def __init__(self, skills: Iterable[tuple[str, tuple[str, ...]]], ambiguous: Iterable[str] = ()) -> None:
        self._skills: dict[str, str] = {}
        # What a name begins with, short of its last word.
        self._beginnings: set[str] = set()
        self._spellings: dict[str, frozenset[str]] = {}
        for canonical, others in skills:
            skill = self._skills.get(key_of(canonical), canonical.casefold())
            for name in (canonical, *others):
                self._add(name, skill)
        for name in ambiguous:
            self._spellings[key_of(name)] = self._spellings.get(key_of(name), frozenset()) | {name}

    def _add(self, name: str, skill: str) -> None:
        tokens = [token for _, _, token in _tokens(name)]
        if tokens:
            self._skills.setdefault(" ".join(tokens), skill)
            self._beginnings.update(" ".join(tokens[:count]) for count in range(1, len(tokens)))

    def __len__(self) -> int:
        return len(set(self._skills.values()))

    def skill_named(self, name: str) -> str | None:
        """Canonical name of a skill that is known to be meant, as an item of a list of skills; None if unknown."""
        return self._skills.get(key_of(name))

    def find(self, text: str) -> list[Mention]:
        """Find the skills that a text mentions.

        An ambiguous name ("Go", "Excel") counts only where the context says that the skill is meant.

        Returns
        -------
        list of Mention
            The longest names, from left to right, without overlap.
        """
        from ml.resumes.context import meant_as_skills

        candidates = list(self._candidates(text))
        kept = meant_as_skills(text, candidates)
        return [Mention(found.skill, found.start, found.end) for found in kept]

    def _candidates(self, text: str) -> Iterator[Candidate]:
        tokens = list(_tokens(text))
        after = 0
        for position, (start, _, token) in enumerate(tokens):
            # Few words begin a name.
            if position < after or (token not in self._skills and token not in self._beginnings):
                continue
            if found := self._longest_name(text, tokens, position):
                last, key = found
                yield Candidate(self._skills[key], start, tokens[last][1], self._spellings.get(key, frozenset()))
                after = last + 1

    def _longest_name(self, text: str, tokens: list[tuple[int, int, str]], first: int) -> tuple[int, str] | None:
        """Give the last token, and the key, of the longest name that begins with a token."""
        key, last = tokens[first][2], first
        found = (last, key) if key in self._skills else None
        while key in self._beginnings and last + 1 < len(tokens):
            if not _WITHIN_NAME.fullmatch(text, tokens[last][1], tokens[last + 1][0]):
                break
            last += 1
            key = f"{key} {tokens[last][2]}"
            if key in self._skills:
                found = (last, key)
        return found


def key_of(name: str) -> str:
    """Under what a name is looked up: its words in lower case, whatever stands between them."""
    return " ".join(token for _, _, token in _tokens(name))


def read_taxonomy() -> Taxonomy:
    """Read the taxonomy that is shipped with the package: our own names first, then O*NET's."""
    onet = dict(_skills_of(DATA / "onet_technology.tsv"))
    own = dict(_skills_of(DATA / "skills.tsv"))
    known = {key_of(name) for name in _names_of(own)}
    plain = [name for name in _names_of(onet) if _PLAIN_WORD.fullmatch(name) and key_of(name) not in known]
    return Taxonomy([*own.items(), *onet.items()], [*_lines_of(DATA / "ambiguous.txt"), *plain])


def _names_of(skills: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for canonical, others in skills.items():
        yield canonical
        yield from others


def _skills_of(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in _lines_of(path):
        canonical, _, others = line.partition("\t")
        yield canonical, tuple(others.split("|")) if others else ()


def _lines_of(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def _tokens(text: str) -> Iterator[tuple[int, int, str]]:
    if text.isascii():
        # Folding keeps every letter where it is.
        for match in _TOKEN.finditer(text.casefold()):
            yield match.start(), match.end(), match[0]
        return
    for match in _TOKEN.finditer(text):
        yield match.start(), match.end(), unicodedata.normalize("NFKC", match[0]).casefold()
