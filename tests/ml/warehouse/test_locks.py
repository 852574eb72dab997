"""One process at a time, and the one that waits can say so."""

from __future__ import annotations

import threading
from pathlib import Path

from ml.warehouse.locks import file_lock


def test_who_waits_is_told_and_goes_on_afterwards(tmp_path: Path) -> None:
    happened: list[str] = []
    waits = threading.Event()

    def say_so() -> None:
        happened.append("waits")
        waits.set()

    def second() -> None:
        with file_lock(tmp_path / "lock", on_wait=say_so):
            happened.append("second")

    other = threading.Thread(target=second)
    with file_lock(tmp_path / "lock", on_wait=lambda: happened.append("nobody was first")):
        happened.append("first")
        other.start()
        assert waits.wait(timeout=30)
        happened.append("first ends")
    other.join()
    assert happened == ["first", "waits", "first ends", "second"]
