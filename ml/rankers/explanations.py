"""What each feature contributes to a score: Shapley values of the votes."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.codes import Codes
from ml.rankers.line import Line
from ml.rankers.shapley import make_game

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.rankers.forest import VotingForestClassifier

# Rows explained together: enough to work on long arrays, few enough to bound the memory of each thread.
CHUNK_ROWS = 8


@dataclass(frozen=True)
class Contributions:
    """Scores taken apart; ``base_value + values.sum(axis=1)`` are the scores, up to rounding.

    Attributes
    ----------
    base_value : float, in [0, 1]
        Mean score in training, by the trees' own samples, in which on average both outcomes weigh the same.
    values : ndarray of shape (n_rows, n_features)
        What each feature adds to the base value, negative where it lowers the score.
    """

    base_value: float
    values: NDArray[np.float64]


@dataclass(frozen=True)
class VoteExplainer:
    """Takes the share of positive votes of a ranker apart by features, as path-dependent TreeSHAP does.

    Exact; see :mod:`ml.rankers.shapley`. All columns of a feature, like the levels of a source, are one player of the
    game: they are known or unknown together. The linear score that the trees see is a player too, whose value is shared
    out among the features that it is made of (:meth:`ml.rankers.line.Line.share_out`). It stands by itself: neither the
    model file nor scikit-learn is needed.

    Attributes
    ----------
    codes : Codes
        The ranker's features and what their values become.
    nodes, roots, votes, samples : ndarray
        Of the forest's :class:`ml.rankers.kernel.CompactForest`.
    line : Line or None
        The forest's linear score, if it has one.
    """

    codes: Codes
    nodes: NDArray[np.void]
    roots: NDArray[np.intp]
    votes: NDArray[np.float64]
    samples: NDArray[np.float64]
    line: Line | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that a table must have to be explained."""
        return tuple(name for name, _ in self.codes.features)

    def explain(self, table: pa.Table) -> Contributions:
        """Take the scores of some rows apart.

        Raises
        ------
        MissingFeatureError
            A feature is not a column of the table.
        """
        encoded, owners = self.codes.matrix(table), self.codes.features_of_columns
        X = encoded if self.line is None else self.line.append_to(encoded)
        n_players = len(self.features) + X.shape[1] - encoded.shape[1]
        players = np.append(owners, np.arange(len(self.features), n_players))
        game = make_game(self.nodes, self.roots, self.votes, self.samples, players=players)

        def explain_chunk(start: int) -> NDArray[np.float64]:
            return game.shapley_values(X[start : start + CHUNK_ROWS], n_players)

        with ThreadPoolExecutor() as threads:
            chunks = list(threads.map(explain_chunk, range(0, len(X), CHUNK_ROWS)))
        values = np.concatenate([np.empty((0, n_players)), *chunks])
        if self.line is not None:
            values = values[:, :-1] + self.line.share_out(values[:, -1], encoded, owners)
        return Contributions(game.mean_votes / len(self.roots), values / len(self.roots))

    def to_bytes(self) -> bytes:
        """Write it as a compressed ``.npz``; read it by :func:`read_explainer`."""
        arrays: dict[str, NDArray[np.generic]] = {
            "features": np.array(json.dumps(self.codes.features)),
            **{f"levels of {name}": levels for name, levels in self.codes.levels.items()},
            **{f"codes of {name}": codes for name, codes in self.codes.codes.items()},
            "nodes": self.nodes,
            "roots": self.roots,
            "votes": self.votes,
            "samples": self.samples,
            **{f"line {name}": np.array(values) for name, values in (asdict(self.line) if self.line else {}).items()},
        }
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        return file.getvalue()


def make_explainer(forest: VotingForestClassifier, codes: Codes) -> VoteExplainer:
    """Make the explainer of a fitted forest, whose columns are encoded by ``codes``."""
    compact = forest.compact()
    line = forest.linear_.line if forest.linear_score else None
    return VoteExplainer(codes, compact.nodes, compact.roots, compact.votes, compact.samples, line)


def read_explainer(content: bytes) -> VoteExplainer:
    """Read what :meth:`VoteExplainer.to_bytes` wrote; holds arrays only, nothing that could run."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = dict(file)
    features = tuple((name, kind) for name, kind in json.loads(str(arrays["features"])))
    coded = [name for name, kind in features if kind == "categorical"]
    return VoteExplainer(
        Codes(
            features,
            {name: arrays[f"levels of {name}"] for name in coded},
            {name: arrays[f"codes of {name}"] for name in coded},
        ),
        **{name: arrays[name] for name in ("nodes", "roots", "votes", "samples")},
        line=_read_line(arrays),
    )


def _read_line(arrays: dict[str, NDArray[Any]]) -> Line | None:
    if "line slopes" not in arrays:
        return None
    names = ("slopes", "missing", "usual", "bent", "knots", "bends")
    return Line(float(arrays["line intercept"]), **{name: arrays[f"line {name}"] for name in names})
