"""A full or read-only disk is told apart from every other trouble."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path

import pytest

from ml import disk
from ml.disk import disk_trouble, unwritable
from ml.errors import FacetrankError, LoadError


def full_disk_error() -> OSError:
    with pytest.raises(OSError, match="No space left on device") as refused:
        Path("/dev/full").write_text("anything", encoding="utf-8")
    return refused.value


def full(var: Path) -> re.Pattern[str]:
    return re.compile(
        rf"^A disk ran full \(now {re.escape(str(var))} has \d+ MB free, {re.escape(tempfile.gettempdir())} has \d+ MB\): "
        r"free some, or set FACETRANK_VAR to another disk, and repeat\.$"
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.EROFS, "is on a read-only disk"),
        (errno.ENOSPC, "is on a full disk"),
        (errno.EACCES, "cannot be written (Permission denied)"),
    ],
)
def test_an_unwritable_folder_says_why(code: int, reason: str) -> None:
    error = unwritable(Path("there"), OSError(code, os.strerror(code)))
    assert str(error) == f"there {reason}: set FACETRANK_VAR to a writable folder with 2 GB free."


@pytest.mark.parametrize(
    "error",
    [
        full_disk_error(),
        LoadError('Nothing was loaded, the warehouse stopped: could not extend file "1": No space left on device.'),
        RuntimeError("(sqlite3.OperationalError) database or disk is full"),
    ],
)
def test_a_full_disk_is_told(error: Exception, tmp_path: Path) -> None:
    assert full(tmp_path).match(disk_trouble(error, tmp_path) or "")


def test_a_folder_that_is_not_there_yet_is_on_the_disk_of_its_parent(tmp_path: Path) -> None:
    var = tmp_path / "not" / "there"
    assert full(var).match(disk_trouble(full_disk_error(), var) or "")


def test_what_an_error_was_raised_from_counts(tmp_path: Path) -> None:
    error = ValueError("the model cannot be kept")
    error.__cause__ = full_disk_error()
    assert full(tmp_path).match(disk_trouble(error, tmp_path) or "")


def test_a_read_only_disk_is_told(tmp_path: Path) -> None:
    error = OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path / "airflow"))
    expected = f"{tmp_path} is on a read-only disk: set FACETRANK_VAR to a writable folder with 2 GB free."
    assert disk_trouble(error, tmp_path) == expected


def test_any_error_on_a_disk_with_nothing_left_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    error = FacetrankError("The server closed the connection.")
    assert disk_trouble(error, tmp_path) is None
    monkeypatch.setattr(disk, "_NOTHING_LEFT_BYTES", 10**18)
    assert full(tmp_path).match(disk_trouble(error, tmp_path) or "")


def test_an_error_that_says_it_already_is_left_alone(tmp_path: Path) -> None:
    assert disk_trouble(unwritable(tmp_path, full_disk_error()), tmp_path) is None
