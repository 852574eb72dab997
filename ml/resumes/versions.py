"""Versions of what is read from resumes. Stored rows carry them, and are made again when one changes."""

from __future__ import annotations

# Changes whenever the same bytes could give another text: reading, clean-up, redaction, or a library that reads.
READER = "text-1"
# Changes whenever the same text could give other facts.
FACTS = "facts-1"
