from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from ml.rankers.fitting import fit_recipe
from ml.rankers.recipe import RECIPE, build_recipe
from tests.ml.rankers.factories import FEATURES, make_attrition, make_table, organisation, tenure_data_of

if TYPE_CHECKING:
    import pyarrow as pa

    from ml.rankers.risk_sets import TenureData

# What recipe 29 makes of three samples: few rows, many, and tenures. Where this goes red, earlier versions can no longer
# be refitted as they were: give RECIPE the number of the ADR that says why, and write the new votes down here.
VOTES = {
    "few rows": "eb13cf12c6ff9360",
    "many rows": "e8438e7ff625eb03",
    "tenures": "0e56ded7a7691c27",
}


def sample(kind: str) -> tuple[pa.Table, TenureData | None]:
    if kind == "tenures":
        labelled, tenures = make_attrition()
        return labelled, tenure_data_of(tenures)
    return make_table(600 if kind == "few rows" else 12_000), None


@pytest.mark.parametrize("kind", VOTES)
def test_the_recipes_number_changes_with_what_it_fits(kind: str) -> None:
    table, tenures = sample(kind)
    recipe = build_recipe(FEATURES, organisation().rankers)
    fit_recipe(recipe, table, table["label"].to_numpy(), tenures=tenures)
    votes = recipe["forest"].votes(recipe["encode"].transform(table))
    # Votes of twenty trees are whole numbers: the last digits of other arithmetic do not show.
    counts = (votes * 20).round().astype("<i8")
    assert hashlib.sha256(counts.tobytes()).hexdigest()[:16] == VOTES[kind]
    assert RECIPE == 29
