"""One database with good data in every layer, copies of it to break, and one subject at a time to check."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from expectations.checks import Subject
from expectations.gx import validate
from expectations.sentences import outcome_of
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import ADMINISTRATOR, OWNER, TRANSFORMER
from tests.expectations import factories

_NUMBERS = itertools.count(1)

Break = Callable[[str], Warehouse]


@pytest.fixture(scope="package")
def good_warehouse(template: Warehouse) -> Iterator[Warehouse]:
    """Good data in every layer; tests only read it."""
    with _copy_of(template) as warehouse:
        with warehouse.connect(TRANSFORMER) as connection:
            factories.fill_labels(connection)
            factories.fill_features(connection)
            factories.fill_lifecycle(connection)
        with warehouse.connect(OWNER) as connection:
            factories.fill_landing(connection)
            assert factories.fill_scores(connection) == factories.BATCH
        yield warehouse


@pytest.fixture
def broken(good_warehouse: Warehouse) -> Iterator[Break]:
    """Break a copy of the good data by statements that the owner runs."""
    with _copy_of(good_warehouse) as warehouse:

        def break_by(statements: str) -> Warehouse:
            with warehouse.connect(OWNER) as connection:
                connection.execute(statements.encode())
            return warehouse

        yield break_by


@pytest.fixture
def administrator(good_warehouse: Warehouse) -> Warehouse:
    """The same server, for what only its administrator may do."""
    return good_warehouse.named("postgres")


@contextmanager
def _copy_of(source: Warehouse) -> Iterator[Warehouse]:
    name = f"{source.database}_g{next(_NUMBERS)}"
    administrator = source.named("postgres")
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute(f"create database {name} template {source.database} owner {OWNER}")
    yield source.named(name)
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def failures_of(name: str, subjects: Sequence[Subject], warehouse: Warehouse, role: str) -> tuple[str, ...]:
    """Check one subject of a suite; returns the sentences of what is not met."""
    return all_failures([subject for subject in subjects if subject.name == name], warehouse, role)


def all_failures(subjects: Sequence[Subject], warehouse: Warehouse, role: str) -> tuple[str, ...]:
    """Check subjects; returns the sentences of what is not met."""
    assert subjects
    results = validate(subjects, gate="test", url=warehouse.url(role), run_at=factories.RUN_AT)
    outcomes = [outcome_of(subject, result) for subject, result in zip(subjects, results, strict=True)]
    assert [outcome.evaluated for outcome in outcomes] == [len(subject.checks) for subject in subjects]
    return tuple(failure for outcome in outcomes for failure in outcome.failures)
