"""Reading the descriptions that are new into ``matching.requirements``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from ml.matching.reading import SQL
from ml.matching.requirements.read import READER, read_requirements
from ml.resumes.taxonomy import DATA, read_taxonomy
from ml.warehouse.locks import Lock
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import psycopg

    from ml.matching.requirements.read import Requirement
    from ml.resumes.taxonomy import Taxonomy
    from ml.warehouse.connection import Warehouse

# What is in memory, and in one transaction, at a time.
DESCRIPTIONS_PER_STEP = 1_000


@dataclass(frozen=True)
class Description:
    """The description of a version of a requisition."""

    requisition_id: str
    recorded_at: dt.datetime
    description: str
    description_hash: str


def read_descriptions(warehouse: Warehouse) -> int:
    """Read every description that is not read yet, or was read by another version, and write what it asks for.

    Works some descriptions in a transaction: it may be killed at any point and goes on where it was. Two runs wait for
    each other.

    Parameters
    ----------
    warehouse : Warehouse
        Read and written as the trainer.

    Returns
    -------
    int
        Versions of requisitions that were read now.
    """
    taxonomy, reader = read_taxonomy(), reader_version()
    count = 0
    with warehouse.connect(TRAINER) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [Lock.READ_REQUIREMENTS])
        with connection.cursor(name="unread", row_factory=class_row(Description)) as cursor:
            cursor.execute((SQL / "unread_descriptions.sql").read_bytes(), {"reader": reader})
            while descriptions := cursor.fetchmany(DESCRIPTIONS_PER_STEP):
                with warehouse.connect(TRAINER) as writing:
                    _replace(writing, descriptions, taxonomy, reader)
                count += len(descriptions)
    return count


def reader_version() -> str:
    """Name the version of the rules and of the skills' names: either may change what a description is read to say."""
    names = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(DATA.glob("*.t*"))))
    return f"{READER}-{names.hexdigest()[:12]}"


def _replace(
    connection: psycopg.Connection, descriptions: Sequence[Description], taxonomy: Taxonomy, reader: str
) -> None:
    # Most versions of a requisition have the same description.
    found: dict[str, tuple[Requirement, ...]] = {}
    for row in descriptions:
        if row.description_hash not in found:
            found[row.description_hash] = read_requirements(row.description, taxonomy=taxonomy)
    keys = {
        "requisition_ids": [row.requisition_id for row in descriptions],
        "recorded_at": [row.recorded_at for row in descriptions],
    }
    connection.execute((SQL / "forget_requirements.sql").read_bytes(), keys)
    with connection.cursor() as cursor:
        with cursor.copy("copy matching.read_descriptions from stdin") as copy:
            for row in descriptions:
                copy.write_row((row.requisition_id, row.recorded_at, row.description_hash, reader))
        with cursor.copy("copy matching.requirements from stdin") as copy:
            for row in descriptions:
                for ordinal, requirement in enumerate(found[row.description_hash]):
                    copy.write_row((row.requisition_id, row.recorded_at, ordinal, *_columns(requirement), reader))


def _columns(requirement: Requirement) -> tuple[object, ...]:
    return (
        requirement.kind,
        list(requirement.alternatives),
        requirement.minimum_years,
        requirement.is_required,
        requirement.quote,
        requirement.span.start,
        requirement.span.end,
    )
