"""Word counts of resumes, cached on disk by the hash of their text, so that only new resumes are tokenised.

The cache is a folder of segments, each written once under a temporary name and then renamed: a killed process leaves
nothing half, and several processes may add at the same time. It can be deleted at any moment.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from ml.matching.copied import RUN, hash_runs, run_words
from ml.matching.tokens import TOKENISER, fold, is_word, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


# Changes whenever the same texts would give another segment.
_FORMAT = f"{TOKENISER}-runs-{RUN}"


@dataclass(frozen=True)
class Segment:
    """Word counts of some documents, as a sparse matrix with words of its own, and hashes of their runs of words.

    Attributes
    ----------
    hashes : list of str
        SHA-256 of each document's text, hexadecimal.
    words : list of str
        Column names; each occurs in the segment.
    indptr, indices, counts : ndarray
        CSR: document i has the words ``indices[indptr[i]:indptr[i + 1]]``, that often.
    run_indptr, runs : ndarray
        Document i has the runs ``runs[run_indptr[i]:run_indptr[i + 1]]``; see :func:`ml.matching.copied.run_hashes`.
    """

    hashes: list[str]
    words: list[str]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    counts: NDArray[np.int32]
    run_indptr: NDArray[np.int64]
    runs: NDArray[np.uint64]

    def runs_of(self, row: int) -> NDArray[np.uint64]:
        """Hashes of the runs of one document."""
        return self.runs[self.run_indptr[row] : self.run_indptr[row + 1]]

    def lengths(self) -> NDArray[np.int64]:
        """Words in each document, repetitions counted; shape (n_documents,)."""
        totals = np.concatenate([[0], np.cumsum(self.counts, dtype=np.int64)])
        lengths: NDArray[np.int64] = totals[self.indptr[1:]] - totals[self.indptr[:-1]]
        return lengths


class DocumentCache:
    """A folder of segments.

    Parameters
    ----------
    folder : Path
        Made if need be; holds the segments of every tokeniser version, reads those of the current one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}
        for path in sorted(folder.glob(f"{_FORMAT}-*.npz")):
            try:
                with path.open("rb") as file, np.load(file) as stored:
                    hashes = _lines(stored["hashes"])
            except (BadZipFile, ValueError, KeyError, EOFError):
                # A segment that a full disk or a crash of the machine spoilt is only work to do again.
                path.unlink()
                continue
            self._names.update(dict.fromkeys(hashes, path.name))

    def __contains__(self, content_hash: str) -> bool:
        return content_hash in self._names

    def add(self, texts: Mapping[str, str]) -> None:
        """Tokenise texts, keyed by their hash, into a new segment."""
        segment = tokenise(texts)
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{_FORMAT}-{hashlib.sha256(' '.join(segment.hashes).encode()).hexdigest()[:32]}.npz"
        building = self._folder / f"{name}.{os.getpid()}"
        with building.open("wb") as file:
            np.savez(
                file,
                hashes=_bytes(segment.hashes),
                words=_bytes(segment.words),
                indptr=segment.indptr,
                indices=segment.indices,
                counts=segment.counts,
                run_indptr=segment.run_indptr,
                runs=segment.runs,
            )
        building.replace(self._folder / name)
        self._names.update(dict.fromkeys(segment.hashes, name))

    def segments(self, wanted: set[str]) -> Iterator[tuple[Segment, NDArray[np.int64]]]:
        """Yield every segment that holds some of the wanted documents, one in memory at a time, with their rows.

        A document that several segments hold is given once.
        """
        for name in sorted({self._names[content_hash] for content_hash in wanted}):
            segment = _read(self._folder / name)
            rows = [row for row, key in enumerate(segment.hashes) if key in wanted and self._names[key] == name]
            yield segment, np.array(rows, np.int64)


def tokenise(texts: Mapping[str, str]) -> Segment:
    """Count the words of texts, keyed by their hash, and hash their runs."""
    divided = [_divide(text) for text in texts.values()]
    words, (indptr, indices, counts) = _count([words for words, _ in divided])
    runs, run_indptr = hash_runs([words for _, words in divided])
    return Segment(list(texts), words, indptr, indices, counts, run_indptr, runs)


def _divide(text: str) -> tuple[list[str], list[str]]:
    """Give the tokens of a text, and the words of its runs: the same, unless folding may join or divide words."""
    found = tokens(fold(text))
    return found, found if text.isascii() else run_words(text)


def _count(
    documents: Sequence[Sequence[str]],
) -> tuple[list[str], tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]]:
    """Count the words of documents, all at once; the words, and the arrays of :class:`Segment`.

    Words, and the words of each document, are in the order in which they occur first.
    """
    column: defaultdict[str, int] = defaultdict()
    column.default_factory = column.__len__
    lengths = np.array([len(document) for document in documents], np.int64)
    found = np.fromiter(map(column.__getitem__, chain.from_iterable(documents)), np.int64, int(lengths.sum()))
    words = [token for token in column if is_word(token)]
    renumbered = np.full(len(column), -1, np.int64)
    renumbered[[column[word] for word in words]] = np.arange(len(words))
    found = renumbered[found]
    cells = np.repeat(np.arange(len(documents)), lengths) * len(words) + found
    cells, first, counts = np.unique(cells[found >= 0], return_index=True, return_counts=True)
    order = np.argsort(first)
    cells, counts = cells[order], counts[order]
    indptr = np.searchsorted(cells // max(len(words), 1), np.arange(len(documents) + 1))
    return words, (indptr, (cells % max(len(words), 1)).astype(np.int32), counts.astype(np.int32))


def _read(path: Path) -> Segment:
    with path.open("rb") as file, np.load(file) as stored:
        arrays = [stored[name] for name in ("indptr", "indices", "counts", "run_indptr", "runs")]
        return Segment(_lines(stored["hashes"]), _lines(stored["words"]), *arrays)


def _bytes(lines: list[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def _lines(stored: NDArray[np.uint8]) -> list[str]:
    # Words and hashes hold no white space, and an empty array no words.
    return stored.tobytes().decode().split()
