"""No feature gives the label away, and nobody is trained on and tested on (design section 5, point 5)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import sql

from expectations.checks import Check, Subject, no_findings
from ml.contract import ATTRIBUTE_PREFIX
from ml.load.contract import table_named
from ml.warehouse.arrow import compose
from ml.warehouse.roles import TRANSFORMER

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    import pyarrow.parquet as pq

    from expectations.leaks import Arrival, Examination
    from ml.contract import Feature, FeatureContract
    from ml.organisation import Organisation
    from ml.rankers.snapshot import Snapshot
    from ml.warehouse.connection import Warehouse

_ARRIVALS = Path(__file__).parents[1] / "sql" / "value_arrivals.sql"
_RULE = "must not give the label away (drop it, or say in its leak_waiver why it was known before the outcome)"
# What a measurement needs besides the features.
_MEASURED_BY = (
    "candidate_id",
    "requisition_id",
    "stage_entered_at",
    "matured_at",
    "labelled_at",
    "label",
)
_FIRST = sql.SQL("min(applications.recorded_at) filter (where btrim(cast({value} as text)) <> '') as {name}")
_COUNTS = sql.SQL(
    "count(*) filter (where submitted_at < labelled_at and {name} < labelled_at), "
    "count(*) filter (where submitted_at < labelled_at and {name} >= labelled_at), "
    "count(*) filter (where submitted_at >= labelled_at and {name} = submitted_at)"
)
_TWINS_RULE = (
    "must not be rows that validation trains on under another name (load them as one candidate, or as one application)"
)


@dataclass(frozen=True)
class _Arrivals:
    """Applications, those first recorded after their outcome, and what is known per feature read from landing."""

    applications: int
    late: int
    features: dict[str, Arrival]


def subjects(
    warehouse: Warehouse, organisation: Organisation, snapshot: Snapshot, contract: FeatureContract
) -> list[Subject]:
    """Expect of every feature of a snapshot that it does not give the label away, unless the contract waives it.

    Parameters
    ----------
    warehouse : Warehouse
        Its landing versions say when a value came.
    organisation : Organisation
        Says how the ranker is validated.
    snapshot : Snapshot
        The frozen file.
    contract : FeatureContract
        The features to examine, and their waivers.

    Returns
    -------
    list of Subject
        The features, and near-duplicates; or that nothing could be measured.
    """
    import pyarrow.parquet as pq

    file = pq.ParquetFile(snapshot.path)
    features = contract.for_ranker(snapshot.ranker)
    needed = {*_MEASURED_BY, *(feature.name for feature in features)}
    if not needed <= set(file.schema_arrow.names) or not _is_complete(file.read(columns=list(_MEASURED_BY))):
        return [_unmeasured(snapshot.ranker)]
    examination = _examine(file, features, organisation)
    arrivals = _read_arrivals(warehouse, features, snapshot)
    return [_features(features, examination, arrivals, snapshot.ranker), _twins(examination, snapshot.ranker)]


def _is_complete(rows: pa.Table) -> bool:
    import pyarrow.compute as pc

    has_nulls = any(column.null_count for column in rows.columns)
    return rows.num_rows > 0 and not has_nulls and set(pc.unique(rows["label"]).to_pylist()) <= {0, 1}


def _unmeasured(ranker: str) -> Subject:
    import pandas as pd

    frame = pd.DataFrame({"finding": ["a feature, an identifier, a time or a label is missing"]}, dtype=object)
    return Subject(f"leaks of the {ranker} snapshot", (no_findings("must be measurable"),), frame)


def _examine(file: pq.ParquetFile, features: Sequence[Feature], organisation: Organisation) -> Examination:
    from expectations.leaks import examine
    from ml.rankers.out_of_fold import labelled_rows, plan_folds

    rows = labelled_rows(file.read(columns=list(_MEASURED_BY)))
    columns = ((feature, file.read(columns=[feature.name]).column(0)) for feature in features)
    return examine(columns, rows, plan_folds(rows, organisation).folds)


def _read_arrivals(warehouse: Warehouse, features: Sequence[Feature], snapshot: Snapshot) -> _Arrivals:
    """Ask the landing versions when values came; only what is read from an application as it is can be asked for."""
    from expectations.leaks import Arrival

    values = {feature.name: value for feature in features if (value := _landing_value(feature.name))}
    statement = compose(
        _ARRIVALS,
        label_table=sql.Identifier(f"{snapshot.ranker}_labels"),
        as_of_date=sql.Literal(snapshot.as_of_date),
        firsts=_listed(_FIRST, values),
        counts=_listed(_COUNTS, values),
    )
    with warehouse.connect(TRANSFORMER) as connection:
        applications, late, *counts = connection.execute(statement).fetchone() or (0, 0)
    found = {name: Arrival(*counts[3 * place : 3 * place + 3]) for place, name in enumerate(values)}
    return _Arrivals(applications, late, found)


def _landing_value(feature: str) -> sql.Composable | None:
    """Give the expression of a feature's value in ``landing.applications``, None if it is not a column of it."""
    if feature.startswith(ATTRIBUTE_PREFIX):
        name = sql.Literal(feature.removeprefix(ATTRIBUTE_PREFIX))
        return sql.SQL("applications.attributes ->> {}").format(name)
    if feature in table_named("applications").column_names:
        return sql.SQL("applications.{}").format(sql.Identifier(feature))
    return None


def _listed(template: sql.SQL, values: dict[str, sql.Composable]) -> sql.Composed:
    listed = [template.format(name=sql.Identifier(name), value=value) for name, value in values.items()]
    return sql.SQL("").join(sql.SQL(", ") + part for part in listed)


def _features(features: Sequence[Feature], examination: Examination, arrivals: _Arrivals, ranker: str) -> Subject:
    import pandas as pd

    from expectations.leaks import arrival_finding, finding, notes

    found, said = {}, list(notes(examination))
    for feature, reading in zip(features, examination.readings, strict=True):
        arrival = arrivals.features.get(feature.name)
        proofs = (finding(reading, examination.together), arrival_finding(arrival) if arrival else None)
        leak = "; ".join(proof for proof in proofs if proof) or None
        found[feature.name] = None if feature.leak_waiver else leak
        if feature.leak_waiver:
            said.append(_waiver_note(feature, leak, ranker))
    if arrivals.late:
        said.append(_late_note(arrivals))
    checks = tuple(_gives_nothing_away(name) for name in found)
    return Subject(f"leaks of the {ranker} snapshot", checks, pd.DataFrame([found], dtype=object), notes=tuple(said))


def _twins(examination: Examination, ranker: str) -> Subject:
    import pandas as pd

    from expectations.leaks import twins_finding, twins_notes

    frame = pd.DataFrame({"finding": [twins_finding(examination)]}, dtype=object)
    checks, name = (no_findings(_TWINS_RULE),), f"near-duplicates in the {ranker} snapshot"
    return Subject(name, checks, frame, notes=twins_notes(examination))


def _gives_nothing_away(feature: str) -> Check:
    return Check("ExpectColumnValuesToBeNull", {"column": feature}, _RULE, feature, finds_sentences=True)


def _waiver_note(feature: Feature, leak: str | None, ranker: str) -> str:
    if leak:
        return f"{feature.name} is waived ({leak}): {feature.leak_waiver}"
    return f"The leak_waiver of {feature.name} waives nothing for {ranker}: delete it unless another ranker needs it"


def _late_note(arrivals: _Arrivals) -> str:
    return (
        f"{arrivals.late:,} of {arrivals.applications:,} applications were first recorded after their outcome: "
        "nothing proves that what they say is what was submitted"
    )
