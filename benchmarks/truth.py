"""``python -m benchmarks.truth --seeds 11 12``: how near the rankers come to what can be known, where it is known.

For each seed an organisation is simulated, loaded and built like any other, and each ranker is validated on its past
quarters. AUCs are those expected under the probabilities that the simulator drew the outcomes from, over all pairs that
the headline AUC counts, so that the luck of the outcomes is not in them. Beside the votes stand two bounds: ``truth``,
of those probabilities themselves, which no landing table holds; and ``seen``, of a regression of the true log odds on
the features, what a ranker could reach with endless labels. The share is of the bound's distance from .5. The best
baseline and the gain on it are judged by the outcomes, as in the product.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from ml.config import REPOSITORY
from ml.rankers.judge import make_judge
from ml.rankers.metrics import interval
from ml.rankers.out_of_fold import labelled_rows, plan_folds, score_out_of_fold
from ml.rankers.recipe import build_recipe
from ml.rankers.risk_sets import tenure_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.jobs.installation import Installation
    from ml.rankers.judge import Judge
    from ml.rankers.snapshot import Snapshot

AS_OF = date(2026, 10, 1)
TRUTH = {
    "quality": ("pass_probability", "screen_utility"),
    "onboard": ("join_probability", "join_utility"),
    "attrition": ("stay_probability", "stay_utility"),
}
# Of the simulator's sources, from before any recipe was tuned: what is measured on another one is another figure.
FROZEN = "ca3796d9f281c555d78fa416fe0d16167ebd9f6bc2604656bba5f301cdd5ee92"


def simulator_hash() -> str:
    """Hash the simulator's sources."""
    files = sorted((REPOSITORY / "ml" / "simulate").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def main() -> None:
    """Measure every seed and print a line per ranker."""
    parser = argparse.ArgumentParser(prog="benchmarks.truth", description=__doc__)
    parser.add_argument("--seeds", nargs="+", type=int, required=True)
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--rankers", nargs="+", choices=tuple(TRUTH), default=tuple(TRUTH))
    arguments = parser.parse_args()
    state = "as frozen" if simulator_hash() == FROZEN else f"CHANGED since it was frozen, {simulator_hash()}"
    print(f"{arguments.applications:,} applications a seed; the simulator is {state}")
    print(f"{'':<18}{'votes':>7}{'truth':>7}{'share':>7}{'seen':>7}{'share':>7}  best baseline, gain on it", flush=True)
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            # The server runs as another user if this is root.
            Path(folder).chmod(0o711)
            _measure(seed, arguments.applications, Path(folder), arguments.rankers)


def _measure(seed: int, applications: int, folder: Path, rankers: Sequence[str]) -> None:
    os.environ["FACETRANK_VAR"] = str(folder / "var")
    os.environ["FACETRANK_CONFIG"] = str(REPOSITORY / "examples" / "demo" / "organisation.yaml")
    landing = folder / "landing"
    size = ("--applications", str(applications), "--seed", str(seed))
    try:
        for command in (
            ("up",),
            ("simulate", *size, "--out", str(landing)),
            ("load", str(landing)),
            ("run", "ingest", "--as-of", AS_OF.isoformat()),
        ):
            subprocess.run(["facetrank", *command], check=True, stdout=subprocess.DEVNULL)
        truth = pq.read_table(landing / "ground_truth" / "applications.parquet").to_pandas().set_index("application_id")
        _report(seed, truth, rankers)
    finally:
        subprocess.run(["facetrank", "down"], check=True, stdout=subprocess.DEVNULL)


def _report(seed: int, truth: pd.DataFrame, rankers: Sequence[str]) -> None:
    from ml.jobs import retrain
    from ml.jobs.installation import open_installation
    from ml.rankers.snapshot import read_snapshot

    installation = open_installation()
    for ranker in rankers:
        snapshot = read_snapshot(installation.snapshots / f"{retrain.freeze(ranker, AS_OF)}.json")
        print(f"{seed:>6} {ranker:<11}{_line(installation, snapshot, truth)}", flush=True)


def _line(installation: Installation, snapshot: Snapshot, truth: pd.DataFrame) -> str:
    table, organisation = snapshot.table(), installation.organisation
    rows = labelled_rows(table)
    plan = plan_folds(rows, organisation)
    recipe = build_recipe(installation.contract.for_ranker(snapshot.ranker), organisation.rankers)
    tenures = tenure_data(snapshot, organisation)
    scores = score_out_of_fold(recipe, table, rows.labels, folds=plan.folds, tenures=tenures)
    tested = table.take(scores.rows)
    judge = make_judge(tested, ranker=snapshot.ranker, seed=0, forest=scores.fold if plan.is_temporal else None)
    probability, log_odds = (truth[name] for name in TRUTH[snapshot.ranker])
    known = probability.loc[tested["application_id"].to_pylist()].to_numpy()
    seen = _best_of_features(installation, snapshot.ranker, log_odds, tested)
    groups = np.zeros(len(known), np.intp) if judge.is_pooled else judge.groups
    reached, *bounds = (expected_auc(each, known, groups) for each in (scores.votes, known, seen))
    shares = "".join(f"{bound:>7.3f}{(reached - 0.5) / (bound - 0.5):>7.2f}" for bound in bounds)
    return f"{reached:>7.3f}{shares}  {_best_baseline(judge, scores.votes, scores.baselines)}"


def expected_auc(scores: NDArray[np.float64], probabilities: NDArray[np.float64], groups: NDArray[np.intp]) -> float:
    """Give the AUC within groups that is to be expected where each row is positive with a probability of its own.

    Every ordered pair of two rows of a group counts by the chance that the first is positive and the second is not;
    ties count one half. Shapes (n_rows,).
    """
    won = pairs = 0.0
    for rows in np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1]):
        _, place = np.unique(scores[rows], return_inverse=True)
        chance = probabilities[rows]
        positive, negative = np.bincount(place, chance), np.bincount(place, 1 - chance)
        itself = (chance * (1 - chance)).sum()
        won += (positive * (np.cumsum(negative) - negative / 2)).sum() - itself / 2
        pairs += positive.sum() * negative.sum() - itself
    return won / pairs


