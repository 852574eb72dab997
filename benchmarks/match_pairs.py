"""``python -m benchmarks.match_pairs {onet,simulated} ...``: how well t, and each half of it, orders resumes.

``onet OCCUPATIONS TECHNOLOGIES``: pairs made of O*NET's files. The file of technologies lists each name once, with the
first occupation (in the order of their codes) that uses it, the names of an occupation in alphabetical order. An
alphabetical run of twelve names or more is therefore what one occupation uses, or a few neighbouring ones: a *kit*. Its
neighbours in the file are near to it, kits a third of the file away are far. The occupation of a kit is the one, of
some at about the same place in their file, whose title and description share most rare words with the kit's names: a
guess, and the right field in most that were looked at.

A description is that occupation's own, with six of the kit's names as required (two of them with years, two as
alternatives) and three as preferred. To it come twelve resumes, with the years of what they name: of the same kit, with
years enough (grade 3) and with half of them at most (2), of a near kit (1), and of a far one (0), three each. A resume
of the same kit has each name asked for with a chance of .7, one of another kit with .1. Beside them it has twelve other
names of its kit, or as many as there are, and of its occupation's description every other nine words, with a chance of
one half each: less than a copied run.

``simulated FOLDER``: what ``facetrank simulate`` wrote; the outcome is passing the screen, pairs are within
requisitions.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ml.matching.asked import Asked, add_form, met_by, skills_beyond
from ml.matching.bm25 import Corpus, weigh_descriptions
from ml.matching.copied import without_copied
from ml.matching.people import Applicant, person_of, with_form
from ml.matching.requirements import read_requirements
from ml.matching.tokens import count_words
from ml.resumes.facts import read_facts
from ml.resumes.redaction import redact
from ml.resumes.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from ml.resumes.taxonomy import Taxonomy

T = TypeVar("T")

RECEIVED_ON = dt.date(2026, 6, 1)
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
LEAST_NAMES = 12
OWN_NAMES = 12
# Occupations whose names were all listed before have no run: the file lags behind the occupations.
OCCUPATIONS_BEFORE = 150
DESCRIPTIONS = 400
_RESAMPLES = 1_000


@dataclass(frozen=True)
class Candidate:
    """A resume, how well it fits the description that it was sent to, and what the application form says."""

    resume: str
    grade: int
    received_on: dt.date = RECEIVED_ON
    years_experience: float | None = None
    highest_degree: str | None = None


@dataclass(frozen=True)
class Group:
    """A description, the candidates to order by it, and what the requisition's form asks for."""

    description: str
    candidates: Sequence[Candidate]
    minimum_years: float | None = None
    required_degree: str | None = None

    @property
    def grades(self) -> NDArray[np.int64]:
        """How well each candidate fits."""
        return np.array([candidate.grade for candidate in self.candidates])


@dataclass(frozen=True)
class Matcher:
    """Matches as the product does, with the words' weights of some resumes."""

    corpus: Corpus
    taxonomy: Taxonomy

    def scores(self, group: Group) -> dict[str, NDArray[np.float64]]:
        """Score every candidate of a group: by the plain share of words, and by t for each weight of requirements."""
        texts = weigh_descriptions({"": group.description}, self.corpus)
        weights = dict(zip(texts.words, texts.weights.toarray()[0].tolist(), strict=True))
        described = read_requirements(group.description, taxonomy=self.taxonomy)
        requirements = add_form(described, group.minimum_years, group.required_degree)
        asked = Asked(requirements, skills_beyond(requirements, self.taxonomy))
        own = [without_copied(redact(candidate.resume), group.description) for candidate in group.candidates]
        said = [weights.keys() & count_words(text).keys() for text in own]
        plain = np.array([len(words) / len(weights) for words in said])
        relevance = np.array([min(1.0, sum(weights[word] for word in words)) for words in said])
        shares = [self._met(asked, each, text) for each, text in zip(group.candidates, own, strict=True)]
        met = np.where(np.isnan(shares), relevance, shares)
        joined = {f"t, weight {w:.2f} on requirements": (1 - w) * relevance + w * met for w in WEIGHTS}
        return {"plain keywords": plain} | joined

    def _met(self, asked: Asked, candidate: Candidate, text: str) -> float:
        facts = read_facts(text, received_on=candidate.received_on, taxonomy=self.taxonomy, tagger=None)
        applicant = Applicant(text, candidate.received_on, person_of(facts))
        person = with_form(applicant.finding(asked.unlisted), candidate.years_experience, candidate.highest_degree)
        share, _ = met_by(asked, person)
        return math.nan if share is None else share


def corpus_of(resumes: Sequence[str]) -> Corpus:
    """Count in how many resumes each word is."""
    frequencies = Counter(word for text in resumes for word in count_words(redact(text)))
    return Corpus("", len(resumes), frequencies)


@dataclass(frozen=True)
class Kit:
    """What an occupation uses, and what is said of it."""

    title: str
    description: str
    names: Sequence[str]


