"""Whole ads: headings, spans, what is asked for twice, and how long reading takes."""

from __future__ import annotations

import random
import time

import pytest

from ml.matching.requirements import read_requirements
from ml.resumes.taxonomy import read_taxonomy
from tests.ml.matching.requirement_words import in_words
from tests.ml.matching.test_requirements_phrasings import TABLE

DEVELOPER = """Senior Backend Engineer (m/f/d)

About us
We are Acme, founded in 2009. Our 200 colleagues use Slack and Jira every day. We have won a prize 5 years in a row.

Your tasks
- Design and build microservices in Java and Kotlin
- Operate our Kubernetes clusters

Your profile
- Completed degree in computer science or comparable qualification
- At least 5 years of professional experience as a software developer, of which 3 years with Java
- Sound knowledge of Spring Boot and SQL databases such as PostgreSQL or MySQL
- First experience with Kafka or RabbitMQ is an advantage
- Very good English skills; German is a plus

What we offer
- 30 days of holiday
- Training in Scala, 2 years of free gym
"""
WAREHOUSE = """Warehouse Operative (Full Time)
We are looking for a reliable warehouse operative to join our team in Leeds. You must have a valid counterbalance
forklift licence and at least 12 months' experience in a similar role. Experience of picking and packing and stock
control is essential. Full training on our WMS will be given. A full UK driving licence would be advantageous but is not
essential. Must be over 18 due to insurance.
"""


@pytest.fixture(scope="module")
def taxonomy():
    return read_taxonomy()


def test_an_ad_of_a_developer(taxonomy) -> None:
    assert in_words(read_requirements(DEVELOPER, taxonomy=taxonomy)) == (
        "back-end development; +microservices; +kotlin; +kubernetes; degree bachelor; experience 5y; java 3y; spring boot; "
        "sql; postgresql or mysql; +apache kafka or rabbitmq; english; +german"
    )


def test_an_ad_without_headings(taxonomy) -> None:
    assert in_words(read_requirements(WAREHOUSE, taxonomy=taxonomy)) == (
        "forklift; experience 1y; order picking; inventory management; +driving"
    )


def test_quotes_are_what_stands_at_their_spans(taxonomy) -> None:
    for text in (DEVELOPER, WAREHOUSE, *(text for text, _ in TABLE)):
        for found in read_requirements(text, taxonomy=taxonomy):
            assert found.quote == text[found.span.start : found.span.end]
            assert found.quote.strip()
    quotes = [found.quote for found in read_requirements(DEVELOPER, taxonomy=taxonomy)]
    assert {"At least 5 years", "3 years with Java", "PostgreSQL or MySQL"} <= set(quotes)


def test_of_what_is_asked_for_twice_the_stricter_stays(taxonomy) -> None:
    def read(text: str) -> str:
        return in_words(read_requirements(text, taxonomy=taxonomy))

    assert read("Java is a plus. 3 years of Java. Java.") == "java 3y"
    assert read("Java. Java. 2 years of SQL. 4 years of SQL.") == "java; sql 4y"
    # Neither says what the other does.
    assert read("2 years of Java required. 5 years of Java are a plus.") == "java 2y; +java 5y"
    assert read("Experience with Java or Kotlin. Experience with Kotlin or Java.") == "java or kotlin"


def test_nothing_is_read_from_nothing(taxonomy) -> None:
    for text in ("", " \n\t\n", "...", "•\n•", "()", "Requirements:"):
        assert read_requirements(text, taxonomy=taxonomy) == ()


@pytest.mark.parametrize("seed", range(20))
def test_any_text_is_read(seed: int, taxonomy) -> None:
    """Pieces of ads in any order: spans lie in the text, in order of their starts or not at all beyond it."""
    generator = random.Random(seed)
    pieces = [text for text, _ in TABLE] + ["\r\n", "• ", "Requirements:\n", "(", ")", "e.g.", "\u00a0", "日本語", "İ"]
    text = " ".join(generator.choices(pieces, k=60))
    for found in read_requirements(text, taxonomy=taxonomy):
        assert 0 <= found.span.start < found.span.end <= len(text)
        assert found.minimum_years is None or found.minimum_years > 0
        assert (found.kind == "experience") == (not found.alternatives)


def test_reading_twice_gives_the_same(taxonomy) -> None:
    assert read_requirements(DEVELOPER, taxonomy=taxonomy) == read_requirements(DEVELOPER, taxonomy=read_taxonomy())


def test_the_time_grows_with_the_length_only(taxonomy) -> None:
    """Ten times as long takes about ten times as long: no pattern runs away."""
    for piece in (DEVELOPER, "a, b, c or d; ", "3 years 3 years ", "not not required but ", "((((", "1,1,1,1"):
        seconds = []
        for copies in (200, 2_000):
            started = time.perf_counter()
            read_requirements(piece * (copies * 20 // len(piece) + 1), taxonomy=taxonomy)
            seconds.append(time.perf_counter() - started)
        # Quadratic would be a hundred times.
        assert seconds[1] < 40 * seconds[0] + 0.1
