"""The product as its users run it: the command line, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.config import Settings

MAIN = "import sys; from ml.cli import main; sys.argv[0] = 'facetrank'; main()"

Facetrank = Callable[..., str]


@pytest.fixture(scope="session")
def facetrank(settings: Settings) -> Facetrank:
    """Run a command for an organisation and return what it prints; a failure shows what it said."""

    def run(organisation_file: Path, *arguments: str) -> str:
        own = Settings(settings.repository, settings.var, organisation_file)
        called = subprocess.run(
            [sys.executable, "-c", MAIN, *arguments],
            capture_output=True, text=True, check=False, cwd=settings.repository, env=own.environment(),
        )  # fmt: skip
        assert called.returncode == 0, called.stdout + called.stderr
        return called.stdout

    return run
