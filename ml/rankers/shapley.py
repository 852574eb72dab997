"""Shapley values of the votes of trees, for all trees at once, one level of splits after the other.

The game is that of path-dependent TreeSHAP (Lundberg et al., *From local explanations to global understanding with
explainable AI for trees*, 2020): a split that asks for a known player follows the row, any other averages its two
children by their shares of the training sample. With some players known, a leaf that votes positive is then worth

    the product, over the players j asked on the way to it, of o_j if j is known, else z_j

where o_j is 1 if the row passes all of these splits that ask for j, else 0, and z_j is the product of their shares.
The Shapley value of player i is the integral of the game's derivative along the diagonal of its multilinear extension
(Owen, *Multilinear extensions of games*, 1972), where every player is known with the same probability x. Of each leaf:

    the integral from 0 to 1 of (o_i - z_i) times the product, over the j other than i, of o_j x + z_j (1 - x)

This is a polynomial in x of a degree below the number of players, so that Gauss-Legendre quadrature with half as many
points is exact. What leaves have in common is worked out once for all of them: their products on the way down, the sum
over the leaves below on the way up (Yu et al., *Linear TreeShap*, 2022, do so with the polynomials themselves). A row
costs one visit of each node.

Plain numpy: one application is explained in less time than a compiler of machine code takes to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_NEGATIVE, _MIXED = 0, 2


@dataclass(frozen=True)
class VoteGame:
    """The game of a forest: what of it is the same for every row.

    It is told by edges. An edge is the way from a split to one of its children, unless all leaves below the split vote
    alike or all below the child vote negative: there is nothing to explain there. After the edges comes one more
    that is none, for where there is none above or before; every row passes it, and its share is 1.

    Attributes
    ----------
    mean_votes : float
        Sum over the trees of their mean vote in training: what a row's votes are when no player is known.
    parts : sequence of slice
        Edges of one level and side, those nearest to the roots first: no two of a part have the same edge above.
    above, before : ndarray of shape (n_edges,)
        The edge that led to the split, and the last one above that asked for the same player.
    split : ndarray of kernel.NODE, shape (n_edges,)
        The split itself.
    is_left, is_leaf : ndarray of shape (n_edges,)
        Whether the child is the left one, and whether all below it votes positive.
    share : ndarray of shape (n_edges + 1,)
        The player's z below the edge.
    order, firsts, players : ndarray
        Edges sorted by player, where each player's start, and which players these are.
    points, weights : ndarray of shape (n_points,)
        Of the Gauss-Legendre quadrature on [0, 1].
    """

    mean_votes: float
    parts: Sequence[slice]
    above: NDArray[np.intp]
    before: NDArray[np.intp]
    split: NDArray[np.void]
    is_left: NDArray[np.bool_]
    is_leaf: NDArray[np.bool_]
    share: NDArray[np.float64]
    order: NDArray[np.intp]
    firsts: NDArray[np.intp]
    players: NDArray[np.intp]
    points: NDArray[np.float64]
    weights: NDArray[np.float64]

    def shapley_values(self, X: NDArray[np.float32], n_players: int) -> NDArray[np.float64]:
        """Give the Shapley values of some rows, summed over the trees.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns), float32
            NaN is a missing value; no infinite values.
        n_players : int
            How many there are, asked for or not.

        Returns
        -------
        ndarray of shape (n_rows, n_players)
        """
        values = np.zeros((len(X), n_players))
        if not len(self.order):
            return values
        passes, share = self._passes(X)[:, :, None], self.share[:, None, None]
        # Of each edge, row and point: its player's factor of the product, and its (o - z) over that factor.
        factors = passes * self.points + share * (1 - self.points)
        gains = (passes - share) / factors
        gains = gains[:-1] - gains[self.before]
        gains *= self._products_below(factors)
        moved = np.einsum("erp,p->er", gains, self.weights)
        values[:, self.players] = np.add.reduceat(moved[self.order], self.firsts, axis=0).T
        return values

    def _passes(self, X: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Say whether each row passes all splits of an edge's player down to the edge, shape (n_edges + 1, n_rows)."""
        found = X.T[self.split["feature"] >> 1]
        goes_left = found <= self.split["threshold"][:, None]
        is_missing = np.isnan(found)
        goes_left |= is_missing & (self.split["feature"] & 1 == 1)[:, None]
        passes = np.ones((len(self.above) + 1, len(X)), dtype=bool)
        passes[:-1] = goes_left == self.is_left[:, None]
        for part in self.parts:
            passes[part] &= passes[self.before[part]]
        return passes

    def _products_below(self, factors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum the products of the leaves below each edge, shape (n_edges, n_rows, n_points)."""
        products = np.ones_like(factors)
        np.divide(factors[:-1], factors[self.before], out=products[:-1])
        for part in self.parts:
            products[part] *= products[self.above[part]]
        products[:-1][~self.is_leaf] = 0
        for part in reversed(self.parts):
            products[self.above[part]] += products[part]
        return products[:-1]


def make_game(
    nodes: NDArray[np.void],
    roots: NDArray[np.intp],
    votes: NDArray[np.float64],
    samples: NDArray[np.float64],
    *,
    players: NDArray[np.intp],
) -> VoteGame:
    """Tell the game of a forest.

    Parameters
    ----------
    nodes, roots, votes, samples : ndarray
        Of a :class:`ml.rankers.kernel.CompactForest`.
    players : ndarray of shape (n_columns,), int
        The player that each column belongs to, from 0; columns of one player are known together.
    """
    levels = list(_levels(nodes, roots))
    kinds = _kinds_below(nodes, levels, votes)
    parts, parents, children, is_left = _list_edges(nodes, levels, kinds)
    n_edges = len(parents)
    leading = np.full(len(nodes), n_edges)
    leading[children] = np.arange(n_edges)
    player = players[nodes["feature"][parents] >> 1]
    above = leading[parents]
    before = _before(above, player)
    share = np.append(samples[children] / samples[parents], 1.0)
    for part in parts:
        share[part] *= share[before[part]]
    most_players = _most_players(parts, above, before)
    # Half as many points as a way to a leaf has players make the quadrature exact.
    points, weights = np.polynomial.legendre.leggauss(most_players // 2 + 1)
    order = np.argsort(player, kind="stable")
    asked, firsts = np.unique(player[order], return_index=True)
    return VoteGame(
        mean_votes=_mean_votes(nodes, levels, votes, samples),
        parts=parts,
        above=above,
        before=before,
        split=nodes[parents],
        is_left=is_left,
        is_leaf=kinds[children] != _MIXED,
        share=share,
        order=order,
        firsts=firsts,
        players=asked,
        points=(points + 1) / 2,
        weights=weights / 2,
    )


def _levels(nodes: NDArray[np.void], roots: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Yield the positions of all nodes, those of one distance to their root together."""
    level = roots
    while len(level):
        yield level
        splits = level[nodes["left"][level] != level]
        level = np.concatenate([nodes["left"][splits], nodes["right"][splits]]).astype(np.intp)


def _kinds_below(
    nodes: NDArray[np.void], levels: Sequence[NDArray[np.intp]], votes: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Say of each node what the leaves below it vote: all negative, all positive, or mixed."""
    kinds = votes.astype(np.int8)
    for level in reversed(levels):
        splits = level[nodes["left"][level] != level]
        left, right = kinds[nodes["left"][splits]], kinds[nodes["right"][splits]]
        kinds[splits] = np.where(left == right, left, _MIXED)
    return kinds


def _list_edges(
    nodes: NDArray[np.void], levels: Sequence[NDArray[np.intp]], kinds: NDArray[np.int8]
) -> tuple[list[slice], NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """List the edges by level and side: the parts, and of each edge its two nodes and its side."""
    parents, children, sides = [], [], []
    for level in levels:
        splits = level[kinds[level] == _MIXED]
        for side in ("left", "right"):
            below = nodes[side][splits]
            is_edge = kinds[below] != _NEGATIVE
            parents.append(splits[is_edge])
            children.append(below[is_edge])
            sides.append(np.full(int(is_edge.sum()), side == "left"))
    ends = np.cumsum([len(part) for part in parents]).tolist()
    parts = [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    return parts, np.concatenate(parents), np.concatenate(children), np.concatenate(sides)


def _before(above: NDArray[np.intp], player: NDArray[np.intp]) -> NDArray[np.intp]:
    """Find the last edge above each that asked for the same player."""
    nothing = len(above)
    before, above = above.copy(), np.append(above, nothing)
    searching = np.arange(nothing)
    while len(searching):
        searching = searching[before[searching] < nothing]
        searching = searching[player[before[searching]] != player[searching]]
        before[searching] = above[before[searching]]
    return before


def _most_players(parts: Sequence[slice], above: NDArray[np.intp], before: NDArray[np.intp]) -> int:
    """Count the players of the way that asks for most of them."""
    found = np.append(before == len(before), 0)
    for part in parts:
        found[part] += found[above[part]]
    return int(found.max())


def _mean_votes(
    nodes: NDArray[np.void],
    levels: Sequence[NDArray[np.intp]],
    votes: NDArray[np.float64],
    samples: NDArray[np.float64],
) -> float:
    means = votes.copy()
    for level in reversed(levels):
        splits = level[nodes["left"][level] != level]
        left, right = nodes["left"][splits], nodes["right"][splits]
        means[splits] = (samples[left] * means[left] + samples[right] * means[right]) / samples[splits]
    return float(means[levels[0]].sum())
