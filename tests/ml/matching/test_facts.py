"""The facts of a match, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ml.matching.bm25 import Corpus, weigh_descriptions
from ml.matching.documents import DocumentCache
from ml.matching.evidence import LISTED_WORDS
from ml.matching.facts import FACTS, match_facts
from ml.matching.pairs import read_chunks

# Ten resumes: java is in one, sql in five, team in nine, pension in none.
CORPUS = Corpus("id", 10, {"java": 1, "sql": 5, "team": 9, "engineer": 4, "senior": 4})


def weight(n: int) -> float:
    return math.log(1 + (10 - n + 0.5) / (n + 0.5))


def facts_of(folder, resume: str, description: str, title: str = "Engineer", corpus=CORPUS) -> dict[str, float]:
    cache = DocumentCache(folder)
    cache.add({"h": resume})
    texts = weigh_descriptions({"description": description, "title": title}, corpus)
    (chunk,) = read_chunks(cache, ["h"], texts.words)
    described, titled = (np.array([texts.rows.get(key, -1)]) for key in ("description", "title"))
    found = match_facts(chunk, texts, described, titled)
    assert tuple(found) == FACTS
    return {name: float(values[0]) for name, values in found.items()}


def test_every_fact_by_hand(tmp_path) -> None:
    facts = facts_of(tmp_path, "sql sql team cook senior", "Java, SQL, team; pension", "Senior engineer")
    asked = weight(1) + weight(5) + weight(9)
    assert facts == {
        "technical_match": pytest.approx((weight(5) + weight(9)) / asked),
        # Two of java, sql and team; nobody has a pension in the resume, and it is not asked for.
        "matched_words_share": pytest.approx(2 / 3),
        "missing_words": 1,
        "weightiest_words_share": pytest.approx(2 / 3),
        # Both words of the title are as rare as each other.
        "title_words_share": pytest.approx(1 / 2),
        "resume_words": 5,
        # sql, sql and team of five words.
        "resume_focus": pytest.approx(3 / 5),
    }


def test_the_weightiest_words_are_as_many_as_are_listed(tmp_path) -> None:
    rare = [f"w{number}" for number in range(LISTED_WORDS)]
    corpus = Corpus("id", 10, {"team": 9, **dict.fromkeys(rare, 1)})
    facts = facts_of(tmp_path, f"team w0 {rare[1]}", f"team {' '.join(rare)}", corpus=corpus)
    # Two of the eight rare ones; the ninth, team, is asked for, but too common to be among them.
    assert facts["weightiest_words_share"] == pytest.approx(2 / 8)
    assert facts["matched_words_share"] == pytest.approx(3 / 9)


def test_repeating_a_word_ticks_nothing_more_and_length_tells(tmp_path) -> None:
    once = facts_of(tmp_path / "once", "java team", "java sql team")
    often = facts_of(tmp_path / "often", "java team " * 20, "java sql team")
    for name in ("technical_match", "matched_words_share", "missing_words", "weightiest_words_share"):
        assert often[name] == once[name]
    assert (once["resume_words"], often["resume_words"]) == (2, 40)


def test_a_description_of_unusual_words_asks_for_those(tmp_path) -> None:
    facts = facts_of(tmp_path, "pension", "pension crèche")
    assert (facts["matched_words_share"], facts["missing_words"]) == (0.5, 1)


def test_a_title_without_words_is_unknown(tmp_path) -> None:
    assert math.isnan(facts_of(tmp_path, "java", "java", "123 / 45")["title_words_share"])