def read_kits(occupations: Path, technologies: Path) -> list[Kit]:
    """Read O*NET's files; see the module's docstring."""
    with technologies.open(encoding="utf-8", newline="") as file:
        names = [row["Example"] for row in csv.DictReader(file)]
    with occupations.open(encoding="utf-8", newline="") as file:
        described = [(row["Title"], row["Description"]) for row in csv.DictReader(file, delimiter="\t")]
    breaks = [place for place in range(1, len(names)) if names[place].casefold() < names[place - 1].casefold()]
    stems = [_stems(" ".join(words)) for words in described]
    rarity = {stem: math.log(len(stems) / count) for stem, count in Counter(s for one in stems for s in one).items()}
    runs = list(zip([0, *breaks], [*breaks, len(names)], strict=True))
    kits = []
    for number, (start, end) in enumerate(runs):
        if end - start >= LEAST_NAMES:
            place = round(number / len(runs) * len(described))
            named = _stems(" ".join(names[start:end]))
            around = range(max(0, place - OCCUPATIONS_BEFORE), place + 1)
            nearest = max(around, key=lambda k: sum(rarity[s] for s in named & stems[k]) / math.sqrt(len(stems[k])))
            kits.append(Kit(*described[nearest], names[start:end]))
    return kits


def _stems(text: str) -> set[str]:
    return {word[:6] for word in count_words(text)}


