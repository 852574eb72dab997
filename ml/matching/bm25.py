"""BM25 (Robertson and Zaragoza, 2009) of resumes against descriptions, without term frequencies, in [0, 1].

Every distinct word of a description counts once, with weight ``idf(word) = log(1 + (N - n + 1/2) / (n + 1/2))`` where
n of the N resumes of the corpus have the word. A resume earns the weight of every word that it says, however often and
in however long a text: BM25 with k1 = 0. Repeating a word is cheap and proves nothing, and presence orders applicants
better than saturated counts do (docs/adr/0025). The sum is divided by the description's own maximum, the sum of its
weights, so that a resume that says every word earns 1. Words that no resume of the corpus has ("pension", "flexible
hours") are left out of that maximum: nobody says them; somebody who does, earns them, up to 1 (docs/adr/0007). Nothing
in it depends on other applicants. Before any resume was received (N = 0) all words weigh the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.matching.tokens import count_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from ml.matching.documents import Segment


@dataclass(frozen=True)
class Corpus:
    """Term statistics of the resumes received before a quarter.

    Attributes
    ----------
    corpus_id : str
        Version: a hash of what the corpus holds.
    documents : int
        Number of resumes N.
    frequencies : mapping of str to int
        In how many resumes each word occurs; 0 if not listed.
    """

    corpus_id: str
    documents: int
    frequencies: Mapping[str, int]

    def inverse_frequency(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Weight of each word, positive; rarer words weigh more."""
        frequency = np.array([self.frequencies.get(word, 0) for word in words], np.float64)
        return np.log1p((self.documents - frequency + 0.5) / (frequency + 0.5))


@dataclass(frozen=True)
class Descriptions:
    """Descriptions as rows of weights.

    Attributes
    ----------
    rows : mapping of str to int
        Row of each description that has words, by its key.
    words : list of str
        Columns, sorted.
    weights : csr_array of shape (n_descriptions, n_words)
        What each word earns.
    asked : csr_array of shape (n_descriptions, n_words)
        Those weights of the words that a description asks for: the usual ones, which any resume of the corpus has, or
        all of its words where none is usual. Rows sum to one.
    """

    rows: Mapping[str, int]
    words: list[str]
    weights: csr_array
    asked: csr_array


def weigh_descriptions(texts: Mapping[str, str], corpus: Corpus) -> Descriptions:
    """Turn descriptions, under keys of the caller's choice, into weights; those without a word get no row."""
    from scipy.sparse import csr_array

    distinct = {key: words for key, text in texts.items() if (words := sorted(count_words(text)))}
    vocabulary = sorted({word for words in distinct.values() for word in words})
    column = {word: index for index, word in enumerate(vocabulary)}
    weight = corpus.inverse_frequency(vocabulary)
    is_usual = np.array([corpus.frequencies.get(word, 0) > 0 for word in vocabulary], dtype=bool)
    indices = [np.array([column[word] for word in words]) for words in distinct.values()]
    is_asked = [is_usual[row] if is_usual[row].any() else np.ones(len(row), bool) for row in indices]
    shares = [weight[row] / weight[row][asked].sum() for row, asked in zip(indices, is_asked, strict=True)]
    indptr = np.cumsum([0, *(len(row) for row in indices)])
    shape = (len(distinct), len(vocabulary))
    weights = csr_array((_joined(shares, np.float64), _joined(indices, np.int64), indptr), shape=shape)
    asked = weights.copy()
    asked.data *= _joined(is_asked, np.bool_)
    asked.eliminate_zeros()
    return Descriptions({key: row for row, key in enumerate(distinct)}, vocabulary, weights, asked)


def _joined(rows: Sequence[NDArray[np.generic]], kind: type[np.generic]) -> NDArray[np.generic]:
    return np.concatenate(rows) if rows else np.empty(0, kind)


def relevance(earned: csr_array) -> NDArray[np.float64]:
    """Add up what each pair earned of its description's weights, one at most.

    Parameters
    ----------
    earned : csr_array of shape (n_pairs, n_words)
        Weights of the pair's words that the resume says.

    Returns
    -------
    ndarray of shape (n_pairs,), in [0, 1]
    """
    total: NDArray[np.float64] = np.minimum(earned.sum(axis=1), 1.0)
    return total


def count_words_of(segment: Segment, words: Sequence[str]) -> csr_array:
    """Count how often each resume of a segment says each of some words; shape (n_documents, n_words)."""
    from scipy.sparse import csr_array

    column = {word: index for index, word in enumerate(words)}
    target = np.array([column.get(word, -1) for word in segment.words], np.int64)
    documents = np.repeat(np.arange(len(segment.hashes)), np.diff(segment.indptr))
    is_kept = target[segment.indices] >= 0
    kept = (segment.counts[is_kept], (documents[is_kept], target[segment.indices[is_kept]]))
    return csr_array(kept, shape=(len(segment.hashes), len(words)))
