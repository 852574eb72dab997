"""Locks between processes: of one machine by file, of one database by number."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

from ml.disk import unwritable


class Lock(IntEnum):
    """Advisory locks of the warehouse; each number means one thing in every database."""

    PROVISION = 7261001
    MIGRATE = 7261002
    LOAD = 7261003
    MATCH_CORPUS = 7261004
    MATCH_SUBMITTED = 7261005
    READ_RESUMES = 7261006
    READ_REQUIREMENTS = 7261007
    BUILD = 7261010


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def file_lock(path: Path, *, on_wait: Callable[[], object] | None = None) -> Iterator[None]:
    """Hold an exclusive lock on ``path``, waiting for whoever holds it; makes the folder if need be.

    Parameters
    ----------
    path : Path
        The file to lock.
    on_wait : callable, optional
        Called once if somebody else holds the lock, to say what is waited for.

    Raises
    ------
    DiskError
        The folder cannot be written: read-only, full, or not ours.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise unwritable(path.parent, error) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait is not None:
                on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
