"""Every tree's answer for a block of rows, compiled by numba; imported when something is scored, not before.

scikit-learn's ``Tree.apply`` walks nodes of 64 bytes, one row at a time, and waits for memory at every step. Here a
node is 16 bytes and sixteen rows walk together, so that their waits overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from sklearn.tree import DecisionTreeClassifier

ROWS_TOGETHER = 16
# A row is laid out twice, its missing values once as the largest and once as the smallest number, side by side:
# ``feature`` is twice the column, plus one where a missing value goes left. One comparison then decides.
NODE = np.dtype([("threshold", np.float32), ("feature", np.uint32), ("left", np.uint32), ("right", np.uint32)])


class CompactForest:
    """The nodes of all trees, one tree after the other; positions are those of the whole.

    Parameters
    ----------
    trees : sequence of DecisionTreeClassifier
        Fitted, of classes 0 and 1.
    n_columns : int
        Of the rows to come; what the trees saw after these were copies of the last.

    Attributes
    ----------
    nodes : ndarray of NODE, shape (n_nodes,)
        A leaf leads to itself.
    roots : ndarray of shape (n_trees,)
        Where each tree starts.
    votes, shares : ndarray of shape (n_nodes,), in [0, 1]
        Of each node: whether its majority is positive (a tie is negative), and its positive share.
    samples : ndarray of shape (n_nodes,)
        Training rows of each node, as the tree weighed them.
    """

    def __init__(self, trees: Sequence[DecisionTreeClassifier], n_columns: int) -> None:
        sizes = np.array([tree.tree_.node_count for tree in trees])
        self.roots = np.cumsum(sizes) - sizes
        planted = zip(trees, self.roots, strict=True)
        self.nodes = np.concatenate([_nodes(tree, root, n_columns) for tree, root in planted])
        values = np.concatenate([tree.tree_.value[:, 0, :] for tree in trees])
        self.votes = (values[:, 1] > values[:, 0]).astype(np.float64)
        self.shares = np.ascontiguousarray(values[:, 1])
        self.samples = np.concatenate([tree.tree_.weighted_n_node_samples for tree in trees])

    def add_to(self, X: NDArray[np.float32], votes: NDArray[np.float64], shares: NDArray[np.float64]) -> None:
        """Add every tree's vote and share to the totals of some rows, in the order of the trees.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns), float32
            NaN is a missing value; no infinite values.
        votes, shares : ndarray of shape (n_rows,)
            Added to in place.
        """
        _add(self.nodes, self.roots, self.votes, self.shares, X, votes, shares)


def _nodes(tree: DecisionTreeClassifier, root: int, n_columns: int) -> NDArray[np.void]:
    inner = tree.tree_
    is_leaf = inner.children_left < 0
    itself = root + np.arange(inner.node_count)
    nodes = np.empty(inner.node_count, NODE)
    # A split on missing alone has no finite threshold; the largest number still tells missing values from others.
    nodes["threshold"] = np.minimum(_rounded_down(inner.threshold), np.finfo(np.float32).max)
    column = np.minimum(inner.feature, n_columns - 1)
    nodes["feature"] = np.where(is_leaf, 0, column * 2 + inner.missing_go_to_left)
    nodes["left"] = np.where(is_leaf, itself, root + inner.children_left)
    nodes["right"] = np.where(is_leaf, itself, root + inner.children_right)
    return nodes


def _rounded_down(threshold: NDArray[np.float64]) -> NDArray[np.float32]:
    """Give the largest float32 up to each threshold: no float32 value lies between the two, so every test stays."""
    nearest = threshold.astype(np.float32)
    lower: NDArray[np.float32] = np.nextafter(nearest, np.float32(-np.inf))
    return np.where(nearest > threshold, lower, nearest)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function to machine code that threads run side by side, and keep it between processes."""
    try:
        machine_code: Callable[..., Any] = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        # No folder to keep compiled code in, neither the package's nor the user's: it is compiled in every process.
        machine_code = numba.njit(nogil=True)(function)
    return machine_code


@compiled
def _add(  # type: ignore[no-untyped-def]  # noqa: PLR0917
    nodes, roots, node_votes, node_shares, X, votes, shares
):
    rows = np.empty((X.shape[0], 2 * X.shape[1]), np.float32)
    for i in range(X.shape[0]):
        for column in range(X.shape[1]):
            value = X[i, column]
            rows[i, 2 * column] = np.inf if np.isnan(value) else value
            rows[i, 2 * column + 1] = -np.inf if np.isnan(value) else value
    # Unsigned throughout: a signed index costs a test for being negative at every step.
    place = np.empty(ROWS_TOGETHER, np.uint32)
    n_rows = np.uintp(X.shape[0])
    for root in roots:
        first = np.uintp(0)
        while first < n_rows:
            together = min(np.uintp(ROWS_TOGETHER), n_rows - first)
            for i in range(together):
                place[i] = root
            is_walking = True
            while is_walking:
                is_walking = False
                for i in range(together):
                    node = nodes[place[i]]
                    child = node.left if rows[first + i, node.feature] <= node.threshold else node.right
                    is_walking |= child != place[i]
                    place[i] = child
            for i in range(together):
                votes[first + i] += node_votes[place[i]]
                shares[first + i] += node_shares[place[i]]
            first += np.uintp(ROWS_TOGETHER)
