"""The skill tagger: what it finds, how its spans are made, and that an altered model is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.resumes.skillspan import Sentence
from ml.resumes.tagger import (
    MODEL,
    AlteredTaggerError,
    SkillTagger,
    _cached_form,
    read_tagger,
    spans,
    tokens,
    word_features,
)
from ml.resumes.taxonomy import Taxonomy, read_taxonomy
from ml.resumes.train_tagger import train

TAXONOMY = Taxonomy([("Kubernetes", ("k8s",)), ("Java", ())])


def test_words_of_a_line() -> None:
    line = "C++, Node.js & CI/CD (C#)."
    assert [line[a:b] for a, b in tokens(line)] == ["C++", ",", "Node.js", "&", "CI/CD", "(", "C#", ")", "."]


def test_tags_become_spans() -> None:
    words = [(0, 2), (3, 5), (6, 8), (9, 11), (12, 14)]
    # A beginning right after another is a span of its own; an inside without a beginning begins one.
    assert spans(words, ["B", "B", "I", "O", "I"]) == [(0, 2), (3, 8), (12, 14)]


def test_features_of_a_word() -> None:
    line = "knows Java ,"
    # A mark has the shape that it is written as, which says it once.
    assert word_features(line, list(tokens(line)), TAXONOMY)[1] == [
        b"bias", b"known=B", b"word=java", b"shape=Aa", b"starts=jav", b"ends=ava", b"ends=java.",
        b"-2:edge", b"-1:knows", b"-1:known=O", b"-1:a", b"1:,", b"1:known=O", b"2:edge", b"pair=knows java",
    ]  # fmt: skip


def test_features_do_not_depend_on_what_was_read_before() -> None:
    # Case, and words too long to be kept: none may be taken for another.
    lines = ["Java JAVA java", f"{'a' * 40} {'a' * 41} {'A' * 41}", "x-ray X-Ray x-ray"]
    fresh = []
    for line in lines:
        _cached_form.cache_clear()
        fresh.append(word_features(line, list(tokens(line)), TAXONOMY))
    again = [word_features(line, list(tokens(line)), TAXONOMY) for line in reversed(lines)]
    assert fresh == again[::-1]


def test_learns_what_follows_a_cue() -> None:
    names = ("statistics", "carpentry", "bookkeeping", "wound care", "plumbing", "fire safety")
    sentences = [
        Sentence(f"{cue}{name} .", ((len(cue), len(cue) + len(name)),), "ad")
        for name in names
        for cue in ("Sound knowledge of ", "You have experience in ", "Strong background in ")
    ]
    sentences += [Sentence(f"We are a team of {number} people .", (), "ad") for number in range(10)]
    tagger = SkillTagger(TAXONOMY, train(sentences, TAXONOMY, absolute=0.01, squared=0.01))
    line = "Sound knowledge of masonry ."
    assert [line[a:b] for a, b in tagger.find(line)] == ["masonry"]
    assert tagger.find("We are a team of 12 people .") == []
    assert tagger.find("") == []


def test_the_same_sentences_give_the_same_bytes() -> None:
    sentences = [Sentence("Knows Java .", ((6, 10),), "ad"), Sentence("We sell shoes .", (), "ad")] * 3
    first, second = (train(sentences, TAXONOMY, absolute=0.1, squared=0.1) for _ in range(2))
    assert first == second


def test_the_shipped_model_finds_skills_that_no_list_has() -> None:
    tagger = read_tagger(read_taxonomy())
    line = "Experience with distributed systems and test automation is required."
    assert {line[a:b] for a, b in tagger.find(line)} == {"distributed systems", "test automation"}


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    altered = tmp_path / "skill_tagger.crfsuite"
    altered.write_bytes(MODEL.read_bytes()[:-1] + b"?")
    with pytest.raises(AlteredTaggerError, match=r"skill_tagger\.crfsuite: not the model that was measured\. Restore"):
        read_tagger(TAXONOMY, altered)
