"""``python -m benchmarks.recipes [--ablate] ORGANISATION.yaml SNAPSHOT.json ...``: what a recipe's choices are worth.

Refits variants of the recipe on the folds that the product validates on, and prints each one's headline AUC, of votes
and of leaf frequencies, and what it gains on the recipe, with paired intervals. With ``--ablate`` the variants are the
recipe without one feature. docs/adr/0017 and docs/features-left-out.md draw on it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator, TransformerMixin, clone

from ml.contract import Feature
from ml.organisation import Organisation, RankerSettings, read_organisation
from ml.rankers import encoding
from ml.rankers.codes import column, numbers, positions
from ml.rankers.encoding import FeatureEncoder
from ml.rankers.judge import make_judge
from ml.rankers.metrics import interval
from ml.rankers.out_of_fold import labelled_rows, plan_folds, score_out_of_fold
from ml.rankers.recipe import build_recipe
from ml.rankers.risk_sets import tenure_data
from ml.rankers.snapshot import read_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray
    from sklearn.pipeline import Pipeline

    from ml.rankers.snapshot import Snapshot

MOST_ROWS = 20_000
Recipes = dict[str, tuple["Pipeline", tuple[str, ...]]]


class OrdinalEncoder(TransformerMixin, BaseEstimator):
    """Levels as numbers in alphabetical order: what the product does not do."""

    def __init__(self, features: tuple[tuple[str, str], ...]) -> None:
        self.features = features

    def fit(self, X: pa.Table, y: ArrayLike | None = None) -> OrdinalEncoder:  # noqa: ARG002
        """Learn the levels."""
        self.levels_ = {name: encoding.frequent_levels(column(X, name)) for name in self._categorical}
        return self

    def transform(self, X: pa.Table) -> NDArray[np.float32]:
        """Encode rows; missing is NaN, unknown -1."""
        return np.column_stack([self._encode(X, name, kind) for name, kind in self.features])

    @property
    def _categorical(self) -> list[str]:
        return [name for name, kind in self.features if kind == "categorical"]

    def _encode(self, X: pa.Table, name: str, kind: str) -> NDArray[np.float32]:
        if kind != "categorical":
            return numbers(column(X, name))
        codes = positions(column(X, name), self.levels_[name]).astype(np.float32)
        n_levels = len(self.levels_[name])
        return np.select([codes == n_levels, codes > n_levels], [np.nan, -1], codes).astype(np.float32)


class UnsparingEncoder(FeatureEncoder):
    """Target codes above ``one_hot_levels``, however few rows there are per level."""

    def _are_few(self, n_levels: int, labels: NDArray[np.int8]) -> bool:  # noqa: ARG002
        return n_levels <= self.one_hot_levels


def features_of(table: pa.Table) -> tuple[Feature, ...]:
    """Tell a snapshot's features from its other columns, and their kinds from their types."""
    names = table.column_names
    chosen = names[names.index("rank_seen") + 1 : names.index("label")]
    return tuple(Feature(name, _kind(table[name].type), (), "", "") for name in chosen)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    return "categorical" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else "numeric"


def variants(features: tuple[Feature, ...]) -> Recipes:
    """Give the recipe and its variants, each with the columns that it leaves out."""
    recipe = build_recipe(features, RankerSettings())
    kinds = tuple((feature.name, feature.kind) for feature in features)
    changed = {
        "the recipe": {},
        "no linear score": {"forest__linear_score": False},
        "ordinal codes": {"encode": OrdinalEncoder(kinds)},
        "target codes above 2 levels": {"encode": UnsparingEncoder(kinds, one_hot_levels=2)},
        "target codes above 10 levels": {"encode": UnsparingEncoder(kinds)},
        "a column per level up to 32": {"encode__one_hot_levels": 32},
        "a column per level, all levels": {"encode__one_hot_levels": MOST_ROWS},
        **{f"{trees} trees": {"forest__n_estimators": trees} for trees in (25, 50, 200, 400)},
        **{f"leaves of {leaf}": {"forest__min_samples_leaf": leaf} for leaf in (5, 60)},
        **{f"S = {share}": {"forest__sample_fraction": share} for share in (0.5, 2.0)},
        "a third of the columns per split": {"forest__max_features": 1 / 3},
        "their square root per split": {"forest__max_features": "sqrt"},
    }
    return {name: (clone(recipe).set_params(**change), ()) for name, change in changed.items()}


def ablations(features: tuple[Feature, ...]) -> Recipes:
    """Give the recipe, and the recipe without each of its features."""
    left_out: dict[str, tuple[str, ...]] = {"the recipe": (), **{f"without {f.name}": (f.name,) for f in features}}
    return {
        name: (build_recipe([f for f in features if f.name not in gone], RankerSettings()), gone)
        for name, gone in left_out.items()
    }


def compare(snapshot: Snapshot, organisation: Organisation, make: Callable[[tuple[Feature, ...]], Recipes]) -> None:
    """Print the headline AUC of each variant on a snapshot, of at most ``MOST_ROWS`` rows drawn."""
    table = snapshot.table()
    if table.num_rows > MOST_ROWS:
        drawn = np.random.default_rng(0).choice(table.num_rows, MOST_ROWS, replace=False)
        table = table.take(np.sort(drawn))
    rows = labelled_rows(table)
    plan, tenures = plan_folds(rows, organisation), tenure_data(snapshot, organisation)
    print(f"\n{snapshot.ranker} as of {snapshot.as_of_date}, {table.num_rows:,} labels. {plan.sentence}", flush=True)
    print(f"{'':<36}{'votes':>8}{'shares':>8}{'gain':>9} (95% interval){'s':>8}")
    judge, base = None, None
    for name, (recipe, _) in make(features_of(table)).items():
        started = time.perf_counter()
        scores = score_out_of_fold(recipe, table, rows.labels, folds=plan.folds, tenures=tenures, with_baselines=False)
        seconds = time.perf_counter() - started
        judge = judge or make_judge(
            table.take(scores.rows),
            ranker=snapshot.ranker,
            seed=0,
            forest=scores.fold if plan.is_temporal else None,
        )
        base = scores.votes if base is None else base
        values, replicates = judge.headline(scores.votes, scores.frequencies, base)
        low, high = interval(replicates[:, 0] - replicates[:, 2])
        gain = f"{values[0] - values[2]:>+9.4f} ({low:+.4f} to {high:+.4f})"
        print(f"{name:<36}{values[0]:>8.4f}{values[1]:>8.4f}{gain}{seconds:>8.1f}", flush=True)


def main() -> None:
    """Compare on every snapshot named."""
    parser = argparse.ArgumentParser(prog="benchmarks.recipes", description=__doc__)
    parser.add_argument("organisation", type=Path, help="whose snapshots they are")
    parser.add_argument("snapshots", nargs="+", type=Path, help="descriptions of frozen snapshots")
    parser.add_argument("--ablate", action="store_true", help="leave out one feature at a time instead")
    arguments = parser.parse_args()
    for path in arguments.snapshots:
        organisation = read_organisation(arguments.organisation)
        compare(read_snapshot(path), organisation, ablations if arguments.ablate else variants)


if __name__ == "__main__":
    main()
