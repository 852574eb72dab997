"""``python -m ml.resumes.build_taxonomy onet_technology_skills.csv``: write ``data/onet_technology.tsv`` anew."""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from pathlib import Path

from ml.resumes.taxonomy import DATA

OUTPUT = DATA / "onet_technology.tsv"
_KINDS = ("software", "equipment", "systems", "databases", "database", "programs", "tools", "languages", "language")
_LOWER_CASE = re.compile(r"\b[a-z]{2,}\b")
_INNER_CAPITAL = re.compile(r"\w*[a-z][A-Z]\w*|\w*[A-Z][A-Z]+[a-z]\w*")
_VENDOR_NAMES = 5
_SUFFIX = " software"


def main() -> None:
    """Read O*NET's file and write ours."""
    parser = argparse.ArgumentParser(prog="ml.resumes.build_taxonomy", description=__doc__)
    parser.add_argument("technology", type=Path, help="O*NET's technology skills: a CSV file with a column Example")
    with parser.parse_args().technology.open(encoding="utf-8", newline="") as lines:
        names = sorted({row["Example"].strip() for row in csv.DictReader(lines)}, key=str.casefold)
    OUTPUT.write_text("".join(f"{line}\n" for line in skills_of(names)), encoding="utf-8")


def skills_of(names: list[str]) -> list[str]:
    """Lines of the data file: a product's name, then the other names that follow from it.

    Parameters
    ----------
    names : list of str
        As O*NET writes them: "Amazon Web Services AWS software".
    """
    ordinary = {word for name in names for word in _LOWER_CASE.findall(name)}
    products = [name for name in names if not _is_kind(name, ordinary)]
    vendors = Counter(name.split()[0] for name in products)
    lines = []
    for name in products:
        product = name.removesuffix(_SUFFIX)
        others = [*_acronym(product), *_without_vendor(product, vendors, ordinary)]
        lines.append(product + (f"\t{'|'.join(others)}" if others else ""))
    return lines


def _is_kind(name: str, ordinary: set[str]) -> bool:
    """Whether it is a kind of software without a name of its own: "Loan application processing software"."""
    first, *rest = name.split()
    if not rest or (f" {rest[0]}" == _SUFFIX and first.lower() not in ordinary):
        return False
    return all(word == word.lower() for word in rest) or (rest[-1] in _KINDS and rest[-2] == rest[-2].lower())


def _acronym(product: str) -> list[str]:
    """Give "Geographic information system" and "GIS" for "Geographic information system GIS"."""
    *words, last = product.replace("(", "").replace(")", "").split()
    initials = "".join(word[0] for word in words).upper()
    if len(last) < 3 or not last.isupper() or not initials.endswith(last):
        return []
    return [" ".join(words), last]


def _without_vendor(product: str, vendors: Counter[str], ordinary: set[str]) -> list[str]:
    """Give "PageMaker" for "Adobe PageMaker", and nothing where an ordinary word would be left."""
    vendor, _, rest = product.partition(" ")
    words = rest.split()
    if vendors[vendor] < _VENDOR_NAMES or not words or all(word.lower() in ordinary for word in words):
        return []
    return [rest] if any(_INNER_CAPITAL.fullmatch(word) for word in words) else []


if __name__ == "__main__":
    main()
