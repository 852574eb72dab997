"""Clean-up, case by case, and that it is done after one time."""

import random

import pytest

from ml.resumes.reading.cleaning import clean_text

LONG = "Maintained the services that pay out salaries to the people of"
CASES = {
    "ligatures": ("e\ufb03cient o\ufb00er, \ufb01le", "efficient offer, file"),
    "full-width letters": ("\uff2a\uff41\uff56\uff41", "Java"),
    "white space": ("  a\u00a0\u2003 b \t  c  \r\n\r\n\n\n d", "a b\tc\n\nd"),
    "line and page separators": ("a\u2028b\x0cc\x0bd", "a\nb\nc\nd"),
    "zero width and controls": ("Ja\u200bva\ufeff\x00\x1f S\u2060QL", "Java SQL"),
    "bullets": ("• a\n▪b\n\uf0b7\tc\no d\n* e\n– f\n- g\n§ h", "- a\n- b\n- c\n- d\n- e\n- f\n- g\n- h"),
    "no bullets": ("o\nof\n-x\n*\n2019 – 2021", "o\nof\n-x\n*\n2019 – 2021"),
    "quotes and hyphens": ("‘a’ “b” non‑breaking", "'a' \"b\" non-breaking"),
    "trade marks": ("Java™ and Oracle®", "Java and Oracle"),
    "soft hyphen": ("develop\u00adment", "development"),
    "PDFium's hyphen": ("develop\ufffement, data\x02\nbase", "development, database"),
    "hyphen at a line's end": ("develop-\n  ment", "development"),
    "compound at a line's end": ("full-stack, then full-\nstack; Jean-\nPaul", "full-stack, then full-stack; Jean-Paul"),
    "page numbers": ("a\nPage 2 of 3\nb\npage 7\nPage layout", "a\n\nb\n\nPage layout"),
    "a sentence over two lines": (f"{LONG}\nAcme and\nall of its shops.\nnow", f"{LONG} Acme and all of its shops.\nnow"),
    "a list is not a sentence": (f"{LONG} Acme.\nled a team\n- {LONG}\n- Java", f"{LONG} Acme.\nled a team\n- {LONG}\n- Java"),
    "short lines are lines": ("Java, SQL,\npython", "Java, SQL,\npython"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_clean_up(text, expected):
    assert clean_text(text) == expected


@pytest.mark.parametrize("seed", range(200))
def test_cleaning_twice_changes_nothing(seed):
    generator = random.Random(seed)
    pieces = [
        *("java", "Java", "full-", "-", " ", "\n", "\r\n", "\t", "•", "o ", "* ", "\u00ad", "\u200b", "\ufb01", "\x02"),
        *("™", "\u00a0", "\uf0b7", "Page 3", LONG, ", and", ".", "“", "(", "½", "\x0c", "\ufffe", "–", "§ ", "·"),
    ]
    text = "".join(generator.choices(pieces, k=40))
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
