"""What counts as a word of a resume or a description.

A word is a run of letters and digits with at least one letter, with the ``+`` and ``#`` that end it: ``j2ee``, ``c++``,
``c#``; ``Node.js`` gives ``node`` and ``js``. Case and compatibility forms (full-width letters, ligatures) are folded.
Bare numbers are no words: they are years, telephone numbers and postcodes, which no score may rest on (design
section 5). Function words are left out: a corpus of resumes makes the "you" and "will" of descriptions look rare.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

# Changes whenever the same text would give other words: cached documents and stored corpora carry it.
TOKENISER = "words-1"

_FUNCTION_WORDS = """
    a about all also am an and any are as at be been but by can could did do does for from had has have he her his how i
    if in into is it its may me more most must my no nor not of on or other our ours over own shall she should so some
    such than that the their them then there these they this those through to under up us very was we were what when
    where which who whom whose why will with within would you your yours
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

_TOKEN = re.compile(r"[^\W_]+[+#]*")
# The same of a folded text without other letters, and faster.
_ASCII_TOKEN = re.compile(r"[a-z0-9]+[+#]*")


def count_words(text: str) -> dict[str, int]:
    """Count the words of a text.

    Returns
    -------
    dict of str to int
        How often each distinct word occurs; empty when the text has none.

    Examples
    --------
    >>> count_words("C++ and Node.js, since 2019; C++!")
    {'c++': 2, 'node': 1, 'js': 1, 'since': 1}
    """
    counts = Counter(tokens(fold(text)))
    return {token: count for token, count in counts.items() if is_word(token)}


def tokens(folded: str) -> list[str]:
    """Divide a folded text into words, function words and bare numbers, in their order."""
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)


def is_word(token: str) -> bool:
    """Whether a token is a word that counts."""
    return token not in FUNCTION_WORDS and not token.rstrip("+#").isdecimal()


def fold(text: str) -> str:
    """Fold case and compatibility forms."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()
