"""Protected attributes stay out: names and values on the way to a ranker, and grants (design section 5)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import sql

from expectations.grants import grants_subject
from expectations.protected import Examined, Kind, protected_subject
from ml.warehouse.roles import LOADER, TRANSFORMER

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa

    from expectations.checks import Subject
    from ml.contract import FeatureContract
    from ml.organisation import Organisation
    from ml.rankers.snapshot import Snapshot
    from ml.warehouse.connection import Warehouse

_SQL = Path(__file__).parents[1] / "sql"
_KINDS: dict[str, Kind] = {"numeric": "number", "categorical": "text", "boolean": "boolean"}
# The commonest values of a column are enough to see what it holds.
MOST_VALUES = 2000


def in_attributes(warehouse: Warehouse, organisation: Organisation, as_of_date: date) -> Subject:
    """Expect that nothing inside ``landing.applications.attributes``, at any depth, looks protected."""
    statement = sql.SQL((_SQL / "attribute_values.sql").read_text(encoding="utf-8"))
    limits = {"as_of_date": sql.Literal(as_of_date.isoformat()), "most_values": sql.Literal(MOST_VALUES)}
    with warehouse.connect(LOADER) as connection:
        rows = connection.execute(statement.format(**limits)).fetchall()
    columns = [Examined(name, kind, tuple(values)) for name, kind, values in rows]
    where = "landing.applications.attributes"
    return protected_subject(where, columns, _waived(organisation))


def in_features(
    warehouse: Warehouse, organisation: Organisation, contract: FeatureContract, as_of_date: date
) -> Subject:
    """Expect that no feature of a date looks protected."""
    statement = sql.SQL((_SQL / "feature_values.sql").read_text(encoding="utf-8"))
    columns = []
    with warehouse.connect(TRANSFORMER) as connection:
        for feature in contract.features:
            query = statement.format(
                feature=sql.Identifier(feature.name),
                as_of_date=sql.Literal(as_of_date.isoformat()),
                most_values=sql.Literal(MOST_VALUES),
            )
            values = tuple(value for (value,) in connection.execute(query))
            columns.append(Examined(feature.name, _KINDS[feature.kind], values))
    return protected_subject("features.application_features", columns, _waived(organisation))


def in_snapshot(snapshot: Snapshot, organisation: Organisation) -> Subject:
    """Expect that no column of a training snapshot looks protected, whatever the contract says of it."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(snapshot.path)
    names = [
        name for name in file.schema_arrow.names if name not in ("application_id", "candidate_id", "requisition_id")
    ]
    columns = [_examined(name, file.read(columns=[name]).column(0)) for name in names]
    return protected_subject(f"the {snapshot.ranker} snapshot", columns, _waived(organisation))


def grants(warehouse: Warehouse) -> Subject:
    """Expect that the roles that train and transform cannot read schema ``protected``."""
    return grants_subject(warehouse)


def _examined(name: str, column: pa.ChunkedArray) -> Examined:
    import pyarrow as pa

    if pa.types.is_boolean(column.type):
        return Examined(name, "boolean")
    kind: Kind = "number" if pa.types.is_floating(column.type) or pa.types.is_integer(column.type) else "text"
    values = column.unique().drop_null()[:MOST_VALUES].to_pylist()
    return Examined(name, kind, tuple(f"{value:.15g}" if kind == "number" else str(value) for value in values))


def _waived(organisation: Organisation) -> dict[str, str]:
    return {waiver.column: waiver.reason for waiver in organisation.waivers if waiver.gate == "protected"}
