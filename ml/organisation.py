"""The organisation file: what data an organisation has and how its rankers are trained.

One YAML file per organisation, parsed once into frozen dataclasses. Every key has a default except ``name``;
a key that is not known is refused with its path.
"""

from __future__ import annotations

import math
import re
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from ml.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RANKERS = ("quality", "onboard", "attrition")
RANKER_OF_PART = {"screening": "quality", "offers": "onboard", "tenure": "attrition"}

ATTRITION_MONTHS = (3, 6, 9, 12)
ATTRITION_GAP_MONTHS = (0, 1, 2, 3)

Part = Literal["resumes", "screening", "offers", "tenure"]


@dataclass(frozen=True)
class Source:
    """A folder of files to load; with a mapping they are exports, without one they are landing tables."""

    folder: str
    mapping: str | None = None


@dataclass(frozen=True)
class Labels:
    """Outcome windows (design section 4); attrition t and delta are in months."""

    screening_window_days: int = 30
    offer_window_days: int = 90
    start_window_days: int = 30
    attrition_months: int = 6
    attrition_gap_months: int = 2
    recording_lag_days: int = 14


@dataclass(frozen=True)
class Attribute:
    """A key of ``applications.attributes`` that is declared to be a feature; see :class:`ml.contract.Feature`."""

    name: str
    kind: Literal["numeric", "categorical", "boolean"]
    rankers: tuple[str, ...]
    why: str
    unit: str = ""
    label: str = ""
    leak_waiver: str = ""


@dataclass(frozen=True)
class Waiver:
    """A written waiver of one blocking finding: which gate, which column, and why it is job-related.

    A leak is waived where the feature is declared, in the contract.
    """

    gate: Literal["protected"]
    column: str
    reason: str


@dataclass(frozen=True)
class RankerSettings:
    """How forests are grown, and how many mature labels they need, in all and of the rarer class."""

    trees: int = 100
    sample_fraction: float = 1.0
    min_samples_leaf: int = 40
    minimum_labels: int = 200
    minimum_rarer: int = 30
    seed: int = 0


@dataclass(frozen=True)
class ValidationSettings:
    """How validation groups its rows, and into how many folds where there are no dates."""

    group_by: Literal["candidate", "requisition"] = "candidate"
    folds: int = 10


@dataclass(frozen=True)
class PromotionSettings:
    """When a version becomes champion.

    Attributes
    ----------
    margin : float
        By how much of AUC a challenger may be worse than the champion.
    approval : {"if_asked", "always"}
        Whether a named person must approve only what the comparison or the adverse-impact check leaves to one, or
        every promotion (docs/adr/0027).
    approvers : tuple of str
        Logins whose answers count; empty: of anybody who can reach Airflow or the command line.
    impact_waiver : str
        Why a version whose scores put a group at a disadvantage may be promoted by the rule all the same; empty: it
        may not.
    """

    margin: float = 0.02
    approval: Literal["if_asked", "always"] = "if_asked"
    approvers: tuple[str, ...] = ()
    impact_waiver: str = ""


@dataclass(frozen=True)
class ReadingLimits:
    """What a resume's file may have, and what reading it may take; beyond that it is recorded as unreadable.

    Attributes
    ----------
    file_megabytes, unpacked_megabytes : int
        Size of the file, and of what the archive that a .docx or .odt is would unpack to.
    pages : int
        Of a PDF.
    characters : int
        Of the text.
    seconds, memory_megabytes : int
        Of the process that reads it.
    """

    file_megabytes: int = 20
    unpacked_megabytes: int = 100
    pages: int = 50
    characters: int = 300_000
    seconds: int = 20
    memory_megabytes: int = 1_000


