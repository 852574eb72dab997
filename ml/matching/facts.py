"""What a screener would see of a match, as numbers: the features that rankers learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ml.matching.bm25 import relevance
from ml.matching.evidence import LISTED_WORDS, weightiest

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from ml.matching.bm25 import Descriptions
    from ml.matching.pairs import Chunk

FACTS = (
    "technical_match",
    "matched_words_share",
    "missing_words",
    "weightiest_words_share",
    "title_words_share",
    "resume_words",
    "resume_focus",
)


def match_facts(
    chunk: Chunk, texts: Descriptions, described: NDArray[np.int64], titled: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """Compute the facts of some pairs.

    Parameters
    ----------
    chunk : Chunk
        Pairs whose resumes have words.
    texts : Descriptions
        Descriptions and titles.
    described, titled : ndarray of int, shape (n_pairs,)
        Row of each pair's description, and of its title; -1 for a title without words.

    Returns
    -------
    dict of str to ndarray of shape (n_pairs,)
        By the names of ``FACTS``; NaN for what there is not. Of the words that the description asks for:
        ``technical_match`` of their weight is in the resume (:func:`ml.matching.bm25.relevance`), and
        ``matched_words_share`` of their number; ``missing_words`` are not; ``weightiest_words_share`` of its
        ``LISTED_WORDS`` weightiest are. The others:
        ``title_words_share`` of the title's weight is in the resume; ``resume_words`` is the resume's length;
        ``resume_focus`` of it are words that the description asks for.
    """
    says = chunk.counts.astype(bool)
    asked, listed = texts.asked[described], weightiest(texts.asked)[described]
    met = asked.multiply(says).tocsr()
    n_asked, n_met = np.diff(asked.indptr), np.diff(met.indptr)
    title = texts.asked[np.maximum(titled, 0)].multiply(says)
    return {
        "technical_match": relevance(texts.weights[described].multiply(says).tocsr()),
        "matched_words_share": n_met / n_asked,
        "missing_words": (n_asked - n_met).astype(np.float64),
        "weightiest_words_share": _sum(listed.multiply(says)) / np.minimum(n_asked, LISTED_WORDS),
        "title_words_share": np.where(titled < 0, np.nan, np.minimum(_sum(title), 1.0)),
        "resume_words": chunk.lengths.astype(np.float64),
        "resume_focus": _sum(chunk.counts.multiply(asked.astype(bool))) / chunk.lengths,
    }


def _sum(matrix: csr_array) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.asarray(matrix.sum(axis=1), np.float64)
    return total
