"""The command line: ``facetrank``."""

from __future__ import annotations

import sys

from ml.errors import FacetrankError


def main() -> None:
    """Run the command line; an error that a user can act on is one line on standard error and exit code 2."""
    from ml.cli.app import app

    try:
        app()
    except FacetrankError as error:
        print(f"facetrank: {error}", file=sys.stderr)
        sys.exit(2)
