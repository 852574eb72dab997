"""Frozen training data: a Parquet file that its content names, with a description beside it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ml.errors import FacetrankError
from ml.rankers.matrix import count_label_statuses, read_tenure_rows, read_training_rows

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa

    from ml.contract import FeatureContract
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

_PATHS = ("path", "tenures_path")


class NoLabelsError(FacetrankError):
    """A ranker has no observed label at all; nothing is wrong, it is not trained."""


class TooFewLabelsError(FacetrankError):
    """A ranker has observed labels, but too few to learn from."""


class AlteredSnapshotError(FacetrankError):
    """A snapshot's file is not what its description says."""


@dataclass(frozen=True)
class Snapshot:
    """A frozen training set.

    Attributes
    ----------
    path : str
        The Parquet file of the labels; the description is beside it, under ``name`` and the suffix ``.json``.
    ranker : str
        Whose labels.
    as_of_date : str
        ISO date up to which facts were known.
    content_hash : str
        SHA-256 of the file: the same rows give the same bytes under the same lock.
    contract_hash : str
        Of the feature contract that its columns are.
    invocation_id : str
        The dbt run that built labels and features.
    rows, positives : int
        Observed labels, and the positive ones.
    label_statuses : dict of str to int
        Applications by label status.
    tenures_path, tenures_hash : str or None
        Attrition only: a second file, of everybody who started work, labelled or not, and its SHA-256. The forest
        learns from it (:mod:`ml.rankers.risk_sets`); the labels judge it.
    """

    path: str
    ranker: str
    as_of_date: str
    content_hash: str
    contract_hash: str
    invocation_id: str
    rows: int
    positives: int
    label_statuses: dict[str, int]
    tenures_path: str | None = None
    tenures_hash: str | None = None

    @property
    def data_hash(self) -> str:
        """SHA-256 of all that is learnt from: ``content_hash``, or where there are tenures over both files' hashes."""
        if self.tenures_hash is None:
            return self.content_hash
        return hashlib.sha256(f"{self.content_hash} {self.tenures_hash}".encode()).hexdigest()

    @property
    def name(self) -> str:
        """Ranker, date and the first digits of ``data_hash``."""
        return f"{self.ranker}-{self.as_of_date}-{self.data_hash[:12]}"

    def table(self) -> pa.Table:
        """Read the rows.

        Raises
        ------
        AlteredSnapshotError
            The file's hash is not the recorded one.
        """
        return self._read(self.path, self.content_hash)

    def tenure_table(self) -> pa.Table | None:
        """Read the tenures; None where the ranker has none. Raises as :meth:`table`."""
        return self._read(self.tenures_path, self.tenures_hash) if self.tenures_path else None

    def _read(self, path: str, expected_hash: str | None) -> pa.Table:
        import pyarrow.parquet as pq

        if _hash(Path(path)) != expected_hash:
            raise AlteredSnapshotError(
                f"{path} was altered after it was frozen: retrain {self.ranker} as of {self.as_of_date}."
            )
        return pq.read_table(path)


