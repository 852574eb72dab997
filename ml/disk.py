"""A full or read-only disk: said in one sentence, whichever library stumbles over it first."""

from __future__ import annotations

import errno
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ml.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Errors come as text where a task, Postgres, SQLite or dbt passes them on.
_FULL = ("No space left on device", "Disk quota exceeded", "database or disk is full")
_READ_ONLY = ("Read-only file system", "attempt to write a readonly database")
# A server that could not write its log of transactions is gone, and says no more than that.
_NOTHING_LEFT_BYTES = 16_000_000


def unwritable(folder: Path, error: OSError) -> DiskError:
    """Say in one sentence why a folder cannot be written, and what to do."""
    reasons = {errno.EROFS: "is on a read-only disk", errno.ENOSPC: "is on a full disk"}
    reason = reasons.get(error.errno or 0, f"cannot be written ({error.strerror})")
    return DiskError(f"{folder} {reason}: set FACETRANK_VAR to a writable folder with 2 GB free.")


def disk_trouble(error: BaseException, var: Path) -> str | None:
    """Say that a full or read-only disk is behind an error, and what to do; None where it has another cause.

    Parameters
    ----------
    error : BaseException
        The error; what it was raised from counts too.
    var : Path
        Where the product writes.
    """
    causes = list(_causes(error))
    if any(isinstance(cause, DiskError) for cause in causes):
        return None
    text = " ".join(str(cause) for cause in causes)
    if any(sign in text for sign in _READ_ONLY):
        return f"{var} is on a read-only disk: set FACETRANK_VAR to a writable folder with 2 GB free."
    if any(sign in text for sign in _FULL) or _free_bytes(var) < _NOTHING_LEFT_BYTES:
        scratch = Path(tempfile.gettempdir())
        return (
            f"A disk ran full (now {var} has {_free_bytes(var) // 1_000_000} MB free, {scratch} has "
            f"{_free_bytes(scratch) // 1_000_000} MB): free some, or set FACETRANK_VAR to another disk, and repeat."
        )
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _free_bytes(folder: Path) -> int:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free
