"""``python -m benchmarks.requirements FILE``: how much of what is tagged in real ads is read from them.

FILE holds sentences of job ads with SkillSpan's tags, one JSON object per line; sentences of one ``idx`` are one ad. A
tagged span is found if a span of the reader overlaps it, and a span of the reader is right if it overlaps a tagged one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Spans = list[tuple[int, int]]
_RESAMPLES = 1_000


@dataclass(frozen=True)
class Ad:
    """An ad, its sentences one per line, and what is tagged in it, as offsets."""

    text: str
    tagged: dict[str, Spans] = field(default_factory=dict)


def read_ads(path: Path) -> list[Ad]:
    """Read tagged ads."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [_ad(list(sentences)) for _, sentences in groupby(rows, key=lambda row: (row["source"], row["idx"]))]


def _ad(sentences: Sequence[dict[str, list[str]]]) -> Ad:
    lines, tagged, offset = [], {"knowledge": [], "skill": []}, 0
    for sentence in sentences:
        tokens = sentence["tokens"]
        for kind, spans in tagged.items():
            spans.extend(_spans(tokens, sentence[f"tags_{kind}"], offset))
        lines.append(" ".join(tokens))
        offset += len(lines[-1]) + 1
    return Ad("\n".join(lines), tagged)


def _spans(tokens: Sequence[str], tags: Sequence[str], offset: int) -> Iterator[tuple[int, int]]:
    start = None
    for token, tag in zip([*tokens, ""], [*tags, "O"], strict=True):
        if start is not None and not tag.startswith("I"):
            yield start, offset - 1
            start = None
        if tag.startswith("B"):
            start = offset
        offset += len(token) + 1


def count(ads: Sequence[Ad], find: Callable[[str], Spans]) -> np.ndarray:
    """Count per ad: tagged knowledge and found, tagged skills and found, spans of the reader and right ones."""
    return np.array([_count(ad, find(ad.text)) for ad in ads])


def _count(ad: Ad, found: Spans) -> list[int]:
    everything = [span for spans in ad.tagged.values() for span in spans]
    counts = [(len(spans), _overlapping(spans, found)) for spans in ad.tagged.values()]
    counts.append((len(found), _overlapping(found, everything)))
    return [number for pair in counts for number in pair]


def _overlapping(spans: Spans, others: Spans) -> int:
    return sum(any(start < end and begin < stop for begin, end in others) for start, stop in spans)


def shares(counts: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Give recall of knowledge, of skills and of both, and precision, each with its 95% interval over ads."""
    generator = np.random.default_rng(0)
    draws = generator.integers(len(counts), size=(_RESAMPLES, len(counts)))
    totals = np.concatenate([counts.sum(axis=0)[None], counts[draws].sum(axis=1)])
    knowledge, found_knowledge, skills, found_skills, spans, right = totals.T
    measures = {
        "recall, knowledge": found_knowledge / knowledge,
        "recall, skills": found_skills / skills,
        "recall, both": (found_knowledge + found_skills) / (knowledge + skills),
        "precision": right / spans,
    }
    return {name: (values[0], *np.quantile(values[1:], [0.025, 0.975])) for name, values in measures.items()}


def main() -> int:
    """Print the shares for the reader and for the taxonomy alone."""
    from ml.matching.requirements import read_requirements
    from ml.resumes.taxonomy import read_taxonomy

    parser = argparse.ArgumentParser(prog="benchmarks.requirements", description=__doc__)
    parser.add_argument("file", type=Path, help="SkillSpan sentences, JSON lines")
    ads = read_ads(parser.parse_args().file)
    taxonomy = read_taxonomy()
    readers: dict[str, Callable[[str], Spans]] = {
        "taxonomy alone": lambda text: [(found.start, found.end) for found in taxonomy.find(text)],
        "requirements": lambda text: [
            (found.span.start, found.span.end)
            for found in read_requirements(text, taxonomy=taxonomy)
            if found.kind == "skill"
        ],
    }
    print(f"{len(ads)} ads, {sum(len(spans) for ad in ads for spans in ad.tagged.values()):,} tagged spans")
    for name, find in readers.items():
        started = time.perf_counter()
        counts = count(ads, find)
        print(f"\n{name}: {counts[:, 4].sum():,} spans, {time.perf_counter() - started:.2f} s")
        for measure, (share, low, high) in shares(counts).items():
            print(f"  {measure:<20}{share:.3f}  [{low:.3f}, {high:.3f}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