def freeze_snapshot(
    warehouse: Warehouse,
    organisation: Organisation,
    *,
    contract: FeatureContract,
    ranker: str,
    as_of_date: dt.date,
    folder: Path,
    invocation_id: str,
) -> Snapshot:
    """Freeze a ranker's observed labels and features as of a date; for attrition, all tenures as well.

    Freezing the same content again gives the same files and keeps their first description.

    Parameters
    ----------
    warehouse : Warehouse
        Read as the trainer.
    organisation : Organisation
        Says how many labels are enough.
    contract : FeatureContract
        Which columns are features.
    ranker : {"quality", "onboard", "attrition"}
        Whose labels.
    as_of_date : date
        Of the labels and features to read; dbt has built them.
    folder : Path
        Where snapshots are kept; made if needed.
    invocation_id : str
        Of the dbt run that built them.

    Returns
    -------
    Snapshot
        The file and its description.

    Raises
    ------
    NoLabelsError
        No label of this ranker is observed.
    TooFewLabelsError
        Fewer than ``rankers.minimum_labels``, or than ``rankers.minimum_rarer`` of the rarer class.
    """
    statuses, positives = count_enough_labels(warehouse, organisation, ranker, as_of_date)
    features, stem = contract.for_ranker(ranker), f"{ranker}-{as_of_date.isoformat()}"
    table = read_training_rows(warehouse, ranker, features=features, as_of_date=as_of_date)
    path, content_hash = _write(table, folder, stem)
    tenures_path, tenures_hash = None, None
    if ranker == "attrition":
        tenures = read_tenure_rows(warehouse, features=features, as_of_date=as_of_date)
        tenures_path, tenures_hash = _write(tenures, folder, f"{stem}-tenures")
    snapshot = Snapshot(
        path=str(path),
        ranker=ranker,
        as_of_date=as_of_date.isoformat(),
        content_hash=content_hash,
        contract_hash=contract.hash(ranker),
        invocation_id=invocation_id,
        rows=table.num_rows,
        positives=positives,
        label_statuses=statuses,
        tenures_path=str(tenures_path) if tenures_path else None,
        tenures_hash=tenures_hash,
    )
    return _describe(snapshot)


def count_enough_labels(
    warehouse: Warehouse, organisation: Organisation, ranker: str, as_of_date: dt.date
) -> tuple[dict[str, int], int]:
    """Count a ranker's applications by label status, and the positives. Raises as :func:`freeze_snapshot`."""
    statuses, positives = count_label_statuses(warehouse, ranker, as_of_date=as_of_date)
    _check_counts(organisation, ranker, as_of_date, observed=statuses.get("observed", 0), positives=positives)
    return statuses, positives


def read_snapshot(description: Path) -> Snapshot:
    """Read a snapshot's description; its rows are read by :meth:`Snapshot.table`."""
    document = json.loads(description.read_text(encoding="utf-8"))
    paths = {name: str(description.with_name(document[name])) for name in _PATHS if document.get(name)}
    return Snapshot(**{**document, **paths})


def _describe(snapshot: Snapshot) -> Snapshot:
    """Write a snapshot's description, unless its files have one, and read it back."""
    description = Path(snapshot.path).with_name(f"{snapshot.name}.json")
    if not description.exists():
        names = {name: Path(path).name for name in _PATHS if (path := getattr(snapshot, name))}
        _replace(description, json.dumps(asdict(snapshot) | names, indent=2, sort_keys=True).encode())
    return read_snapshot(description)


def _check_counts(
    organisation: Organisation, ranker: str, as_of_date: dt.date, *, observed: int, positives: int
) -> None:
    if observed == 0:
        raise NoLabelsError(f"{ranker}: no labels as of {as_of_date}, so there is nothing to train on.")
    rarer, settings = min(positives, observed - positives), organisation.rankers
    if observed < settings.minimum_labels or rarer < settings.minimum_rarer:
        raise TooFewLabelsError(
            f"{ranker}: {observed} mature labels as of {as_of_date}, {rarer} of the rarer class; training needs "
            f"{settings.minimum_labels} and {settings.minimum_rarer} "
            "(rankers.minimum_labels, rankers.minimum_rarer): wait, or load more history."
        )


def _write(table: pa.Table, folder: Path, stem: str) -> tuple[Path, str]:
    """Write a table under the name that its hash gives it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = pa.BufferOutputStream()
    pq.write_table(table.combine_chunks(), buffer, compression="zstd")
    content = buffer.getvalue().to_pybytes()
    content_hash = hashlib.sha256(content).hexdigest()
    path = folder / f"{stem}-{content_hash[:12]}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    _replace(path, content)
    return path, content_hash


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content)
    draft.replace(path)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
