"""Generated passwords, kept in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING

from ml.errors import WarehouseError
from ml.warehouse.locks import file_lock

if TYPE_CHECKING:
    from pathlib import Path


def read_or_create_secrets(var: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return a password for every name, generating and storing those that are new.

    Parameters
    ----------
    var : Path
        Working folder; the file is ``secrets.json`` in it, mode 0600.
    names : tuple of str
        What needs a password.

    Returns
    -------
    dict of str to str
        All stored passwords by name.

    Raises
    ------
    WarehouseError
        The file is not JSON.
    """
    path = var / "secrets.json"
    with file_lock(var / "secrets.lock"):
        stored = _read(path)
        missing = [name for name in names if name not in stored]
        if missing:
            stored |= {name: secrets.token_urlsafe(24) for name in missing}
            _write(path, stored)
    return stored


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        stored: dict[str, str] = json.loads(path.read_text())
    except json.JSONDecodeError:
        raise WarehouseError(f"{path}: not valid JSON; restore it, or delete it and run `facetrank up`.") from None
    return stored


def _write(path: Path, stored: dict[str, str]) -> None:
    building = path.with_suffix(".building")
    descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(stored, file, indent=1)
    building.replace(path)
