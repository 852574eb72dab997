"""``python -m benchmarks.skills DEV.jsonl``: how well skills are found in job ads, by name, by the model, and by both.

On SkillSpan's development file, which nothing was trained or chosen on. Spans agree only from end to end; tokens agree
one by one. Intervals are 95%, percentile bootstrap over ads.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ml.resumes.skillspan import Sentence, read_sentences, tags_of
from ml.resumes.span_scores import SpanCounts
from ml.resumes.tagger import OUTSIDE, read_tagger, tokens
from ml.resumes.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Find = Callable[[str], list[tuple[int, int]]]

REPLICATES = 1000


def main() -> None:
    """Print token and span F1 of each way."""
    parser = argparse.ArgumentParser(prog="benchmarks.skills", description=__doc__)
    parser.add_argument("dev", type=Path, help="SkillSpan's development file")
    sentences = read_sentences(parser.parse_args().dev)
    taxonomy = read_taxonomy()
    tagger = read_tagger(taxonomy)

    def by_name(text: str) -> list[tuple[int, int]]:
        return [(mention.start, mention.end) for mention in taxonomy.find(text)]

    def by_both(text: str) -> list[tuple[int, int]]:
        tagged = tagger.find(text)
        named = [span for span in by_name(text) if not any(_overlap(span, other) for other in tagged)]
        return sorted(tagged + named)

    print(f"{len(sentences):,} sentences of {len({each.ad for each in sentences})} ads")
    print(f"{'':<18}{'token F1':>26}{'span F1':>26}{'precision':>11}{'recall':>8}{'sentences/s':>13}")
    for name, find in (("taxonomy alone", by_name), ("model alone", tagger.find), ("both", by_both)):
        print(f"{name:<18}{_line(sentences, find)}", flush=True)


def _line(sentences: Sequence[Sentence], find: Find) -> str:
    of_tokens: dict[str, list[SpanCounts]] = defaultdict(list)
    of_spans: dict[str, list[SpanCounts]] = defaultdict(list)
    started = time.perf_counter()
    found = [find(each.text) for each in sentences]
    seconds = time.perf_counter() - started
    for sentence, spans in zip(sentences, found, strict=True):
        of_spans[sentence.ad].append(SpanCounts().plus(spans, sentence.spans))
        of_tokens[sentence.ad].append(
            SpanCounts().plus(_inside(sentence.text, spans), _inside(sentence.text, sentence.spans))
        )
    whole = _sum([counts for ad in of_spans.values() for counts in ad])
    rates = f"{whole.precision:>11.3f}{whole.recall:>8.3f}{len(sentences) / seconds:>13,.0f}"
    return f"{_with_interval(of_tokens)}{_with_interval(of_spans)}{rates}"


def _inside(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    words = list(tokens(text))
    return [word for word, tag in zip(words, tags_of(words, spans), strict=True) if tag != OUTSIDE]


def _sum(counts: Sequence[SpanCounts]) -> SpanCounts:
    return SpanCounts(*(sum(getattr(each, name) for each in counts) for name in ("found", "marked", "both")))


def _with_interval(by_ad: dict[str, list[SpanCounts]]) -> str:
    ads = [_sum(counts) for counts in by_ad.values()]
    random = np.random.default_rng(0)
    draws = [_sum([ads[k] for k in random.integers(0, len(ads), len(ads))]).f1 for _ in range(REPLICATES)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{f'{_sum(ads).f1:.3f} ({low:.3f} to {high:.3f})':>26}"


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


if __name__ == "__main__":
    main()
