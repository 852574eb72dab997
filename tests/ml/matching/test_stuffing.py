"""The law that stuffing a resume does not raise t, over made-up descriptions and resumes of many shapes."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache

import pytest

from ml.matching.asked import Asked, met_by, skills_beyond
from ml.matching.bm25 import Corpus, weigh_descriptions
from ml.matching.copied import without_copied
from ml.matching.match import technical_match
from ml.matching.people import Applicant, person_of
from ml.matching.requirements import read_requirements
from ml.matching.tokens import count_words
from ml.resumes.facts import read_facts
from ml.resumes.redaction import redact
from ml.resumes.taxonomy import read_taxonomy

RECEIVED_ON = dt.date(2026, 6, 1)
SKILLS = (
    "Java", "Python", "Kubernetes", "SAP", "Oracle", "Docker", "machine learning", "Spring Boot", "PostgreSQL", "Kafka",
    "Terraform", "Tableau", "Salesforce", "AutoCAD", "underwater welding", "ward rounds",
)  # fmt: skip
taxonomy = cache(read_taxonomy)


def match(resume: str, description: str) -> float:
    """Give t as the product does, of a resume as it landed, before any corpus."""
    text = without_copied(redact(resume), description)
    facts = read_facts(text, received_on=RECEIVED_ON, taxonomy=taxonomy(), tagger=None)
    requirements = read_requirements(description, taxonomy=taxonomy())
    asked = Asked(requirements, skills_beyond(requirements, taxonomy()))
    met, _ = met_by(asked, Applicant(text, RECEIVED_ON, person_of(facts)).finding(asked.unlisted))
    texts = weigh_descriptions({"R": description}, Corpus("", 0, {}))
    said = count_words(text)
    words = zip(texts.words, texts.weights.toarray()[0].tolist(), strict=True)
    return technical_match(min(1.0, sum(weight for word, weight in words if word in said)), met)


def advertise(generator: random.Random) -> tuple[str, list[str]]:
    skills = generator.sample(SKILLS, 6)
    years = generator.randint(2, 9)
    forms = [
        "Engineer for our plant in Ghent.\nRequirements:\n- At least {y} years of experience in {a}\n- {b} or {c}\n- {d}\n"
        "- Bachelor's degree\nNice to have: {e}, {f}\nWrite to jobs@acme.example or call +32 9 123 45 67.",
        "We look for somebody who has worked with {a}, {b} and {c} for {y} years or longer and who likes to teach {d} to "
        "colleagues in other countries. {e} and {f} would be a plus, a master's degree as well.",
        "{y}+ years of professional experience required. You must know {a}, {b}, {c}, {d}, and ideally {e} or {f}, and "
        "you will look after the systems that our customers in all of our countries trust every day.",
    ]
    return generator.choice(forms).format(y=years, **dict(zip("abcdef", skills, strict=True))), skills


def write(generator: random.Random, asked: list[str]) -> list[str]:
    has = generator.sample(SKILLS, 3) + generator.sample(asked, generator.randint(0, 3))
    jobs = [
        f"Firm {number} Ltd, Engineer, Jan {year} - Dec {year + 1}\n- Worked with {generator.choice(has)}."
        for number, year in enumerate(generator.sample(range(2008, 2024, 2), 3))
    ]
    skills = ", ".join(
        f"{skill} ({generator.randint(1, 8)} years)" if generator.random() < 0.5 else skill for skill in has
    )
    degree = generator.choice(["BSc Physics, University of Leeds", "Master of Science, Leeds", "Evening classes"])
    return ["PROFILE\nEngineer.", "EXPERIENCE", *jobs, f"EDUCATION\n{degree}", f"SKILLS\n{skills}"]


@pytest.mark.parametrize("seed", range(100))
def test_neither_pasting_nor_repeating_raises_t(seed: int) -> None:
    generator = random.Random(seed)
    description, asked = advertise(generator)
    parts = write(generator, asked)
    plain = match("\n".join(parts), description)
    forms = [description, description.upper(), " ".join(description.split()), f"{description}\n" * 5]
    repeated = [generator.choice([", ", " ", "\n"]).join([skill] * 200) for skill in asked]
    for stuffing in (*forms, *repeated):
        at = generator.randint(0, len(parts))
        stuffed = match("\n".join([*parts[:at], stuffing, *parts[at:]]), description)
        assert stuffed <= plain + 1e-9, (at, stuffing[:60])


@pytest.mark.parametrize("seed", range(20))
def test_an_honest_resume_is_read_as_it_is(seed: int) -> None:
    generator = random.Random(seed)
    description, asked = advertise(generator)
    resume = "\n".join(write(generator, asked))
    assert without_copied(redact(resume), description) == redact(resume)


def test_a_mention_still_counts() -> None:
    description, asked = advertise(random.Random(0))
    assert match("SKILLS\n" + asked[0], description) > match("SKILLS\nEnamelling", description)
