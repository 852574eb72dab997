"""Every version of the rankers, which of them scores, and who decided that: registry and governance together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from ml.rankers.records import NO_VERSION, record_champion
from ml.warehouse.roles import AUDITOR, TRAINER

if TYPE_CHECKING:
    import datetime as dt

    from psycopg import Connection

    from ml.registry import Registry, Version
    from ml.warehouse.connection import Warehouse

# Of each version the newest training that gave it, and of each ranker the newest that gave none.
_RECORDS = """
select distinct on (model_version)
    model_version,
    as_of_date::text as as_of_date,
    status,
    sentence,
    metrics #> '{auc,headline}' as auc,
    (
        select asked_at
        from governance.approvals
        where
            approvals.ranker = model_versions.ranker
            and approvals.model_version = model_versions.model_version
            and answer is null
    ) as asked_at
from governance.model_versions
where ranker = %s
order by model_version, as_of_date desc
"""

_PROMOTIONS = """
select distinct on (model_version)
    model_version,
    action,
    decided_by,
    decided_at
from governance.promotions
where ranker = %s
order by model_version asc, promotion_id desc
"""

# The trainer may not read it.
_IMPACT = "select model_version, sentence as impact from governance.impact_checks where ranker = %s"

# The version before a rollback, as long as the rollback is the last word on the ranker.
_ROLLED_BACK = """
with moves as (
    select
        action,
        lag(model_version) over (order by promotion_id) as left_version,
        row_number() over (order by promotion_id desc) as age
    from governance.promotions
    where ranker = %(ranker)s
)

select versions.model_version
from moves
inner join governance.model_versions as versions on moves.left_version = versions.model_version
where
    moves.age = 1
    and moves.action = 'rolled back'
    and versions.ranker = %(ranker)s
    and versions.snapshot_hash = %(snapshot_hash)s
"""


@dataclass(frozen=True)
class ModelVersion:
    """One version of a ranker, or why a ranker has none.

    Attributes
    ----------
    ranker, version : str
        Which version; ``none`` for a ranker that was never trained.
    aliases : tuple of str
        ``champion``, ``challenger`` or none.
    status, sentence : str
        What became of it, and why.
    as_of_date : str
        ISO date up to which facts were known to it.
    auc : dict or None
        Headline AUC of its validation: ``kind``, ``value``, ``low`` and ``high``.
    snapshot_hash, contract_hash : str or None
        What it was trained on, and under which feature contract.
    action, decided_by : str or None
        How it last became champion, ``promoted`` or ``rolled back``, and by whom.
    decided_at : datetime or None
        When.
    asked_at : datetime or None
        Since when it waits for a person; None where it does not.
    impact : str or None
        What the adverse-impact check found; None of a version that was registered before there was one.
    """

    ranker: str
    version: str
    aliases: tuple[str, ...]
    status: str
    sentence: str
    as_of_date: str
    auc: dict[str, Any] | None = None
    snapshot_hash: str | None = None
    contract_hash: str | None = None
    action: str | None = None
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    asked_at: dt.datetime | None = None
    impact: str | None = None


def list_versions(registry: Registry, warehouse: Warehouse, ranker: str) -> list[ModelVersion]:
    """List a ranker's versions, newest first; one entry of version ``none`` where training never gave one."""
    with warehouse.connect(TRAINER) as connection:
        records = _by_version(connection, _RECORDS, ranker)
        promotions = _by_version(connection, _PROMOTIONS, ranker)
    with warehouse.connect(AUDITOR) as connection:
        checks = _by_version(connection, _IMPACT, ranker)
    versions = [
        _describe(version, *(known.get(version.number, {}) for known in (records, promotions, checks)))
        for version in registry.versions(ranker)
    ]
    untrained = records.get(NO_VERSION)
    if not versions and untrained is not None:
        return [ModelVersion(ranker, NO_VERSION, (), **{**untrained, "auc": None})]
    return versions


def promote(registry: Registry, warehouse: Warehouse, ranker: str, number: str, *, by: str, at: dt.datetime) -> None:
    """Make a version the champion, in registry and governance. Raises as :meth:`ml.registry.Registry.promote`."""
    # The alias moves last: where it cannot, governance does not say that it did.
    with warehouse.connect(TRAINER) as connection:
        record_champion(connection, ranker, number, action="promoted", by=by, at=at)
        registry.promote(ranker, number, by=by)


def roll_back(registry: Registry, warehouse: Warehouse, ranker: str, number: str, *, by: str, at: dt.datetime) -> None:
    """Make an earlier version the champion again. Raises as :meth:`ml.registry.Registry.rollback`."""
    with warehouse.connect(TRAINER) as connection:
        record_champion(connection, ranker, number, action="rolled back", by=by, at=at)
        registry.rollback(ranker, number, by=by)


def rolled_back_from(warehouse: Warehouse, ranker: str, snapshot_hash: str) -> str | None:
    """Give the version of this training data from which somebody last went back; None where that is not so."""
    with warehouse.connect(TRAINER) as connection:
        row = connection.execute(_ROLLED_BACK, {"ranker": ranker, "snapshot_hash": snapshot_hash}).fetchone()
    return None if row is None else str(row[0])


def _by_version(connection: Connection, statement: LiteralString, ranker: str) -> dict[str, dict[str, Any]]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement, [ranker]).fetchall()
    return {row.pop("model_version"): row for row in rows}


def _describe(
    version: Version, record: dict[str, Any], promotion: dict[str, Any], check: dict[str, Any]
) -> ModelVersion:
    tags = version.tags
    # A training that was killed after it registered its version left no record; the registry has its own word.
    names = ("as_of_date", "status", "sentence", "snapshot_hash", "contract_hash")
    known: dict[str, Any] = {name: tags[name] for name in names}
    return ModelVersion(version.ranker, version.number, version.aliases, **{**known, **record, **promotion, **check})
