"""Where things are: the checkout, the working folder, the organisation file and the warehouse."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Settings:
    """Paths and addresses of one installation, read once at the edge.

    Attributes
    ----------
    repository : Path
        The checkout, which holds ``dags/``, ``dbt_project/`` and ``examples/``.
    var : Path
        Everything the product writes: server, secrets, snapshots, models, site (``FACETRANK_VAR``).
    organisation_file : Path
        The organisation's YAML file (``FACETRANK_CONFIG``).
    database_url : str or None
        Administrator URL of a Postgres 15 or newer to use instead of the embedded one (``FACETRANK_DATABASE_URL``).
    """

    repository: Path
    var: Path
    organisation_file: Path
    database_url: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings from environment variables; an empty variable counts as unset."""
        default_organisation = REPOSITORY / "examples" / "demo" / "organisation.yaml"
        return cls(
            repository=REPOSITORY,
            var=Path(environ.get("FACETRANK_VAR") or REPOSITORY / "var").resolve(),
            organisation_file=Path(environ.get("FACETRANK_CONFIG") or default_organisation).resolve(),
            database_url=environ.get("FACETRANK_DATABASE_URL") or None,
        )

    def organisation_folder(self, name: str) -> Path:
        """Folder of one organisation below ``var``: inbox, snapshots, models, site."""
        return self.var / name

    def environment(self) -> dict[str, str]:
        """Give a child process these same settings on top of the current environment."""
        own = {"FACETRANK_VAR": str(self.var), "FACETRANK_CONFIG": str(self.organisation_file)}
        if self.database_url:
            own["FACETRANK_DATABASE_URL"] = self.database_url
        return {**os.environ, **own}
