"""What counts as a word."""

from __future__ import annotations

import pytest

from ml.matching.tokens import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C++, C# and J2EE", {"c++": 1, "c#": 1, "j2ee": 1}),
        ("Node.js / CI-CD", {"node": 1, "js": 1, "ci": 1, "cd": 1}),
        ("Java JAVA java_8", {"java": 3}),
        ("Straße STRASSE", {"strasse": 2}),
        ("ﬁnance ＳＱＬ", {"finance": 1, "sql": 1}),
        ("漢字 naïve", {"漢字": 1, "naïve": 1}),
        # Years, telephone numbers and postcodes are no words; a name with digits is one.
        ("2019 +49 30 12345 5+ years 3d", {"years": 1, "3d": 1}),
        ("You will be the one who", {"one": 1}),
        ("", {}),
        ("--- 42 ---", {}),
    ],
)
def test_words(text, words):
    assert count_words(text) == words
