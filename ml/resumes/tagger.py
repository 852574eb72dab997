"""Skills that no list knows: a sequence model that reads them from the words around (PROSPECT, section 3.2).

A conditional random field over the words of a line. It was trained on the *knowledge* spans of SkillSpan, what a person
knows ("statistics", "automated testing"); the longer *skill* spans there ("work independently in a team") say what a
person does, in words that no two people share, and are of no use to a match.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ml.errors import FacetrankError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml.resumes.taxonomy import Taxonomy

MODEL = Path(__file__).parent / "data" / "skill_tagger.crfsuite"
# Of the file that `python -m ml.resumes.train_tagger` wrote.
MODEL_HASH = "2d9a2a39688fffdf3918b93e0953b9dbd2560a1b0bcd59fd75c9821fd296e489"
BEGIN, INSIDE, OUTSIDE = "B", "I", "O"
_TOKEN = re.compile(r"[^\W_]+(?:[.'’+#&/-]*[^\W_]+)*(?:\+\+|#)?|[^\w\s]|_+")
_DIGIT, _UPPER, _LOWER = re.compile(r"\d+"), re.compile(r"[A-Z]+"), re.compile(r"[^\W\d_A-Z]+")
# How far the model looks to either side.
_STEPS = (-2, -1, 1, 2)
_LONGEST_CACHED = 40


class AlteredTaggerError(FacetrankError):
    """The model file is not the one that was trained and measured."""


class SkillTagger:
    """Finds what people know in a line of text.

    Parameters
    ----------
    taxonomy : Taxonomy
        Skills known by name: that a word is in one is a feature of the model.
    model : bytes
        A model that CRFsuite wrote.
    """

    def __init__(self, taxonomy: Taxonomy, model: bytes) -> None:
        from pycrfsuite import Tagger

        self._taxonomy = taxonomy
        # CRFsuite reads from these bytes as long as it tags, and does not keep them.
        self._model = model
        self._tagger = Tagger()
        self._tagger.open_inmemory(self._model)

    def find(self, line: str) -> list[tuple[int, int]]:
        """Give the spans of a line that name what a person knows.

        Returns
        -------
        list of (int, int)
            Half-open positions in the line, from left to right, without overlap.
        """
        words = list(tokens(line))
        if not words:
            return []
        return spans(words, self._tagger.tag(word_features(line, words, self._taxonomy)))


def read_tagger(taxonomy: Taxonomy, path: Path = MODEL) -> SkillTagger:
    """Read the tagger that is shipped with the package.

    Raises
    ------
    AlteredTaggerError
        The file has another hash than the one that was measured.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != MODEL_HASH:
        raise AlteredTaggerError(
            f"{path.name}: not the model that was measured. Restore the file from the repository, or train it by "
            "`python -m ml.resumes.train_tagger` and record its hash as MODEL_HASH."
        )
    return SkillTagger(taxonomy, content)


def tokens(line: str) -> Iterator[tuple[int, int]]:
    """Give the positions of a line's words and marks: "C++", "Node.js" and "CI/CD" are one word each."""
    for match in _TOKEN.finditer(line):
        yield match.span()


def spans(words: Sequence[tuple[int, int]], tags: Sequence[str]) -> list[tuple[int, int]]:
    """Join tagged words into spans; an inside without a beginning begins."""
    found: list[tuple[int, int]] = []
    before = OUTSIDE
    for (start, end), tag in zip(words, tags, strict=True):
        if tag == BEGIN or (tag == INSIDE and before == OUTSIDE):
            found.append((start, end))
        elif tag == INSIDE:
            found[-1] = (found[-1][0], end)
        before = tag
    return found


def word_features(line: str, words: Sequence[tuple[int, int]], taxonomy: Taxonomy) -> list[list[bytes]]:
    """Describe each word by its form, its place in a known skill, and the words around it; each feature weighs one."""
    known = _known(line, words, taxonomy)
    forms = [_form_of(line[start:end]) for start, end in words]
    described = []
    for place, form in enumerate(forms):
        features = [b"bias", _known_feature(0, known[place]), *form.own]
        for step in _STEPS:
            other = place + step
            if 0 <= other < len(words):
                word, *shape = forms[other].around[step]
                features += [word, _known_feature(step, known[other]), *shape]
            else:
                features.append(_edge_feature(step))
        if place:
            features.append(b"pair=%b %b" % (forms[place - 1].folded, form.folded))
        described.append(features)
    return described


class _Form(NamedTuple):
    """The features of a word, whatever stands around it, as the model writes them.

    Attributes
    ----------
    own : tuple of bytes
        Of the word itself.
    around : dict of int to tuple of bytes
        Of the words beside it, by where it stands from there: the word, and its shape unless that is written the same.
    """

    folded: bytes
    own: tuple[bytes, ...]
    around: dict[int, tuple[bytes, ...]]


def _form_of(text: str) -> _Form:
    # Long ones do not come again, and would fill the memory.
    return _cached_form(text) if len(text) <= _LONGEST_CACHED else _make_form(text)


def _make_form(text: str) -> _Form:
    folded, shape = text.casefold(), _shape(text)
    own = (f"word={folded}", f"shape={shape}", f"starts={folded[:3]}", f"ends={folded[-3:]}", f"ends={folded[-4:]}.")
    forms = (folded,) if folded == shape else (folded, shape)
    around = {step: tuple(f"{step}:{form}".encode() for form in forms) for step in _STEPS}
    return _Form(folded.encode(), tuple(feature.encode() for feature in own), around)


_cached_form = lru_cache(maxsize=10_000)(_make_form)


@lru_cache
def _known_feature(step: int, tag: str) -> bytes:
    return f"{step}:known={tag}".encode() if step else f"known={tag}".encode()


@lru_cache
def _edge_feature(step: int) -> bytes:
    return f"{step}:edge".encode()


def _shape(text: str) -> str:
    """Give the form of a word: Aa.a of Node.js, A0 of HTML5."""
    return _DIGIT.sub("0", _LOWER.sub("a", _UPPER.sub("A", text)))


def _known(line: str, words: Sequence[tuple[int, int]], taxonomy: Taxonomy) -> list[str]:
    """Say of each word whether it begins a skill of the taxonomy, is inside of one, or neither."""
    tags = [OUTSIDE] * len(words)
    mentions = iter(taxonomy.find(line))
    mention = next(mentions, None)
    for place, (start, end) in enumerate(words):
        while mention is not None and mention.end <= start:
            mention = next(mentions, None)
        if mention is not None and mention.start < end:
            tags[place] = BEGIN if start <= mention.start else INSIDE
    return tags
