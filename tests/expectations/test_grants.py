"""The roles that train and transform cannot read schema protected, and the check fails as soon as they can."""

from __future__ import annotations

import pytest

from expectations.grants import grants_subject
from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import TRAINER
from tests.expectations.conftest import Break, all_failures

RULE = "grants on schema protected must be out of reach of the roles that train and transform"
BREAKS = {
    "one column granted": (
        "grant usage on schema protected to facetrank_trainer;"
        "grant select (value) on protected.protected_attributes to facetrank_trainer",
        "facetrank_trainer can read protected.protected_attributes.value",
    ),
    "rejected rows granted to the transformer": (
        "grant usage on schema protected to facetrank_transformer;"
        "grant select (row_content) on protected.rejected_rows to facetrank_transformer",
        "facetrank_transformer can read protected.rejected_rows.row_content",
    ),
    "shown by a view elsewhere": (
        "create view features.hints as select value from protected.protected_attributes;"
        "grant select on features.hints to facetrank_trainer",
        "facetrank_trainer can read features.hints",
    ),
}


@pytest.mark.parametrize("case", BREAKS.values(), ids=BREAKS)
def test_a_grant_is_found(broken: Break, case: tuple[str, str]) -> None:
    statements, finding = case
    warehouse = broken(statements)
    assert all_failures([grants_subject(warehouse)], warehouse, TRAINER) == (f"{RULE}: {finding}.",)


def test_membership_of_a_role_that_may_read_is_found(good_warehouse: Warehouse, administrator: Warehouse) -> None:
    with administrator.connect("postgres", autocommit=True) as connection:
        connection.execute("grant facetrank_auditor to facetrank_trainer with inherit false")
        try:
            found = all_failures([grants_subject(good_warehouse)], good_warehouse, TRAINER)
        finally:
            connection.execute("revoke facetrank_auditor from facetrank_trainer")
    assert found == (f"{RULE}: facetrank_trainer can read schema protected as role facetrank_auditor.",)


def test_nothing_is_in_reach_as_installed(good_warehouse: Warehouse) -> None:
    subject = grants_subject(good_warehouse)
    tried = set(zip(subject.rows["role"], subject.rows["tried"], strict=True))
    assert ("facetrank_trainer", "protected.protected_attributes.value") in tried
    assert ("facetrank_transformer", "protected.rejected_rows.row_content") in tried
    assert all_failures([subject], good_warehouse, TRAINER) == ()
