"""The measure of the reader of requirements, on an ad whose counts are seen at once."""

import json

import numpy as np
import pytest

from benchmarks.requirements import count, read_ads, shares

ROWS = [
    {"idx": 1, "source": "tech", "tokens": ["Sound", "SQL", "skills"], "tags_skill": ["O", "O", "O"], "tags_knowledge": ["O", "B", "O"]},
    {"idx": 1, "source": "tech", "tokens": ["lead", "small", "teams"], "tags_skill": ["B", "I", "I"], "tags_knowledge": ["O", "O", "O"]},
    {"idx": 1, "source": "house", "tokens": ["B", "B"], "tags_skill": ["B", "B"], "tags_knowledge": ["O", "O"]},
]  # fmt: skip


@pytest.fixture
def ads(tmp_path):
    path = tmp_path / "ads.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return read_ads(path)


def test_tags_become_spans_of_the_text(ads) -> None:
    assert [ad.text for ad in ads] == ["Sound SQL skills\nlead small teams", "B B"]
    assert ads[0].tagged == {"knowledge": [(6, 9)], "skill": [(17, 33)]}
    assert ads[1].tagged == {"knowledge": [], "skill": [(0, 1), (2, 3)]}


def test_spans_count_by_overlap(ads) -> None:
    # SQL is found; "Sound" is wrong; of the second ad's two skills one is found.
    counts = count(ads, lambda text: [(0, 5), (6, 7)] if len(text) > 3 else [(0, 1)])
    assert counts.tolist() == [[1, 1, 1, 0, 2, 1], [0, 0, 2, 1, 1, 1]]
    found = {measure: share for measure, (share, _, _) in shares(np.repeat(counts, 20, axis=0)).items()}
    # 1 of 1, 1 of 3, 2 of 4, 2 of 3.
    assert found == pytest.approx(
        {"recall, knowledge": 1, "recall, skills": 1 / 3, "recall, both": 0.5, "precision": 2 / 3}
    )
