from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from ml.rankers.kernel import ROWS_TOGETHER, CompactForest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import numpy as np
from sklearn.tree import DecisionTreeClassifier
from ml.rankers.kernel import CompactForest
X = np.array([[0.0], [1.0]], np.float32)
votes, shares = np.zeros(2), np.zeros(2)
CompactForest([DecisionTreeClassifier().fit(X, [0, 1])], 1).add_to(X, votes, shares)
print(votes, shares)
"""


def answers(trees: list[DecisionTreeClassifier], X: np.ndarray) -> np.ndarray:
    totals = np.zeros((2, len(X)))
    CompactForest(trees, X.shape[1]).add_to(X, *totals)
    return totals


def asked_one_by_one(trees: list[DecisionTreeClassifier], X: np.ndarray) -> np.ndarray:
    totals = np.zeros((2, len(X)))
    for tree in trees:
        totals += tree.predict(X), tree.predict_proba(X)[:, 1]
    return totals


@pytest.mark.parametrize("n_rows", [1, ROWS_TOGETHER - 1, ROWS_TOGETHER, ROWS_TOGETHER + 1, 3 * ROWS_TOGETHER + 5])
def test_any_number_of_rows(n_rows: int) -> None:
    random = np.random.default_rng(n_rows)
    X = random.normal(size=(300, 3)).astype(np.float32)
    X[random.random(X.shape) < 0.2] = np.nan
    trees = [DecisionTreeClassifier(random_state=k).fit(X, random.integers(0, 2, 300)) for k in range(4)]
    np.testing.assert_array_equal(answers(trees, X[:n_rows]), asked_one_by_one(trees, X[:n_rows]))


@pytest.mark.parametrize("seed", range(10))
def test_values_next_to_a_threshold_go_where_the_tree_sends_them(seed: int) -> None:
    # Neighbouring float32 values, far enough apart for a split (1e-7): float32 cannot hold the threshold half way.
    value = np.float32(np.random.default_rng(seed).uniform(-1000, 1000))
    X = np.array([value, np.nextafter(value, np.float32(np.inf))]).reshape(-1, 1)
    tree = DecisionTreeClassifier().fit(X, [0, 1])
    near = np.array([np.nextafter(X.min(), np.float32(-np.inf)), *X[:, 0], np.nextafter(X.max(), np.float32(np.inf))])
    # The lower two are of the first class, the upper two of the second.
    np.testing.assert_array_equal(answers([tree], near.reshape(-1, 1))[0], [0, 0, 1, 1])


def test_a_split_on_missing_alone() -> None:
    X = np.array([[1.0], [1.0], [np.nan], [np.nan]], np.float32)
    tree = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])
    assert np.isinf(tree.tree_.threshold[0])
    np.testing.assert_array_equal(answers([tree], X)[0], [0, 0, 1, 1])


def test_scores_where_no_folder_can_keep_compiled_code(tmp_path: Path) -> None:
    # A file where each cache folder would be made: nobody, not even root, can write there.
    blocked = tmp_path / "file"
    blocked.touch()
    package = tmp_path / "package" / "ml"
    import ml

    package.parent.mkdir()
    package.symlink_to(next(iter(ml.__path__)))
    environment = {"PYTHONPATH": str(package.parent), "HOME": str(blocked), "XDG_CACHE_HOME": str(blocked)}
    environment["NUMBA_CACHE_LOCATOR_CLASSES"] = "UserWideCacheLocator"
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[0. 1.] [0. 1.]", done.stderr
