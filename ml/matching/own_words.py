"""Resumes without what they took over from the description that they were sent to, and without repetitions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from ml.matching.copied import description_runs, is_repeated, without_copied
from ml.matching.reading import read_texts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import psycopg

    from ml.matching.documents import DocumentCache


def leave_out_copies(
    connection: psycopg.Connection,
    cache: DocumentCache,
    hashes: Sequence[str | None],
    descriptions: Sequence[str],
    versions: Mapping[str, tuple[str, dt.datetime]],
) -> tuple[list[str | None], dict[str, str]]:
    """Give the text of every pair of a resume and a description, less what the resume copied or repeats.

    What is left of a resume is a document of its own, under a hash of its own, and goes into the cache.

    Parameters
    ----------
    connection : psycopg.Connection
        Reads ``resumes.texts``.
    cache : DocumentCache
        Has all of the resumes.
    hashes : sequence of str or None, shape (n_pairs,)
        The text of each pair's resume; None for no pair.
    descriptions : sequence of str, shape (n_pairs,)
        The description that each was sent to.
    versions : mapping of str to (str, datetime)
        A version of a resume that has the text, by the text's hash.

    Returns
    -------
    hashes : list of str or None, shape (n_pairs,)
        Of the texts to match.
    texts : dict of str to str
        By hash, those that are not in the warehouse: what is left of the resumes that copied.
    """
    copying = _copying_pairs(cache, hashes, descriptions)
    wanted = {key for pair in copying if (key := hashes[pair]) is not None}
    text_of = read_texts(connection, {key: versions[key] for key in wanted})
    left, texts = list(hashes), {}
    for pair in copying:
        text = without_copied(text_of[hashes[pair] or ""], descriptions[pair])
        left[pair] = hashlib.sha256(text.encode()).hexdigest()
        texts[left[pair] or ""] = text
    new = {key: text for key, text in texts.items() if key not in cache}
    if new:
        cache.add(new)
    return left, texts


def _copying_pairs(cache: DocumentCache, hashes: Sequence[str | None], descriptions: Sequence[str]) -> list[int]:
    """Find the pairs whose resume repeats a run or shares one with the description, in the order of the pairs."""
    runs_of = {text: description_runs(text) for text in set(descriptions)}
    anywhere = np.unique(np.concatenate([*runs_of.values(), np.empty(0, np.uint64)]))
    pairs_of: dict[str, list[int]] = defaultdict(list)
    for pair, key in enumerate(hashes):
        if key is not None:
            pairs_of[key].append(pair)
    copying: list[int] = []
    for segment, rows in cache.segments(set(pairs_of)):
        hits = np.flatnonzero(np.isin(segment.runs, anywhere) | is_repeated(segment.runs))
        documents = np.unique(np.searchsorted(segment.run_indptr, hits, side="right") - 1)
        for row in np.intersect1d(documents, rows).tolist():
            runs = segment.runs_of(row)
            pairs = pairs_of[segment.hashes[row]]
            repeats = is_repeated(runs).any()
            copying += [pair for pair in pairs if repeats or np.isin(runs, runs_of[descriptions[pair]]).any()]
    return sorted(copying)