@dataclass(frozen=True)
class Organisation:
    """Everything Facetrank must know of one organisation.

    Attributes
    ----------
    parts : tuple of str
        The parts of the application lifecycle that its data covers; each gives one facet.
    population : {"active", "all"}
        Who is ranked: active applications of open requisitions, or, for historical files, every application.
    as_of_date : date or None
        The date that jobs assume where none is given; None for today. Historical files end on a date of their own.
    blind_share : float
        Share of applications, in [0, 1), whose scores nobody sees before the decision (docs/adr/0010).
    """

    name: str
    title: str = ""
    parts: tuple[Part, ...] = ("resumes", "screening", "offers", "tenure")
    population: Literal["active", "all"] = "active"
    as_of_date: date | None = None
    blind_share: float = 0.0
    sources: tuple[Source, ...] = ()
    labels: Labels = Labels()
    attributes: tuple[Attribute, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    resumes: ReadingLimits = ReadingLimits()
    rankers: RankerSettings = RankerSettings()
    validation: ValidationSettings = ValidationSettings()
    promotion: PromotionSettings = PromotionSettings()

    @property
    def rankers_with_labels(self) -> tuple[str, ...]:
        """Rankers whose labels the declared lifecycle parts can give, in the order of ``RANKERS``."""
        return tuple(RANKER_OF_PART[part] for part in RANKER_OF_PART if part in self.parts)


_COUNT: tuple[str, Callable[[float], bool]] = ("1 or more", lambda value: value >= 1)
# What numbers may be, in words and as a test; not a number is in no range.
_RANGES: dict[str, dict[str, tuple[str, Callable[[float], bool]]]] = {
    "resumes": {field.name: _COUNT for field in fields(ReadingLimits)},
    "rankers": {
        "trees": _COUNT,
        "sample_fraction": ("a finite number above 0", lambda value: 0 < value < math.inf),
        "min_samples_leaf": _COUNT,
        "minimum_labels": _COUNT,
        # Half of them train a fold at worst, and target encoding needs five; noise passes for a signal of two or three.
        "minimum_rarer": ("10 or more", lambda value: value >= 10),
        "seed": ("0 to 4294967295", lambda value: 0 <= value < 2**32),
    },
    # Beyond twenty, forests take longer to fit and learn from hardly more rows.
    "validation": {"folds": ("2 to 20", lambda value: 2 <= value <= 20)},
    "promotion": {"margin": ("a difference of AUC from 0 to below 1", lambda value: 0 <= value < 1)},
}


def read_organisation(path: Path) -> Organisation:
    """Parse an organisation file.

    Raises
    ------
    ConfigurationError
        The file is missing or not YAML, a key is unknown or missing, or a value has the wrong type or is not allowed.
    """
    from ml.yaml_file import read_yaml

    document = read_yaml(path, missing="no such organisation file; set FACETRANK_CONFIG to one, see examples/.")
    organisation: Organisation = parse_record(Organisation, document, where=path.name)
    _check(organisation, path.name)
    return organisation


def _check(organisation: Organisation, where: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", organisation.name):
        raise ConfigurationError(
            f"{where}: name: expected lower-case letters, digits and _, at most 31, got {organisation.name!r}."
        )
    # Not a number is in no range.
    if not 0 <= organisation.blind_share < 1:
        raise ConfigurationError(
            f"{where}: blind_share: expected a share from 0 to below 1, got {organisation.blind_share}."
        )
    _check_labels(organisation.labels, where)
    _check_ranges(organisation, where)
    if not organisation.parts:
        raise ConfigurationError(f"{where}: parts: name at least one of {', '.join(get_args(Part))}.")
    for index, attribute in enumerate(organisation.attributes):
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", attribute.name):
            raise ConfigurationError(
                f"{where}: attributes[{index}].name: expected lower-case letters, digits and _, got {attribute.name!r}."
            )
        for ranker in attribute.rankers:
            if ranker not in RANKERS:
                raise ConfigurationError(
                    f"{where}: attributes[{index}].rankers: expected some of {', '.join(RANKERS)}, got {ranker!r}."
                )


def _check_ranges(organisation: Organisation, where: str) -> None:
    for section, settings in _RANGES.items():
        for name, (words, is_allowed) in settings.items():
            value = getattr(getattr(organisation, section), name)
            if not is_allowed(value):
                raise ConfigurationError(f"{where}: {section}: {name}: expected {words}, got {value}.")


def _check_labels(labels: Labels, where: str) -> None:
    allowed = {"attrition_months": ATTRITION_MONTHS, "attrition_gap_months": ATTRITION_GAP_MONTHS}
    for field in fields(labels):
        value = getattr(labels, field.name)
        if field.name in allowed and value not in allowed[field.name]:
            choice = ", ".join(map(str, allowed[field.name]))
            raise ConfigurationError(f"{where}: labels: {field.name}: expected one of {choice}, got {value}.")
        if value < 0:
            raise ConfigurationError(f"{where}: labels: {field.name}: expected 0 or more, got {value}.")


def parse_record(kind: type[Any], document: object, where: str) -> Any:
    """Build a frozen dataclass from parsed YAML, field types checked, unknown and missing keys refused by path."""
    if not isinstance(document, dict):
        raise ConfigurationError(f"{where}: expected keys and values, got {_describe(document)}.")
    known = {field.name: field for field in fields(kind)}
    for key in document:
        if key not in known:
            raise ConfigurationError(f"{where}: unknown key {key!r}; known are {', '.join(known)}.")
    hints = get_type_hints(kind)
    values = {key: _parse_value(hints[key], value, f"{where}: {key}") for key, value in document.items()}
    for name, field in known.items():
        if name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise ConfigurationError(f"{where}: {name} is missing.")
    return kind(**values)


def _parse_value(kind: Any, value: object, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return _parse_value(next(option for option in get_args(kind) if option is not type(None)), value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise ConfigurationError(f"{where}: expected a list, got {_describe(value)}.")
        item = get_args(kind)[0]
        return tuple(_parse_value(item, entry, f"{where}[{index}]") for index, entry in enumerate(value))
    if origin is Literal:
        if value not in get_args(kind):
            raise ConfigurationError(f"{where}: expected one of {', '.join(get_args(kind))}, got {_describe(value)}.")
        return value
    if is_dataclass(kind) and isinstance(kind, type):
        return parse_record(kind, value, where)
    return _parse_scalar(kind, value, where)


def _parse_scalar(kind: type[Any], value: object, where: str) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    accepted = is_number if kind is float else type(value) is kind
    if not accepted:
        names = {int: "a whole number", float: "a number", str: "text", bool: "true or false", date: "a date"}
        raise ConfigurationError(f"{where}: expected {names[kind]}, got {_describe(value)}.")
    return float(value) if kind is float and isinstance(value, int) else value


def _describe(value: object) -> str:
    return "nothing" if value is None else repr(value)
