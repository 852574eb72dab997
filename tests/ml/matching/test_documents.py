"""The document cache: what goes in comes out, once, whatever happened to the folder."""

from __future__ import annotations

import random

import numpy as np
import pytest

from ml.matching.copied import RUN, run_hashes
from ml.matching.documents import DocumentCache, tokenise
from ml.matching.tokens import count_words

TEXTS = {"h1": "java java c++", "h2": "", "h3": "漢字 sql"}


def counted(cache, wanted):
    found = {}
    for segment, rows in cache.segments(wanted):
        for row in rows:
            entries = slice(segment.indptr[row], segment.indptr[row + 1])
            words = [segment.words[index] for index in segment.indices[entries]]
            assert segment.hashes[row] not in found
            found[segment.hashes[row]] = dict(zip(words, segment.counts[entries].tolist(), strict=True))
            assert segment.lengths()[row] == sum(found[segment.hashes[row]].values())
    return found


def test_documents_come_back_from_disk(tmp_path):
    DocumentCache(tmp_path).add(TEXTS)
    again = DocumentCache(tmp_path)
    assert "h1" in again
    assert "h9" not in again
    assert counted(again, {"h1", "h2", "h3"}) == {key: count_words(text) for key, text in TEXTS.items()}
    assert counted(again, {"h3"}) == {"h3": {"漢字": 1, "sql": 1}}


def test_a_document_in_two_segments_is_given_once(tmp_path):
    # Two processes may tokenise the same resume at the same time.
    DocumentCache(tmp_path).add({"h1": "java", "h2": "sql"})
    DocumentCache(tmp_path).add({"h2": "sql", "h3": "perl"})
    assert set(counted(DocumentCache(tmp_path), {"h1", "h2", "h3"})) == {"h1", "h2", "h3"}


def test_a_spoilt_segment_is_forgotten_and_written_again(tmp_path):
    DocumentCache(tmp_path).add(TEXTS)
    (stored,) = tmp_path.iterdir()
    stored.write_bytes(stored.read_bytes()[:200])
    cache = DocumentCache(tmp_path)
    assert "h1" not in cache
    cache.add(TEXTS)
    assert set(counted(DocumentCache(tmp_path), set(TEXTS))) == set(TEXTS)


def test_no_words_at_all():
    segment = tokenise({"h": ""})
    assert segment.lengths().tolist() == [0]
    assert segment.words == []


@pytest.mark.parametrize("seed", range(30))
def test_together_is_as_alone(seed):
    # Letters that folding joins, divides or makes longer, marks, numbers, function words; texts shorter than a run too.
    rng = random.Random(seed)
    letters = "ab cC+#_-2 ½²ﬁＪ漢İß\n"
    parts = ["the", "and", "2019", *("".join(rng.choices(letters, k=rng.randrange(9))) for _ in range(20))]
    texts = {str(number): " ".join(rng.choices(parts, k=rng.randrange(4 * RUN))) for number in range(20)}
    segment = tokenise(texts)
    for row, text in enumerate(texts.values()):
        entries = slice(segment.indptr[row], segment.indptr[row + 1])
        words = [segment.words[index] for index in segment.indices[entries]]
        # In the order in which they occur first, which sums of weights go by.
        assert list(zip(words, segment.counts[entries].tolist(), strict=True)) == list(count_words(text).items())
        np.testing.assert_array_equal(segment.runs_of(row), run_hashes(text))
    assert segment.words == list(dict.fromkeys(word for text in texts.values() for word in count_words(text)))


def test_the_words_of_runs_are_folded_and_end_before_their_marks():
    # Twelve words are one run, whatever their case and the marks behind them.
    plain = " ".join("abcdefghijkl")
    marked = "A++ b# C, d e f g h i j k l+"
    first, second = (tokenise({"h": text}).runs.tolist() for text in (plain, marked))
    assert first == second == run_hashes(plain).tolist() == run_hashes(marked).tolist()
    assert len(first) == 1


def test_no_documents_at_all():
    segment = tokenise({})
    assert (segment.hashes, segment.words, segment.indptr.tolist(), segment.run_indptr.tolist()) == ([], [], [0], [0])
