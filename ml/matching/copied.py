"""Text that a resume took over from the description, which proves nothing and counts for nothing.

Whoever pastes the description into a resume, in white or not, would otherwise match it. Runs of twelve or more words
that both have, function words included, are no coincidence: two people do not write the same sentence. A list of skills
in the description's order is no such run unless twelve of them stand together. Nor does a run prove anything that says
the same over and over, one word or some: it is left out as well.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from ml.matching.tokens import fold
from ml.resumes.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RUN = 12
_WORD = re.compile(r"[^\W_]+")
# Odd, so that multiplying by it, and by its powers, loses nothing of 64 bits.
_FACTOR = 0x9E3779B97F4A7C15
_POWERS = np.array([pow(_FACTOR, step, 2**64) for step in range(RUN)], np.uint64)


def run_hashes(text: str) -> NDArray[np.uint64]:
    """Hash every run of ``RUN`` words of a text, shape (n_words - RUN + 1,), in their order; empty if it is shorter."""
    hashes, _ = hash_runs([run_words(text)])
    return hashes


def run_words(text: str) -> list[str]:
    """Give the words of a text that its runs are made of, folded; a ``+`` or ``#`` behind one is no part of it."""
    return [fold(word) for word in _WORD.findall(text)]


def hash_runs(documents: Sequence[Sequence[str]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hash the runs of some documents, given their words.

    Returns
    -------
    runs : ndarray of shape (n_runs,)
        Of all documents, in their order.
    indptr : ndarray of shape (n_documents + 1,)
        Document i has ``runs[indptr[i]:indptr[i + 1]]``.
    """
    ends = np.cumsum([0, *map(len, documents)], dtype=np.int64)
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    numbers = np.fromiter(map(number.__getitem__, chain.from_iterable(documents)), np.int64, int(ends[-1]))
    indptr = np.concatenate([[0], np.cumsum(np.maximum(np.diff(ends) - RUN + 1, 0))]).astype(np.int64)
    if len(numbers) < RUN:
        return np.empty(0, np.uint64), indptr
    hashes = np.array([_hash(word.rstrip("+#")) for word in number], np.uint64)[numbers]
    # A run that begins in one document and ends in another is none.
    end_of = np.repeat(ends[1:], np.diff(ends))[: len(numbers) - RUN + 1]
    is_whole = np.arange(RUN, len(numbers) + 1) <= end_of
    return np.convolve(hashes, _POWERS, "valid")[is_whole], indptr


def description_runs(description: str) -> NDArray[np.uint64]:
    """Hash the runs of a description, sorted: as it is, and redacted, as the resume is into which it was pasted."""
    return np.unique(np.concatenate([run_hashes(description), run_hashes(redact(description))]))


def is_repeated(runs: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Say of each run of a text whether the same begins again before it ends, or began before it did.

    Nobody writes so: twelve words that are said again one to eleven words later are one word, or some, over and over.
    """
    repeated = np.zeros(len(runs), bool)
    for step in range(1, RUN):
        same = runs[step:] == runs[:-step]
        repeated[step:] |= same
        repeated[:-step] |= same
    return repeated


def without_copied(text: str, description: str) -> str:
    """Blank out what a resume took over from a description or repeats, so that every other word stays where it is.

    Parameters
    ----------
    text : str
        Of the resume.
    description : str
        Of the requisition that it was sent to.

    Returns
    -------
    str
        Of the same length; spaces for the words of such runs and for what stands between them.
    """
    runs = run_hashes(text)
    is_start = np.isin(runs, description_runs(description)) | is_repeated(runs)
    words = [match.span() for match in _WORD.finditer(text)]
    kept, position = [], 0
    for first, last in _runs(np.flatnonzero(is_start)):
        start, end = words[first][0], words[last + RUN - 1][1]
        kept += [text[position:start], re.sub(r"[^\n]", " ", text[start:end])]
        position = end
    return "".join([*kept, text[position:]])


def _runs(starts: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Join the runs that overlap or touch: first and last start of each."""
    breaks = np.flatnonzero(np.diff(starts) > RUN) + 1
    return [(int(part[0]), int(part[-1])) for part in np.split(starts, breaks) if len(part)]


@lru_cache(maxsize=100_000)
def _hash(folded: str) -> int:
    return int.from_bytes(hashlib.blake2b(folded.encode(), digest_size=8).digest(), "little")
