"""Names and values: does a column look like a protected attribute? (design section 5, point 2).

What protected attributes look like stands in ``protected_words.yaml``. A finding names the column and the kind,
never a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from expectations.checks import Subject, no_findings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Kind = Literal["text", "number", "boolean"]

# One match alone counts only if there is no other value: "white" among "white, grey" is a colour of something.
_SUSPICIOUS_SHARE = 0.5
_FEWEST_MATCHES = 2
# Numbers match by accident: years are suspected only where there are several and nothing else.
_SUSPICIOUS_SHARE_OF_NUMBERS = 0.95
_FEWEST_NUMBERS = 5


@dataclass(frozen=True)
class Examined:
    """A column and its distinct values; ``where`` says which table or file it is in."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Look:
    """How one kind of protected attribute shows itself."""

    label: str
    names: tuple[re.Pattern[str], ...]
    text_names: tuple[re.Pattern[str], ...]
    values: frozenset[str]
    codes: tuple[frozenset[str], ...]
    patterns: tuple[re.Pattern[str], ...]
    number_patterns: tuple[re.Pattern[str], ...]
    words: frozenset[str]
    first_words: frozenset[str]
    share: float

    def in_name(self, name: str, kind: Kind) -> bool:
        patterns = self.names if kind == "boolean" else (*self.names, *self.text_names)
        return any(pattern.search(name) for pattern in patterns)

    def in_text(self, value: str) -> bool:
        plain = _plain(value)
        first, *others = plain.split(" ")
        is_listed = plain in self.values or plain in self.words or (len(others) in (1, 2) and first in self.first_words)
        return is_listed or any(pattern.fullmatch(value) for pattern in self.patterns)

    def in_number(self, value: str) -> bool:
        return any(pattern.fullmatch(value) for pattern in self.number_patterns)


def looks_protected(column: Examined) -> str | None:
    """Say why a column looks like a protected attribute, None if it does not.

    Parameters
    ----------
    column : Examined
        Its name may have any case; ``attribute_`` in front is not looked at. Values of a number are whole ones.

    Returns
    -------
    str or None
        For instance ``its name looks like sex or gender`` or ``80% of its 5 distinct values look like religion``.
    """
    neutral, looks = _looks()
    name = _snake(column.name).removeprefix("attribute_")
    for look in looks:
        if look.in_name(name, column.kind):
            return f"its name looks like {look.label}"
    values = [value for value in {value.strip().lower() for value in column.values} if _plain(value) not in neutral]
    for look in looks:
        share = _share(look, column.kind, values)
        if share:
            return f"{share:.0%} of its {len(values)} distinct values look like {look.label}"
    return None


def protected_subject(where: str, columns: Iterable[Examined], waived: Mapping[str, str]) -> Subject:
    """Expect that no column of a table or file looks like a protected attribute, unless it is waived.

    Parameters
    ----------
    where : str
        The table or file, for the report.
    columns : iterable of Examined
        What to look at.
    waived : mapping of str to str
        Reasons by column, from the organisation file.
    """
    import pandas as pd

    found = {column.name: looks_protected(column) for column in columns}
    findings = [f"{name} ({why})" if why and name not in waived else None for name, why in found.items()]
    notes = tuple(f"{name} ({why}) is waived: {waived[name]}" for name, why in found.items() if why and name in waived)
    rule = (
        "must not look like a protected attribute (map such a column to protected, ignore it, "
        "or waive it with its reason in the organisation file)"
    )
    frame = pd.DataFrame({"column": list(found), "finding": pd.Series(findings, dtype=object)})
    return Subject(f"names and values of {where}", (no_findings(rule),), frame, notes=notes)


def _share(look: _Look, kind: Kind, values: Collection[str]) -> float:
    """Give the share of values that look so, 0 where it is not suspicious."""
    if kind == "boolean" or not values:
        return 0.0
    if kind == "number":
        matches = sum(look.in_number(value) for value in values)
        is_suspicious = matches >= _FEWEST_NUMBERS and matches / len(values) >= _SUSPICIOUS_SHARE_OF_NUMBERS
        return matches / len(values) if is_suspicious else 0.0
    if frozenset(values) in look.codes:
        return 1.0
    matches = sum(look.in_text(value) for value in values)
    share = matches / len(values)
    is_enough = matches >= _FEWEST_MATCHES or share == 1
    return share if share >= look.share and is_enough else 0.0


@cache
def _looks() -> tuple[frozenset[str], tuple[_Look, ...]]:
    import yaml

    folder = Path(__file__).parent
    document = yaml.safe_load((folder / "protected_words.yaml").read_text(encoding="utf-8"))
    looks = tuple(_look(label, entry, folder / "word_lists") for label, entry in document["kinds"].items())
    return frozenset(document["neutral"]), looks


def _look(label: str, entry: Mapping[str, Any], word_lists: Path) -> _Look:
    def patterns(key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in entry.get(key, ()))

    def words(key: str) -> frozenset[str]:
        file = word_lists / f"{entry[key]}.txt" if key in entry else None
        return frozenset(file.read_text(encoding="utf-8").split() if file else ())

    return _Look(
        label=label,
        names=patterns("names"),
        text_names=patterns("text_names"),
        values=frozenset(entry.get("values", ())),
        codes=tuple(frozenset(codes.split()) for codes in entry.get("codes", ())),
        patterns=patterns("patterns"),
        number_patterns=patterns("number_patterns"),
        words=words("word_list"),
        first_words=words("first_words"),
        share=entry.get("share", _SUSPICIOUS_SHARE),
    )


def _snake(name: str) -> str:
    """Write a name in lower case with one _ between its words: ``dateOfBirth`` as ``date_of_birth``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def _plain(value: str) -> str:
    return re.sub(r"[\s/_-]+", " ", value).strip()
