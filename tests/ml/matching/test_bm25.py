"""BM25 against the formula written out, and the properties that t promises."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from ml.matching.bm25 import Corpus, count_words_of, relevance, weigh_descriptions
from ml.matching.documents import tokenise
from ml.matching.evidence import LISTED_WORDS, words_found
from ml.matching.tokens import count_words

WORDS = [f"w{number}" for number in range(30)]
CORPUS = Corpus("id", 40, {word: number for number, word in enumerate(WORDS[:25])})
EMPTY = Corpus("id", 0, {})


def said(resumes, words):
    segment = tokenise({str(number): text for number, text in enumerate(resumes)})
    return count_words_of(segment, words).astype(bool)


def match(resumes, description, corpus=CORPUS):
    descriptions = weigh_descriptions({"R": description}, corpus)
    says = said(resumes, descriptions.words)
    return relevance(descriptions.weights[np.zeros(len(resumes), np.int64)].multiply(says).tocsr())


def plain_match(resume, description, corpus):
    """The formula of Robertson and Zaragoza for k1 = 0, word by word."""
    words = count_words(resume)
    total = best = 0.0
    for word in set(count_words(description)):
        n = corpus.frequencies.get(word, 0)
        weight = math.log(1 + (corpus.documents - n + 0.5) / (n + 0.5))
        total += weight if word in words else 0
        best += weight if n or not corpus.frequencies else 0
    return min(1, total / best)


def random_text(generator, n_words):
    return " ".join(generator.choices(WORDS, k=n_words))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("corpus", [CORPUS, EMPTY])
def test_what_is_earned_is_the_formula(seed, corpus):
    generator = random.Random(seed)
    resumes = [random_text(generator, generator.randrange(1, 40)) for _ in range(20)]
    description = random_text(generator, 8)
    t = match(resumes, description, corpus)
    assert t == pytest.approx([plain_match(resume, description, corpus) for resume in resumes])
    assert ((t >= 0) & (t <= 1)).all()


@pytest.mark.parametrize("seed", range(10))
def test_one_more_applicant_or_requisition_changes_nobody_elses_t(seed):
    generator = random.Random(seed)
    resumes = [random_text(generator, 20) for _ in range(10)]
    description = random_text(generator, 8)
    alone = [match([resume], description)[0] for resume in resumes]
    # Bit for bit, not nearly.
    assert match(resumes, description).tolist() == alone
    other = weigh_descriptions({"A": "zzz aaa w1 w29", "R": description}, CORPUS)
    row = np.full(len(resumes), other.rows["R"])
    together = relevance(other.weights[row].multiply(said(resumes, other.words)).tocsr())
    assert together.tolist() == alone


def test_a_rarer_word_weighs_more():
    # w1 is in 1 of 40 resumes, w20 in 20.
    assert CORPUS.inverse_frequency(["w1", "w20", "never"])[[2, 0, 1]].tolist() == sorted(
        CORPUS.inverse_frequency(["w1", "w20", "never"]).tolist(), reverse=True
    )


@pytest.mark.parametrize("seed", range(20))
def test_saying_it_again_earns_nothing(seed):
    generator = random.Random(seed)
    resume, description = random_text(generator, 20), random_text(generator, 8)
    word = generator.choice(resume.split())
    assert match([f"{resume} " + f"{word} " * 200], description).tolist() == match([resume], description).tolist()


def test_before_any_resume_words_weigh_the_same():
    # One of two words: 1/2 of the description.
    assert match(["java", "java " + "filler " * 500], "java python", EMPTY) == pytest.approx([1 / 2] * 2)


def test_who_says_everything_is_a_full_match() -> None:
    words = WORDS[:12]
    assert match([" ".join(words)], " ".join(words)) == pytest.approx([1.0])


def test_words_that_no_resume_has_are_not_missed_but_count_for_who_has_them() -> None:
    # w27 is in no resume of the corpus.
    resume = "w1" + " x" * 11
    assert match([resume], "w1 w2 w27") == pytest.approx(match([resume], "w1 w2"))
    assert match(["w1 w27" + " x" * 10], "w1 w2 w27")[0] > match([resume], "w1 w2 w27")[0]
    # A description of nothing else asks for just that.
    assert match(["w27" + " x" * 11], "w27 w28") == pytest.approx([0.5])


def test_a_description_without_words_has_no_row():
    descriptions = weigh_descriptions({"R-1": "the 42 of", "R-2": "java"}, CORPUS)
    assert dict(descriptions.rows) == {"R-2": 0}
    assert weigh_descriptions({}, CORPUS).weights.shape == (0, 0)


def test_evidence_lists_the_weightiest_words_ties_by_name():
    words = [f"w{number:02}" for number in range(12)]
    corpus = Corpus("id", 10, {"w00": 9})
    descriptions = weigh_descriptions({"R": " ".join(words)}, corpus)
    says = said(["w00 w01 w02 w02", "nothing"], descriptions.words)
    weights = descriptions.weights[np.array([0, 0])]
    found = words_found(weights, weights.multiply(says).tocsr(), descriptions.words)
    # w00 is common; saying w02 twice is no more; ten words are missing to the first, of which eight are listed.
    assert found[0] == {"matched": ["w01", "w02", "w00"], "missing": [f"w{number:02}" for number in range(3, 11)]}
    assert found[1]["matched"] == []
    assert found[1]["missing"] == [f"w{number:02}" for number in range(1, 1 + LISTED_WORDS)]
