"""What a resume took over from the description is left out, and nothing else."""

from __future__ import annotations

import random

import numpy as np
import pytest

from ml.matching.copied import RUN, run_hashes, without_copied
from ml.matching.tokens import count_words
from ml.resumes.redaction import redact

DESCRIPTION = """We look for a developer who has at least five years of experience in Java and Spring.
Must have: Java, Spring, Oracle, Kafka, Docker. You will build services that our customers trust every day."""
RESUME = "Developer at Acme.\nJava (6 years), Spring, Docker.\nBuilt payment services.\n"


def test_a_resume_of_ones_own_stays_as_it_is() -> None:
    assert without_copied(RESUME, DESCRIPTION) == RESUME


@pytest.mark.parametrize(
    "case", [str, str.upper, lambda text: text.replace(" ", "\n"), lambda text: text.replace(",", "")]
)
def test_a_pasted_description_is_blanked_whatever_its_form(case: object) -> None:
    pasted = RESUME + case(DESCRIPTION)  # type: ignore[operator]
    left = without_copied(pasted, DESCRIPTION)
    assert len(left) == len(pasted)
    assert left[: len(RESUME)] == RESUME
    assert count_words(left) == count_words(RESUME)


def test_runs_of_twelve_words_count_and_shorter_ones_do_not() -> None:
    words = [f"word{k}" for k in range(RUN)]
    assert without_copied(" ".join(words), " ".join(words)).strip() == ""
    shorter = " ".join(words[:-1])
    assert without_copied(shorter, " ".join(words)) == shorter


@pytest.mark.parametrize("seed", range(50))
def test_pasting_any_part_leaves_no_more_words_than_before(seed: int) -> None:
    rng = random.Random(seed)
    words = DESCRIPTION.split()
    first = rng.randrange(len(words) - RUN)
    part = words[first : rng.randrange(first + RUN, len(words))]
    at = rng.choice([0, RESUME.index("\n") + 1, len(RESUME)])
    left = without_copied(f"{RESUME[:at]}\n{' '.join(part)}\n{RESUME[at:]}", DESCRIPTION)
    assert count_words(left) == count_words(RESUME)


@pytest.mark.parametrize("phrase", ["Kafka", "machine learning", "Java, Kafka and SAP in the cloud"])
def test_a_phrase_said_over_and_over_is_blanked(phrase: str) -> None:
    left = without_copied(f"{RESUME}{', '.join([phrase] * 200)}\nSpeaks Dutch.", DESCRIPTION)
    assert count_words(left) == count_words(f"{RESUME}\nSpeaks Dutch.")


def test_the_same_sentence_in_two_places_stays() -> None:
    twice = "\n".join(
        f"Acme {year}: developed and maintained the web shop of a large retailer in Java" for year in "12"
    )
    assert without_copied(twice, DESCRIPTION) == twice


def test_a_pasted_description_is_blanked_although_the_resume_is_redacted() -> None:
    description = (
        "You bring Java, Kafka, Docker and Oracle to the team. Questions? Write to Ann at ann.lee@acme.example or call "
        "+49 30 1234 5678 to hear more of Terraform, Ansible, Grafana and Vault, which we use."
    )
    stored = redact(RESUME + description)
    assert "acme.example" not in stored
    assert count_words(without_copied(stored, description)) == count_words(redact(RESUME))


@pytest.mark.parametrize("seed", range(20))
def test_hashes_tell_runs_apart(seed: int) -> None:
    words = [f"w{number}" for number in np.random.default_rng(seed).integers(0, 50, 500)]
    runs = {tuple(words[k : k + RUN]) for k in range(500 - RUN + 1)}
    assert len(np.unique(run_hashes(" ".join(words)))) == len(runs)


def test_short_texts_have_no_runs() -> None:
    assert len(run_hashes("a few words")) == 0
    assert without_copied("", DESCRIPTION) == ""
