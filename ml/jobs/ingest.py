"""The tasks of ``ingest``: sources into landing tables, those into texts, labels and features, gates between."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ml.jobs import NothingToDoError
from ml.jobs.builds import record_build, record_passed
from ml.jobs.installation import Installation, open_installation
from ml.warehouse.roles import LOADER

if TYPE_CHECKING:
    from pathlib import Path

    from ml.jobs.dates import Trigger
    from ml.load.summary import LoadSummary

_log = logging.getLogger(__name__)
# What is said there is shown at once, not when its task ends.
_progress = logging.getLogger(f"{__name__}.progress")

# A file that had rows rejected is loaded again: what they refer to may have come meanwhile.
_LOADED_WHOLE = """
select latest.content_hash
from (
    select distinct on (log.content_hash, log.table_name) log.content_hash, log.rejected
    from landing.load_log as log
    order by log.content_hash, log.table_name, log.load_id desc
) as latest
group by latest.content_hash
having sum(latest.rejected) = 0
"""


def default_date(trigger: Trigger) -> date:
    """Give the organisation's own date, or the day of the trigger (UTC)."""
    return open_installation().organisation.as_of_date or trigger.moment.astimezone(UTC).date()


def load_sources() -> None:
    """Load the sources of the organisation file, then what lies in its inbox.

    The inbox (``var/<organisation>/inbox``) and each folder in it hold files named after the landing tables; a folder
    whose files were all loaded before, byte for byte and without a rejected row, is passed over.
    """
    from ml.load.load import load_folder, load_sources

    installation = open_installation()
    warehouse, organisation = installation.warehouse, installation.organisation
    now = datetime.now(UTC)
    sources = load_sources(warehouse, organisation, installation.settings.organisation_file.parent, loaded_as_of=now)
    for source, summary in zip(organisation.sources, sources, strict=True):
        _say(source.folder, summary)
    for folder in _new_deliveries(installation):
        _say(folder.name, load_folder(warehouse, folder, loaded_as_of=now))


def gate_landing(as_of_date: date) -> None:
    """Stop unless the landing tables pass their gate."""
    open_installation().pass_gate("landing", as_of_date)


def read() -> None:
    """Read the resumes that are new, where the organisation has resumes, and say how many cannot be read."""
    from ml.resumes.read import read_resumes
    from ml.resumes.summary import describe_texts

    installation = open_installation()
    if "resumes" not in installation.organisation.parts:
        raise NothingToDoError(f"{installation.organisation.name} has no resumes, so that there is nothing to read.")
    done = read_resumes(installation.warehouse, installation.organisation.resumes, say=_progress.info)
    _log.info("%s resumes read now; %s", f"{done:,}", describe_texts(installation.warehouse))


def match(as_of_date: date) -> None:
    """Match the resumes that are new with the descriptions they answer, where the organisation has resumes.

    What the descriptions ask for is read first.
    """
    from ml.matching.requirements.store import read_descriptions
    from ml.matching.submitted import match_submitted

    installation = open_installation()
    if "resumes" not in installation.organisation.parts:
        raise NothingToDoError(f"{installation.organisation.name} has no resumes, so that there is nothing to match.")
    _log.info("%s descriptions read", f"{read_descriptions(installation.warehouse):,}")
    matched = match_submitted(installation.warehouse, as_of_date, cache_folder=installation.match_cache)
    _log.info("%s applications matched", f"{matched:,}")


def build(as_of_date: date) -> None:
    """Build labels, features and outcomes as of the date."""
    from ml import transform

    installation = open_installation()
    warehouse, organisation = installation.warehouse, installation.organisation
    invocation_id = transform.build(warehouse, organisation, installation.settings, as_of_date)
    record_build(warehouse, as_of_date, invocation_id)


def gate_labels(as_of_date: date) -> None:
    """Stop unless the labels pass their gate."""
    installation = open_installation()
    installation.pass_gate("labels", as_of_date)
    record_passed(installation.warehouse, as_of_date, "labels")


def gate_features(as_of_date: date) -> None:
    """Stop unless the features pass their gate."""
    installation = open_installation()
    installation.pass_gate("features", as_of_date, contract=installation.contract)
    record_passed(installation.warehouse, as_of_date, "features")


def _new_deliveries(installation: Installation) -> list[Path]:
    from ml.load.files import SUFFIXES
    from ml.load.formats import FileFormat
    from ml.load.plan import plan_folder

    inbox = installation.folder / "inbox"
    folders = [inbox, *sorted(path for path in inbox.glob("*") if path.is_dir())]
    deliveries = [folder for folder in folders if any(path.suffix in SUFFIXES for path in folder.glob("*"))]
    if not deliveries:
        return []
    with installation.warehouse.connect(LOADER) as connection:
        loaded = {content_hash for (content_hash,) in connection.execute(_LOADED_WHOLE)}
    return [
        folder
        for folder in deliveries
        if any(file.content_hash() not in loaded for file in plan_folder(folder, FileFormat()).files.values())
    ]


def _say(source: str, summary: LoadSummary) -> None:
    _log.info(
        "%s: %s loaded, %s unchanged, %s rejected",
        *(source, f"{summary.loaded:,}", f"{summary.unchanged:,}", f"{summary.rejected:,}"),
    )
