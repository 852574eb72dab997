"""Shapley values of the votes of trees, compiled by numba; imported when something is explained, not before.

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
"""

from __future__ import annotations

import numpy as np

from ml.rankers.kernel import compiled

# The way from a split to one of its children, by positions among the edges of one tree; -1 where there is none.
# ``above`` is the edge that led to the split, ``before`` the last edge above it that asked for the same player, and
# ``share`` the player's z below the edge.
EDGE = np.dtype(
    [
        ("above", np.int32),
        ("before", np.int32),
        ("player", np.int32),
        ("node", np.uint32),
        ("is_left", np.bool_),
        ("is_leaf", np.bool_),
        ("share", np.float64),
    ]
)
_NEGATIVE, _POSITIVE, _MIXED = 0, 1, 2


@compiled
def _kinds_below(nodes, root, end, votes, kinds):  # type: ignore[no-untyped-def]
    """Say of each node of a tree what the leaves below it vote: all negative, all positive, or mixed."""
    for place in range(end - 1, root - 1, -1):
        left, right = nodes[place].left, nodes[place].right
        if left == place:
            kinds[place - root] = _POSITIVE if votes[place] == 1 else _NEGATIVE
        else:
            kinds[place - root] = kinds[left - root] if kinds[left - root] == kinds[right - root] else _MIXED


@compiled
def _list_edges(nodes, root, end, kinds, samples, players, edges):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """List the edges of a tree, those above first; return their number and the tree's mean vote.

    Below nodes whose leaves all vote alike there is nothing to split, and what votes negative is worth nothing.
    """
    leading = np.full(end - root, -1, np.int32)
    is_reached = np.zeros(end - root, np.bool_)
    is_reached[0] = True
    n_edges, positive = 0, samples[root] if kinds[0] == _POSITIVE else 0.0
    for place in range(root, end):
        if not is_reached[place - root] or kinds[place - root] != _MIXED:
            continue
        player = players[nodes[place].feature >> 1]
        before = leading[place - root]
        while before >= 0 and edges[before].player != player:
            before = edges[before].above
        for child in (nodes[place].left, nodes[place].right):
            kind = kinds[child - root]
            if kind == _NEGATIVE:
                continue
            edge = edges[n_edges]
            edge.above, edge.before, edge.player, edge.node = leading[place - root], before, player, place
            edge.is_left, edge.is_leaf = child == nodes[place].left, kind == _POSITIVE
            edge.share = samples[child] / samples[place] * (edges[before].share if before >= 0 else 1.0)
            positive += samples[child] if kind == _POSITIVE else 0.0
            leading[child - root], is_reached[child - root] = n_edges, True
            n_edges += 1
    return n_edges, positive / samples[root]


@compiled
def _tabulate(edges, points, weights, factors, gains):  # type: ignore[no-untyped-def]
    """Tabulate, by edge and point, what does not depend on the row.

    ``factors[k]`` is by how much an edge changes its player's factor of the product, and ``gains[k]`` by how much its
    (o - z) over that factor, times the point's weight; k is 0 where the row fails the edge's split, 1 where it passes.
    Where it failed a split of the same player before, the factor changes by the share alone, and the rest by nothing.
    """
    for e in range(len(edges)):
        share = edges[e].share
        earlier = edges[edges[e].before].share if edges[e].before >= 0 else 1.0
        for g in range(len(points)):
            x, rest = points[g], 1.0 - points[g]
            known, known_earlier = x + rest * share, x + rest * earlier
            factors[0, e, g], factors[1, e, g] = rest * share / known_earlier, known / known_earlier
            gains[0, e, g] = weights[g] * (-1.0 / rest - (1.0 - earlier) / known_earlier)
            gains[1, e, g] = weights[g] * ((1.0 - share) / known - (1.0 - earlier) / known_earlier)


@compiled
def _add_tree(nodes, edges, factors, gains, X, values):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Add one tree's Shapley values to those of each row."""
    n_edges, n_points = factors.shape[1], factors.shape[2]
    products, below = np.empty((n_edges, n_points)), np.empty((n_edges, n_points))
    moved = np.empty((values.shape[1], n_points))
    # Whether the row passes all splits of the edge's player down to the edge, and whether it did so before it.
    passes, passed = np.empty(n_edges, np.int8), np.empty(n_edges, np.bool_)
    for i in range(X.shape[0]):
        for e in range(n_edges):
            edge = edges[e]
            node = nodes[edge.node]
            value = X[i, node.feature >> 1]
            goes_left = (node.feature & 1) == 1 if np.isnan(value) else value <= node.threshold
            passed[e] = edge.before < 0 or passes[edge.before] == 1
            passes[e] = passed[e] and goes_left == edge.is_left
            lost = 1.0 if passed[e] else edge.share / edges[edge.before].share
            for g in range(n_points):
                product = products[edge.above, g] if edge.above >= 0 else 1.0
                products[e, g] = product * (factors[passes[e], e, g] if passed[e] else lost)
                below[e, g] = products[e, g] if edge.is_leaf else 0.0
        moved[:] = 0.0
        for e in range(n_edges - 1, -1, -1):
            edge = edges[e]
            for g in range(n_points):
                if passed[e]:
                    moved[edge.player, g] += gains[passes[e], e, g] * below[e, g]
                if edge.above >= 0:
                    below[edge.above, g] += below[e, g]
        for player in range(values.shape[1]):
            for g in range(n_points):
                values[i, player] += moved[player, g]


@compiled
def add_shapley_values(nodes, roots, votes, samples, players, points, weights, X, values):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Add the Shapley values of every tree's vote to those of some rows.

    Parameters
    ----------
    nodes, roots, votes, samples : ndarray
        Of a :class:`ml.rankers.kernel.CompactForest`.
    players : ndarray of shape (n_columns,), int
        The player that each column of X belongs to, from 0; columns of one player are known together.
    points, weights : ndarray of shape (n_points,)
        Gauss-Legendre points and weights on [0, 1], at least half as many as any way to a leaf has players.
    X : ndarray of shape (n_rows, n_columns), float32
        NaN is a missing value; no infinite values.
    values : ndarray of shape (n_rows, n_players)
        Added to in place, in the order of the trees.

    Returns
    -------
    float
        Sum over the trees of their mean vote in training: what a row's votes are when no player is known.
    """
    mean_votes = 0.0
    ends = np.append(roots[1:], len(nodes))
    most = (ends - roots).max()
    kinds, edges = np.empty(most, np.int8), np.empty(most, EDGE)
    factors, gains = np.empty((2, most, len(points))), np.empty((2, most, len(points)))
    for tree in range(len(roots)):
        root, end = roots[tree], ends[tree]
        _kinds_below(nodes, root, end, votes, kinds)
        n_edges, mean_vote = _list_edges(nodes, root, end, kinds, samples, players, edges)
        mean_votes += mean_vote
        _tabulate(edges[:n_edges], points, weights, factors, gains)
        _add_tree(nodes, edges[:n_edges], factors[:, :n_edges], gains[:, :n_edges], X, values)
    return mean_votes
