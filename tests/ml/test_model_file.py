from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ml.model_file import load_model, save_model
from ml.rankers.train import fit_and_validate
from tests.ml.rankers.factories import CONTRACT, make_snapshot, make_table, organisation

if TYPE_CHECKING:
    from pathlib import Path

# Of another process: its memory is laid out in its own way, and its clock goes on.
WRITE = """
import sys
from pathlib import Path

from ml.model_file import save_model
from ml.rankers.train import fit_and_validate
from tests.ml.rankers.factories import CONTRACT, make_snapshot, organisation

folder, ballast = Path(sys.argv[1]), [object() for _ in range(int(sys.argv[2]))]
print(save_model(fit_and_validate(make_snapshot(folder), CONTRACT, organisation()).model, folder / "model.skops"))
"""


def written_by(folder: Path, *, processors: int) -> str:
    """Fit and save in a process that uses so many threads."""
    folder.mkdir()
    environment = {**os.environ, "LOKY_MAX_CPU_COUNT": str(processors), "PYTHONHASHSEED": str(processors)}
    command = [sys.executable, "-c", WRITE, str(folder), str(1000 * processors)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_same_snapshot_gives_the_same_bytes_whatever_the_threads(tmp_path: Path) -> None:
    first, second = (written_by(tmp_path / str(each), processors=each) for each in (1, 4))
    assert first == second
    files = [(tmp_path / name / "model.skops").read_bytes() for name in ("1", "4")]
    assert files[0] == files[1]
    assert hashlib.sha256(files[0]).hexdigest() == first


@pytest.mark.parametrize("seed", range(3))
def test_what_was_saved_is_loaded(tmp_path: Path, seed: int) -> None:
    table = make_table(seed=seed)
    model = fit_and_validate(make_snapshot(tmp_path, table), CONTRACT, organisation()).model
    again = load_model(tmp_path / "model", save_model(model, tmp_path / "model"))
    for ours, theirs in zip(model.score_table(table), again.score_table(table), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(model.is_outside(table), again.is_outside(table))
    # And is written again as it was read.
    assert save_model(again, tmp_path / "again") == save_model(model, tmp_path / "model")
