"""Clean-up of a text, so that the same resume reads the same whatever kind of file it came in.

What differs between kinds is removed: ligatures and other compatibility forms, soft and line-end hyphens, the signs of
bullets, curly quotes, kinds of white space, page numbers, and lines that end because the page does. Tabs stay, as one
tab: they tell columns apart. Text that a person would not see (white, tiny) is kept: the files do not tell it apart
reliably, and the score must not rest on how often a word is said.
"""

from __future__ import annotations

import re
import unicodedata

# PDFium's sign for a hyphen that only breaks a word, and the soft hyphens of other files, with the break behind them.
_BREAKING_HYPHEN = re.compile("[\x02\ufffe\u00ad][ \t]*\n?[ \t]*")
# Between lower-case letters at a line's end, a hyphen may be either; see _join_hyphenated.
_HYPHEN_AT_END = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-[ \t]*\n[ \t]*([^\W\d_]+)")
_NEW_LINE = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Zero-width characters, other controls, private use but the bullets of symbol fonts, and the signs of trade marks.
_NOTHING = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffd™®©]")
_BULLET = re.compile(r"^[ \t]*(?:[•‣⁃∙●○▪▫■□◆◇►▸▶➢➤➔✓✔❖◦·\ue000-\uf8ff]+[ \t]*|[*–—o§-][ \t]+(?=\S))+", re.MULTILINE)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_SPACES = re.compile(r"[^\S\n\t]+")
_TABS = re.compile(r" *\t[ \t]*")
_AROUND_LINES = re.compile(r"[ \t]*\n[ \t]*")
_PAGE_NUMBER = re.compile(r"^page ?\d+(?: ?(?:of|/) ?\d+)?$", re.IGNORECASE | re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_PLAIN = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "−": "-"})

# A line of at least this length that ends in the middle of a sentence was broken by the page.
_WRAPPED_FROM = 50
_ENDS_OPEN = re.compile(r"(?:[,;&/]|\b(?:and|or|of|in|the|a|an|for|with|to|by|at|on|from|using|including))$")
_GOES_ON = re.compile(r"[a-zß-öø-ÿ(]")


def clean_text(text: str) -> str:
    r"""Clean a text up; cleaning it once more changes nothing.

    Examples
    --------
    >>> clean_text("•  Devel\u00adopment of e\ufb03cient\u00a0tools\r\n")
    '- Development of efficient tools'
    """
    text = _NEW_LINE.sub("\n", text)
    text = _BREAKING_HYPHEN.sub("", text)
    text = unicodedata.normalize("NFKC", _NOTHING.sub("", text)).translate(_PLAIN)
    text = _BULLET.sub("- ", text)
    text = _TABS.sub("\t", _SPACES.sub(" ", _PRIVATE.sub("", text)))
    text = _PAGE_NUMBER.sub("", _AROUND_LINES.sub("\n", text).strip())
    text = _EMPTY_LINES.sub("\n\n", text).strip()
    return _join_wrapped(_join_hyphenated(text))


def _join_hyphenated(text: str) -> str:
    """Join words that a line's end divides; the hyphen stays where the text has the same word with it elsewhere."""

    def join(match: re.Match[str]) -> str:
        first, second = match.groups()
        is_compound = not second[0].islower() or f"{first}-{second}" in text
        return f"{first}-{second}" if is_compound else first + second

    return _HYPHEN_AT_END.sub(join, text)


def _join_wrapped(text: str) -> str:
    """Join lines that one sentence runs through."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and line and _is_wrapped(lines[-1], line):
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _is_wrapped(line: str, following: str) -> bool:
    if len(line) < _WRAPPED_FROM or line[-1] in ".:!?":
        return False
    return bool(_GOES_ON.match(following)) or (bool(_ENDS_OPEN.search(line)) and following[0] not in "-")
