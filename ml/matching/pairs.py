"""Pairs of a resume and a description, read from the document cache in chunks: what matches are computed from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.matching.bm25 import count_words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from ml.matching.documents import DocumentCache

# With the texts of their resumes, some 50 MB.
PAIRS_PER_CHUNK = 10_000


@dataclass(frozen=True)
class Chunk:
    """Some pairs and what their resumes say.

    Attributes
    ----------
    pairs : ndarray of int, shape (n_pairs,)
        Positions among all the pairs.
    counts : csr_array of shape (n_pairs, n_words)
        How often each resume says each word.
    lengths : ndarray of int, shape (n_pairs,)
        Words of each resume, repetitions counted; 0 where it has none.
    """

    pairs: NDArray[np.int64]
    counts: csr_array
    lengths: NDArray[np.int64]

    def take(self, is_taken: NDArray[np.bool_]) -> Chunk:
        """Give some of the pairs, by a mask of shape (n_pairs,)."""
        return Chunk(self.pairs[is_taken], self.counts[is_taken], self.lengths[is_taken])


def read_chunks(cache: DocumentCache, hashes: Sequence[str | None], words: Sequence[str]) -> Iterator[Chunk]:
    """Yield every pair whose resume has a hash once, by segments of the cache, at most ``PAIRS_PER_CHUNK`` at a time.

    Parameters
    ----------
    cache : DocumentCache
        Has all of the resumes.
    hashes : sequence of str or None, shape (n_pairs,)
        The text of each pair's resume; None for no pair.
    words : sequence of str
        The words to count: the columns of the descriptions.
    """
    pairs_of: dict[str, list[int]] = defaultdict(list)
    for pair, content_hash in enumerate(hashes):
        if content_hash is not None:
            pairs_of[content_hash].append(pair)
    for segment, rows in cache.segments(set(pairs_of)):
        found = [(pair, row) for row in rows.tolist() for pair in pairs_of[segment.hashes[row]]]
        pairs, documents = np.array(found, np.int64).T
        counts, lengths = count_words_of(segment, words), segment.lengths()
        for start in range(0, len(found), PAIRS_PER_CHUNK):
            part = slice(start, start + PAIRS_PER_CHUNK)
            yield Chunk(pairs[part], counts[documents[part]], lengths[documents[part]])
