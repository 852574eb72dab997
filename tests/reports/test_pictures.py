from __future__ import annotations

import re
from typing import Any

from ml.rankers.metrics import reject_option, yield_per_bin
from reports.pictures import orders_by_quarter, yield_by_quarter, yield_by_score

LABELS, SCORES = [1, 1, 0, 0, 1], [0.9, 0.7, 0.6, 0.3, 0.5]


def _quarters(number: int) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{2020 + each // 4} Q{each % 4 + 1}", reject_option(LABELS, SCORES)) for each in range(number)]


def test_the_same_counts_give_the_same_bytes() -> None:
    assert yield_by_quarter(_quarters(5), "stayed") == yield_by_quarter(_quarters(5), "stayed")
    by_score = [yield_by_score(yield_per_bin(LABELS, SCORES), 0.6, "stayed") for _ in range(2)]
    assert by_score[0] == by_score[1]


def test_nothing_is_drawn_for_a_quarter_without_anybody_above_the_line() -> None:
    nobody = ("2025 Q1", reject_option([1, 0], [0.2, 0.3]))
    assert yield_by_quarter([nobody, *_quarters(2)], "stayed").startswith("<?xml")
    assert yield_by_quarter([nobody, nobody], "stayed").startswith("<?xml")


def test_shares_of_nobody_and_of_everybody_are_drawn() -> None:
    for people in (1, 3, 10, 41):
        both = [(label, reject_option([label] * people, [0.9] * people)) for label in (0, 1)]
        picture = yield_by_quarter([(f"2025 Q{label + 1}", shares) for label, shares in both], "stayed")
        assert picture.startswith("<?xml")


def test_two_orders_and_chance_are_drawn() -> None:
    at_k = {"model": 3, "real": 2, "by_lot": 1.5, "of": 4}
    rows = [{"quarter": f"2025 Q{number}", "estimates": {"at_k": at_k}} for number in (1, 2)]
    picture = orders_by_quarter(rows, "onboarded")
    assert picture == orders_by_quarter(rows, "onboarded")
    # matplotlib names what it writes in comments.
    for words in ("model's order", "real order", "by lot", "share that onboarded"):
        assert f"<!-- {words} -->" in picture


def test_pictures_are_small_and_load_nothing() -> None:
    picture = yield_by_quarter(_quarters(20), "onboarded")
    assert len(picture) < 100_000
    assert re.findall(r'(?:href|src)="(?!#)[^"]*"', picture) == []
