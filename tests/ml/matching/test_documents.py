"""The document cache: what goes in comes out, once, whatever happened to the folder."""

from __future__ import annotations

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
