"""Why a file has no text."""

from __future__ import annotations


class UnreadableError(Exception):
    """A file that cannot be read; the message is the reason, without a full stop: ``encrypted PDF``."""
