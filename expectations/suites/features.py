"""Features: exactly the columns of the feature contract, of its kinds, in plausible units, none from the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.checks import (
    Check,
    Subject,
    between,
    column_names,
    has_exactly_columns,
    has_rows,
    has_some_value,
    no_rows,
    one_of,
    partition,
    required,
    rules,
    statement,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ml.contract import Feature, FeatureContract

TABLE = "features.application_features"
IDENTIFIERS = ("as_of_date", "application_id", "candidate_id", "requisition_id", "applied_at")

_CATALOGUE_NAMES = {"numeric": "float8", "categorical": "text", "boolean": "bool"}

# Wide on purpose: they catch a wrong unit (months for years, seconds for days), not an odd person.
_PLAUSIBLE = {
    "years": (-80, 80),
    "months": (0, 960),
    "days": (-36525, 36525),
    "share": (0, 1),
    "ratio": (0, 1000),
    "words": (0, 100_000),
    "steps": (-10, 10),
}
_PLAUSIBLE_SHARE = 0.99


def subjects(contract: FeatureContract, rankers: Iterable[str], as_of_date: date) -> list[Subject]:
    """Say what is expected of the features of one date.

    Parameters
    ----------
    contract : FeatureContract
        Which columns are features, of which kind and unit.
    rankers : iterable of str
        Those that have labels; each must find a value in some feature.
    as_of_date : datetime.date
        The partition.
    """
    checks = (
        has_exactly_columns([*IDENTIFIERS, *(feature.name for feature in contract.features)]),
        has_rows(f"must have rows as of {as_of_date}"),
        *(required(name) for name in IDENTIFIERS),
        unique("application_id"),
        *rules("features"),
        *_finite(contract),
        *(check for feature in contract.features for check in _feature(feature)),
        *(_some_feature(contract, ranker) for ranker in rankers),
    )
    return [_kinds(contract), Subject(TABLE, checks, partition(TABLE, as_of_date))]


def _kinds(contract: FeatureContract) -> Subject:
    rows = """
    select concat(column_name, ' is ', udt_name) as declared
    from information_schema.columns
    where
        concat(table_schema, '.', table_name) = {table}
        and not column_name = any({identifiers})
    """
    expected = [f"{feature.name} is {_CATALOGUE_NAMES[feature.kind]}" for feature in contract.features]
    checks = (has_rows(), one_of("declared", expected, "must be those of its contract"))
    return Subject("feature kinds", checks, statement(rows, table=TABLE, identifiers=list(IDENTIFIERS)))


def _feature(feature: Feature) -> Iterator[Check]:
    if feature.name.startswith("attribute_"):
        yield has_some_value(feature.name)
    if feature.unit in _PLAUSIBLE:
        yield between(feature.name, *_PLAUSIBLE[feature.unit], mostly=_PLAUSIBLE_SHARE)


def _finite(contract: FeatureContract) -> Iterator[Check]:
    numeric = [feature.name for feature in contract.features if feature.kind == "numeric"]
    if numeric:
        rows = """
        select application_id
        from batch
        where 'NaN' in ({numeric}) or 'Infinity' in ({numeric}) or '-Infinity' in ({numeric})
        """
        yield no_rows("must have finite numbers only", statement(rows, numeric=column_names(numeric)))


def _some_feature(contract: FeatureContract, ranker: str) -> Check:
    empty = statement(
        "select {said} as finding from batch having sum(num_nonnulls({features})) = 0",
        said=f"no feature of {ranker} has a value",
        features=column_names(feature.name for feature in contract.for_ranker(ranker)),
    )
    return no_rows(f"must have values for {ranker}", empty)
