"""The reports' SQL: one file per question, values bound."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache
def query(name: str) -> bytes:
    """Read a query by its file's name."""
    return (Path(__file__).parent / f"{name}.sql").read_bytes()