def onet_groups(kits: Sequence[Kit], generator: Generator) -> Iterator[Group]:
    """Make groups of twelve candidates; see the module's docstring."""
    for place in generator.integers(len(kits), size=DESCRIPTIONS):
        kit, names = kits[place], sample(kits[place].names, 9, generator)
        years = {name: int(generator.integers(3, 7)) for name in names[:2]}
        near = [kits[k] for k in place + np.array([-2, -1, 1, 2]) if 0 <= k < len(kits)]
        far = [kits[(place + len(kits) // 3 + step) % len(kits)] for step in generator.integers(len(kits) // 3, size=3)]
        enough, few = Asking(names, years, 0.7), Asking(names, years, 0.7, has_years=False)
        other = Asking(names, years, 0.1)
        made = [
            *((write_resume(kit, enough, generator), 3) for _ in range(3)),
            *((write_resume(kit, few, generator), 2) for _ in range(3)),
            *((write_resume(one, other, generator), 1) for one in sample(near, 3, generator)),
            *((write_resume(one, other, generator), 0) for one in far),
        ]
        yield Group(advertise(kit, names, years), [Candidate(text, grade) for text, grade in made])


def sample(items: Sequence[T], count: int, generator: Generator) -> list[T]:
    """Draw some items without putting them back, in random order; all if there are no more."""
    return [items[place] for place in generator.permutation(len(items))[:count]]


def advertise(kit: Kit, names: Sequence[str], years: Mapping[str, int]) -> str:
    """Write the description."""
    required = [f"- At least {count} years of experience with {name}" for name, count in years.items()]
    required += [f"- {names[2]} or {names[3]}", f"- {names[4]}", f"- {names[5]}"]
    preferred = [f"- {name}" for name in names[6:9]]
    return "\n".join([kit.title, kit.description, "Requirements:", *required, "Nice to have:", *preferred])


@dataclass(frozen=True)
class Asking:
    """What is asked for, with which years, and which share of it a resume has, with years enough or too few."""

    names: Sequence[str]
    years: Mapping[str, int]
    share: float
    has_years: bool = True


def write_resume(kit: Kit, asking: Asking, generator: Generator) -> str:
    """Write a resume of somebody of a kit's occupation."""
    has = [name for name in asking.names if generator.random() < asking.share]
    own = [name for name in kit.names if name not in asking.names]
    others = sample(own, OWN_NAMES, generator)
    skills = [f"{name} ({_years(asking, name, generator)} years)" for name in sample([*has, *others], 99, generator)]
    words = kit.description.split()
    duties = [" ".join(words[start : start + 9]) for start in range(0, len(words), 18)]
    said = [duty for duty in duties if generator.random() < 0.5]
    return "\n".join(["PROFILE", kit.title, "EXPERIENCE", *(f"- {duty}." for duty in said), "SKILLS", *skills])


def _years(asking: Asking, name: str, generator: Generator) -> int:
    minimum = asking.years.get(name)
    low, high = (1, 8) if minimum is None else (minimum, minimum + 3) if asking.has_years else (1, minimum // 2)
    return int(generator.integers(low, high + 1))


def simulated_groups(folder: Path) -> Iterator[Group]:
    """Give the screened applications of every requisition of a simulated organisation, with its resumes and forms.

    Of applications, resumes and requisitions the first versions, which people saw when they decided.
    """
    outcome = {"screen_passed": 1, "screen_failed": 0}
    grades = {
        row["application_id"]: outcome[row["event_type"]]
        for row in _rows(folder / "application_events.csv")
        if row["event_type"] in outcome
    }
    resumes = _first_versions(folder / "resumes.csv", "resume_id")
    screened: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _first_versions(folder / "applications.csv", "application_id").values():
        if row["application_id"] in grades and row["resume_id"] in resumes:
            screened[row["requisition_id"]].append(row)
    for requisition in _first_versions(folder / "requisitions.csv", "requisition_id").values():
        candidates = [
            Candidate(
                resumes[row["resume_id"]]["content_text"],
                grades[row["application_id"]],
                dt.datetime.fromisoformat(resumes[row["resume_id"]]["received_at"]).date(),
                float(row["years_experience"]) if row["years_experience"] else None,
                row["highest_degree"] or None,
            )
            for row in screened[requisition["requisition_id"]]
        ]
        if requisition["description"] and len({candidate.grade for candidate in candidates}) > 1:
            minimum = float(requisition["min_years_experience"] or 0)
            yield Group(requisition["description"], candidates, minimum, requisition["required_degree"])


def _first_versions(path: Path, key: str) -> dict[str, dict[str, str]]:
    versions: dict[str, dict[str, str]] = {}
    for row in sorted(_rows(path), key=itemgetter("recorded_at")):
        versions.setdefault(row[key], row)
    return versions


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def wins(scores: NDArray[np.float64], is_good: NDArray[np.bool_]) -> tuple[float, int]:
    """Count the pairs of a good one and another that are in order, ties half, and all of them."""
    gaps = scores[is_good][:, None] - scores[~is_good][None, :]
    return float((gaps > 0).sum() + 0.5 * (gaps == 0).sum()), gaps.size


def ndcg(scores: NDArray[np.float64], grades: NDArray[np.int64]) -> float:
    """Give the normalised discounted cumulative gain (gain 2^grade - 1); ties share the discounts of their places."""
    discounts = 1 / np.log2(np.arange(len(scores)) + 2)
    order = np.argsort(-scores, kind="stable")
    _, tie = np.unique(-scores[order], return_inverse=True)
    shared = (np.bincount(tie, discounts) / np.bincount(tie))[tie]
    gain = 2.0**grades - 1
    return float((gain[order] * shared).sum() / (np.sort(gain)[::-1] * discounts).sum())


def report(groups: Sequence[Group], scored: Sequence[Mapping[str, NDArray[np.float64]]], least: int) -> None:
    """Print AUC (``least`` grade or better against the rest, within groups) and nDCG, with 95% intervals over groups.

    The gains are on plain keywords, in the same resamples.
    """
    draws = np.random.default_rng(0).integers(len(groups), size=(_RESAMPLES, len(groups)))
    base: dict[str, NDArray[np.float64]] = {}
    for name in scored[0]:
        counts = np.array([_counts(one[name], group, least) for one, group in zip(scored, groups, strict=True)])
        totals = np.concatenate([counts.sum(axis=0)[None], counts[draws].sum(axis=1)])
        measures = {"AUC": totals[:, 0] / totals[:, 1], "nDCG": totals[:, 2] / totals[:, 3]}
        base = base or measures
        print(f"{name:<30}", *(f"{key} {_interval(values)}" for key, values in measures.items()), end="")
        print("   gain", *(_interval(values - base[key]) for key, values in measures.items()), flush=True)


def _counts(scores: NDArray[np.float64], group: Group, least: int) -> tuple[float, ...]:
    return (*wins(scores, group.grades >= least), ndcg(scores, group.grades), 1)


def _interval(values: NDArray[np.float64]) -> str:
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return f"{values[0]:.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    """Measure on one kind of pairs and print a line per score."""
    parser = argparse.ArgumentParser(prog="benchmarks.match_pairs", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    onet = kinds.add_parser("onet", help="pairs made of O*NET's occupations")
    onet.add_argument("occupations", type=Path)
    onet.add_argument("technologies", type=Path)
    onet.add_argument("--seed", type=int, default=0)
    kinds.add_parser("simulated", help="screens of a simulated organisation").add_argument("folder", type=Path)
    arguments = parser.parse_args()
    # Of O*NET's pairs: the same occupation against others, then those with the years against all others.
    questions = {"passed the screen": 1}
    if arguments.kind == "onet":
        kits = read_kits(arguments.occupations, arguments.technologies)
        groups = list(onet_groups(kits, np.random.default_rng(arguments.seed)))
        questions = {"of the same occupation": 2, "of the same occupation, with the years": 3}
    else:
        groups = list(simulated_groups(arguments.folder))
    resumes = [candidate.resume for group in groups for candidate in group.candidates]
    print(f"{len(groups):,} descriptions, {len(resumes):,} resumes")
    matcher = Matcher(corpus_of(resumes), read_taxonomy())
    scored = [matcher.scores(group) for group in groups]
    for question, least in questions.items():
        print(question)
        report(groups, scored, least)


if __name__ == "__main__":
    main()
