"""What scoring refuses to do, in one sentence."""

from __future__ import annotations

from ml.errors import FacetrankError


class ScoringError(FacetrankError):
    """A batch that cannot be opened, written or published as asked."""
