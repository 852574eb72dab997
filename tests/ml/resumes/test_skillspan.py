from __future__ import annotations

import json
from pathlib import Path

from ml.resumes.skillspan import read_sentences, tags_of
from ml.resumes.span_scores import SpanCounts
from ml.resumes.tagger import tokens


def test_spans_quote_the_marked_words(tmp_path: Path) -> None:
    row = {
        "idx": 7,
        "source": "tech",
        "tokens": ["Knows", "unit", "tests", "Java", "and", "SAP"],
        "tags_skill": ["O"] * 6,
        "tags_knowledge": ["O", "B", "I", "B", "O", "B"],
    }
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (sentence,) = read_sentences(path)
    assert [sentence.text[a:b] for a, b in sentence.spans] == ["unit tests", "Java", "SAP"]
    assert sentence.ad == "tech-7"
    assert tags_of(list(tokens(sentence.text)), sentence.spans) == ["O", "B", "I", "B", "O", "B"]


def test_span_scores() -> None:
    # Found 3, marked 4, 2 of them the same: precision 2/3, recall 1/2, F1 4/7.
    counts = SpanCounts().plus([(0, 2), (3, 5)], [(0, 2), (3, 6)]).plus([(1, 2)], [(1, 2), (4, 5)])
    assert (counts.precision, counts.recall, counts.f1) == (2 / 3, 1 / 2, 4 / 7)
    assert SpanCounts().f1 == SpanCounts().precision == SpanCounts().recall == 0
