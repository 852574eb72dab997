"""The command line: ``facetrank``."""

from __future__ import annotations

import os
import sys

from ml.errors import FacetrankError


def main() -> None:
    """Run the command line; an error that a user can act on is one line on standard error and exit code 2."""
    from ml.cli.app import app

    try:
        app()
    except Exception as error:
        from ml.config import Settings
        from ml.disk import disk_trouble

        trouble = disk_trouble(error, Settings.from_environment(os.environ).var)
        if not isinstance(error, FacetrankError) and trouble is None:
            raise
        said = [str(error)] if isinstance(error, FacetrankError) else []
        print("facetrank:", *said, *([trouble] if trouble else []), file=sys.stderr)
        sys.exit(2)
