"""An installation whose organisation is the test's own fresh warehouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ml.jobs.installation import Installation, open_installation


@pytest.fixture
def install(fresh_warehouse, settings, tmp_path, monkeypatch) -> Callable[[str], Installation]:
    """Write the rest of the organisation file, and point the environment to it."""
    # The session's server and passwords, and a folder of its own below its var.
    name = fresh_warehouse.database.removeprefix("facetrank_")
    monkeypatch.setenv("FACETRANK_VAR", str(settings.var))

    def write(rest: str = "") -> Installation:
        file = tmp_path / "organisation.yaml"
        file.write_text(f"name: {name}\n{rest}")
        monkeypatch.setenv("FACETRANK_CONFIG", str(file))
        installation = open_installation()
        assert installation.warehouse.database == fresh_warehouse.database
        return installation

    return write


@pytest.fixture
def installation(install) -> Installation:
    """An organisation with every part and every default."""
    return install()


@pytest.fixture
def inbox(installation) -> Path:
    """Its inbox, empty."""
    folder = installation.folder / "inbox"
    folder.mkdir(parents=True)
    return folder
