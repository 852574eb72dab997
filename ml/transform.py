"""The dbt build: one as-of date of labels, features and outcomes, made from the landing tables."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ml.errors import FacetrankError
from ml.warehouse.locks import Lock
from ml.warehouse.roles import TRANSFORMER

if TYPE_CHECKING:
    import datetime as dt

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

_FAILURES = ("error", "fail", "runtime error")
_SESSION = "-c timezone=UTC -c jit=off -c work_mem=64MB"
_LONGEST_MESSAGE = 600
_NOISE = re.compile(r"\s*(Database Error in|compiled code at|LINE \d+:|\^)")


class TransformError(FacetrankError):
    """The dbt build stopped; the message names the first model or test that failed, and why."""


def build(
    warehouse: Warehouse,
    organisation: Organisation,
    settings: Settings,
    as_of_date: dt.date,
    *,
    select: str | None = None,
) -> str:
    """Rebuild the partition of one as-of date in every mart, and run the data tests.

    Builds of one warehouse wait for each other: the intermediate tables hold one as-of date at a time.

    Parameters
    ----------
    warehouse, organisation, settings : Warehouse, Organisation, Settings
        What to build, with which windows and attributes, and where to keep dbt's files.
    as_of_date : datetime.date
        Midnight UTC up to which facts are known; only its partition is replaced.
    select : str, optional
        dbt node selection, everything by default.

    Returns
    -------
    str
        dbt's invocation id, which training snapshots carry.

    Raises
    ------
    TransformError
        A model could not be built or a data test failed; partitions built before it stay as they are now.
    """
    target = _target(settings, organisation)
    target.mkdir(parents=True, exist_ok=True)
    command = [*_dbt(settings, target), "--vars", json.dumps(build_vars(organisation, as_of_date), sort_keys=True)]
    command += ["--select", select] if select else []
    with warehouse.connect(TRANSFORMER, autocommit=True) as lock:
        lock.execute("select pg_advisory_lock(%s)", [Lock.BUILD])
        (target / "run_results.json").unlink(missing_ok=True)
        # dbt inherits the lock's socket: should this process be killed, the lock lasts until dbt is gone too.
        finished = subprocess.run(
            command,
            env=dbt_environment(warehouse),
            pass_fds=(lock.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        results = _run_results(target)
    if finished.returncode != 0:
        raise TransformError(_failure(as_of_date, results, finished.stdout))
    return str(results["metadata"]["invocation_id"])


def manifest_path(settings: Settings, organisation: Organisation) -> Path:
    """Give the manifest of the last build, which holds the feature contract."""
    return _target(settings, organisation) / "manifest.json"


def build_vars(organisation: Organisation, as_of_date: dt.date) -> dict[str, Any]:
    """Give the dbt vars of a build: the as-of date, the outcome windows and the declared attributes."""
    return {
        "as_of_date": as_of_date.isoformat(),
        **asdict(organisation.labels),
        "attribute_features": [asdict(attribute) for attribute in organisation.attributes],
    }


def dbt_environment(warehouse: Warehouse) -> dict[str, str]:
    """Give a dbt process the address and the password of the warehouse, which ``profiles.yml`` reads."""
    return {
        **os.environ,
        **{f"PG{name.upper()}": values[0] for name, values in parse_qs(warehouse.parameters).items()},
        "PGOPTIONS": _SESSION,
        "FACETRANK_DBT_HOST": warehouse.host,
        "FACETRANK_DBT_PORT": str(warehouse.port),
        "FACETRANK_DBT_DATABASE": warehouse.database,
        "DBT_ENV_SECRET_PASSWORD": warehouse.passwords[TRANSFORMER],
    }


def _target(settings: Settings, organisation: Organisation) -> Path:
    return settings.organisation_folder(organisation.name) / "dbt" / "target"


def _dbt(settings: Settings, target: Path) -> list[str]:
    project = str(settings.repository / "dbt_project")
    return [
        *(str(Path(sys.executable).with_name("dbt")), "--quiet", "--no-use-colors", "--log-level-file", "none"),
        *("build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"),
        *("--project-dir", project, "--profiles-dir", project),
        *("--target-path", str(target), "--log-path", str(target.parent / "logs")),
    ]


def _run_results(target: Path) -> dict[str, Any]:
    file = target / "run_results.json"
    results: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"results": []}
    return results


def _failure(as_of_date: dt.date, results: dict[str, Any], output: str) -> str:
    failed = next((result for result in results["results"] if result["status"] in _FAILURES), None)
    if failed is None:
        return f"dbt build as of {as_of_date}: {_shortened(output) or 'stopped without a message'}"
    name = failed["unique_id"].split(".")[2]
    return f"dbt build as of {as_of_date}: {name}: {_shortened(failed['message'] or failed['status'])}"


def _shortened(message: str) -> str:
    # dbt says again which model it was, and where the compiled SQL is.
    lines = [line.strip() for line in message.splitlines() if not _NOISE.match(line)]
    return " ".join(line for line in lines if line)[:_LONGEST_MESSAGE]
