"""The edge of every job: settings, organisation and warehouse, read from the environment of the task."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ml.config import Settings
from ml.organisation import Organisation, read_organisation
from ml.warehouse import open_warehouse

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from expectations.layers import LayerName
    from ml.contract import FeatureContract
    from ml.registry import Registry
    from ml.warehouse.connection import Warehouse

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Installation:
    """What a job works on."""

    settings: Settings
    organisation: Organisation
    warehouse: Warehouse

    @property
    def folder(self) -> Path:
        """The organisation's folder below ``var``."""
        return self.settings.organisation_folder(self.organisation.name)

    @property
    def snapshots(self) -> Path:
        """Where training snapshots are kept."""
        return self.folder / "snapshots"

    @property
    def match_cache(self) -> Path:
        """Where word counts of resumes are kept; may be deleted."""
        return self.folder / "match_cache"

    @property
    def registry(self) -> Registry:
        """The organisation's models."""
        from ml.registry import open_registry

        return open_registry(self.settings, self.organisation, self.warehouse)

    @property
    def contract(self) -> FeatureContract:
        """The feature contract of the last dbt build."""
        from ml.contract import read_contract
        from ml.transform import manifest_path

        return read_contract(manifest_path(self.settings, self.organisation))

    def pass_gate(self, layer: LayerName, as_of_date: date, **about: Any) -> None:
        """Check a layer, and say what was checked.

        Parameters
        ----------
        layer : str
            Which gate.
        as_of_date : date
            Of the data.
        **about
            What the gate needs besides: ``contract``, ``snapshot`` or ``batch_id``.

        Raises
        ------
        GateFailedError
            An expectation was not met.
        """
        from expectations.gates import run_gate

        docs_folder = self.folder / "site" / "data_docs"
        result = run_gate(
            *(self.warehouse, self.organisation, layer, as_of_date),
            docs_folder=docs_folder,
            run_at=datetime.now(UTC),
            **about,
        )
        _log.info("%s", result.sentence)


def open_installation() -> Installation:
    """Read the installation that the environment describes.

    Raises
    ------
    ConfigurationError
        The organisation file cannot be used.
    WarehouseError
        There is no warehouse yet.
    """
    settings = Settings.from_environment(os.environ)
    organisation = read_organisation(settings.organisation_file)
    return Installation(settings, organisation, open_warehouse(settings, organisation))
