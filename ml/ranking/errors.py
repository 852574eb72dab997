"""What ranking refuses, in one sentence."""

from __future__ import annotations

from ml.errors import FacetrankError


class RankingError(FacetrankError):
    """A requisition, application, condition, weight or threshold that cannot be ranked with."""