def _best_baseline(judge: Judge, votes: NDArray[np.float64], baselines: dict[str, NDArray[np.float64]]) -> str:
    names = list(baselines)
    values, replicates = judge.headline(votes, *baselines.values())
    best = 1 + int(np.argmax(values[1:]))
    low, high = interval(replicates[:, 0] - replicates[:, best])
    gain = f"{values[0] - values[best]:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"{names[best - 1]} {values[best]:.3f}, {gain}, {judge.kind}"


def _best_of_features(
    installation: Installation, ranker: str, log_odds: pd.Series, tested: pa.Table
) -> NDArray[np.float64]:
    """Predict the true log odds of the tested from their features, learnt on everybody else."""
    from psycopg import sql
    from sklearn.ensemble import HistGradientBoostingRegressor

    from ml.rankers.encoding import FeatureEncoder
    from ml.warehouse.arrow import read_arrow
    from ml.warehouse.roles import TRAINER

    statement = sql.SQL("select * from features.application_features where as_of_date = {}").format(sql.Literal(AS_OF))
    everybody = read_arrow(installation.warehouse, TRAINER, statement)
    is_tested = np.isin(everybody["application_id"].to_numpy(), tested["application_id"].to_numpy())
    others = everybody.filter(~is_tested)
    target = log_odds.loc[others["application_id"].to_pylist()].to_numpy()
    kinds = tuple((feature.name, feature.kind) for feature in installation.contract.for_ranker(ranker))
    encoder = FeatureEncoder(kinds)
    matrix = encoder.fit_transform(others, (target > np.median(target)).astype(int))
    model = HistGradientBoostingRegressor(max_iter=300, random_state=0).fit(matrix, target)
    predicted: NDArray[np.float64] = model.predict(encoder.transform(tested))
    return predicted


if __name__ == "__main__":
    main()
