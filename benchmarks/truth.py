"""``python -m benchmarks.truth --seeds 11 12``: how near the rankers come to what can be known, where it is known.

For each seed an organisation is simulated, loaded and built like any other. ``scored``: the ranker as it would score
now, trained on all that is known, judged on the open applications of people it was not trained on, each counted by the
chance that such a person comes as far as the ranker's stage. ``past``: its recipe validated on past quarters, as in the
product, where it was trained on what little was known before each.

AUCs are those expected under the probabilities that the simulator drew the outcomes from, over all pairs that the
headline AUC counts, so that the luck of the outcomes is not in them. Beside the votes stand two bounds: ``truth``, of
those probabilities themselves, which no landing table holds; and ``seen``, of a regression of the true log odds on the
features, what a ranker could reach with endless labels. The share is of the bound's distance from .5. The best baseline
and the gain on it are judged by the outcomes of past quarters.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from ml.config import REPOSITORY
from ml.rankers.fitting import fit_recipe
from ml.rankers.judge import make_judge, texts
from ml.rankers.metrics import interval
from ml.rankers.out_of_fold import labelled_rows, plan_folds, score_out_of_fold
from ml.rankers.recipe import build_recipe
from ml.rankers.risk_sets import tenure_data
from ml.rankers.survival import SURVIVAL, score_survival

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.contract import Feature
    from ml.jobs.installation import Installation
    from ml.organisation import Organisation
    from ml.rankers.judge import Judge
    from ml.rankers.snapshot import Snapshot

AS_OF = date(2026, 10, 1)
# Of each ranker's outcome: its probability, its log odds, and the probabilities of coming as far.
TRUTH = {
    "quality": ("pass_probability", "screen_utility", []),
    "onboard": ("join_probability", "join_utility", ["pass_probability"]),
    "attrition": ("stay_probability", "stay_utility", ["pass_probability", "join_probability"]),
}
# Of the simulator's sources, from before any recipe was tuned: what is measured on another one is another figure.
FROZEN = "ca3796d9f281c555d78fa416fe0d16167ebd9f6bc2604656bba5f301cdd5ee92"


def simulator_hash() -> str:
    """Hash the simulator's sources."""
    files = sorted((REPOSITORY / "ml" / "simulate").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def main() -> None:
    """Measure every seed and print two lines per ranker."""
    parser = argparse.ArgumentParser(prog="benchmarks.truth", description=__doc__)
    parser.add_argument("--seeds", nargs="+", type=int, required=True)
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--rankers", nargs="+", choices=tuple(TRUTH), default=tuple(TRUTH))
    arguments = parser.parse_args()
    state = "as frozen" if simulator_hash() == FROZEN else f"CHANGED since it was frozen, {simulator_hash()}"
    print(f"{arguments.applications:,} applications a seed; the simulator is {state}")
    print(
        f"{'':<25}{'people':>8}{'votes':>7}{'truth':>7}{'share':>7}{'seen':>7}{'share':>7}  best baseline, gain on it",
        flush=True,
    )
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


def _report(seed: int, probabilities: pd.DataFrame, rankers: Sequence[str]) -> None:
    from ml.jobs import retrain
    from ml.jobs.installation import open_installation
    from ml.rankers.snapshot import read_snapshot

    installation = open_installation()
    everybody = _everybody(installation)
    for ranker in rankers:
        snapshot = read_snapshot(installation.snapshots / f"{retrain.freeze(ranker, AS_OF)}.json")
        features = installation.contract.for_ranker(ranker)
        bench = Bench(snapshot, features, installation.organisation, Truth(ranker, probabilities, everybody, features))
        for name, line in (("scored", bench.scored), ("past", bench.past)):
            print(f"{seed:>6} {ranker:<11}{name:<7}{line()}", flush=True)


def _everybody(installation: Installation) -> pa.Table:
    """Read every application's features as they are scored, and whether it is open."""
    from psycopg import sql

    from ml.warehouse.arrow import read_arrow
    from ml.warehouse.roles import TRAINER

    statement = sql.SQL(
        "select features.*, lifecycle.is_active from features.application_features as features"
        " inner join intermediate.application_lifecycle as lifecycle using (as_of_date, application_id)"
        " where as_of_date = {}"
    )
    return read_arrow(installation.warehouse, TRAINER, statement.format(sql.Literal(AS_OF)))


@dataclass(frozen=True)
class Truth:
    """What the simulator knows of a ranker's outcome, and everybody's features."""

    ranker: str
    probabilities: pd.DataFrame
    everybody: pa.Table
    features: Sequence[Feature]

    def shares(self, people: pa.Table, votes: NDArray[np.float64], groups: NDArray[np.intp], *, as_coming: bool) -> str:
        """Measure votes against both bounds; ``as_coming`` counts people by their chance of coming as far."""
        outcome, log_odds, coming = TRUTH[self.ranker]
        own = self.probabilities.loc[people["application_id"].to_pylist()]
        chance = own[outcome].to_numpy()
        weights = own[coming].prod(axis=1).to_numpy() if as_coming else np.ones(len(own))
        seen = self._best_of_features(people, self.probabilities[log_odds])
        reached, *bounds = (expected_auc(each, chance, groups, weights) for each in (votes, chance, seen))
        shares = "".join(f"{bound:>7.3f}{(reached - 0.5) / (bound - 0.5):>7.2f}" for bound in bounds)
        return f"{len(own):>8,}{reached:>7.3f}{shares}"

    def _best_of_features(self, people: pa.Table, log_odds: pd.Series) -> NDArray[np.float64]:
        """Predict the true log odds of people from their features, learnt on everybody else."""
        from sklearn.ensemble import HistGradientBoostingRegressor

        from ml.rankers.encoding import FeatureEncoder

        others = self.everybody.filter(
            ~np.isin(texts(self.everybody, "application_id"), texts(people, "application_id"))
        )
        target = log_odds.loc[others["application_id"].to_pylist()].to_numpy()
        encoder = FeatureEncoder(tuple((feature.name, feature.kind) for feature in self.features))
        matrix = encoder.fit_transform(others, (target > np.median(target)).astype(int))
        model = HistGradientBoostingRegressor(max_iter=300, random_state=0).fit(matrix, target)
        predicted: NDArray[np.float64] = model.predict(encoder.transform(people))
        return predicted


@dataclass(frozen=True)
class Bench:
    """One ranker of one organisation."""

    snapshot: Snapshot
    features: Sequence[Feature]
    organisation: Organisation
    truth: Truth

    def scored(self) -> str:
        """Train on all that is known, and judge on open applications of other people."""
        table, everybody = self.snapshot.table(), self.truth.everybody
        recipe = build_recipe(self.features, self.organisation.rankers)
        tenures = tenure_data(self.snapshot, self.organisation)
        fit_recipe(recipe, table, labelled_rows(table).labels, tenures=tenures)
        trained = [table] if tenures is None else [table, tenures.table]
        known = np.concatenate([texts(each, "candidate_id") for each in trained])
        is_new = ~np.isin(texts(everybody, "candidate_id"), known)
        people = everybody.filter(is_new & everybody["is_active"].to_numpy())
        votes, _ = recipe["forest"].score_both(recipe["encode"].transform(people))
        column = "job_family" if self.snapshot.ranker == "attrition" else "requisition_id"
        groups = np.unique(texts(people, column), return_inverse=True)[1]
        return self.truth.shares(people, votes, groups, as_coming=True)

    def past(self) -> str:
        """Validate on past quarters, beside the baselines."""
        table = self.snapshot.table()
        rows = labelled_rows(table)
        plan = plan_folds(rows, self.organisation)
        recipe = build_recipe(self.features, self.organisation.rankers)
        tenures = tenure_data(self.snapshot, self.organisation)
        scores = score_out_of_fold(recipe, table, rows.labels, folds=plan.folds, tenures=tenures)
        baselines = scores.baselines
        if tenures is not None:
            months = self.organisation.labels.attrition_months + self.organisation.labels.attrition_gap_months
            stays = score_survival(recipe, table, tenures, folds=plan.folds, months=months)
            baselines = {**baselines, SURVIVAL: stays}
        tested = table.take(scores.rows)
        forest = scores.fold if plan.is_temporal else None
        judge = make_judge(tested, ranker=self.snapshot.ranker, seed=0, forest=forest)
        groups = np.zeros(tested.num_rows, np.intp) if judge.is_pooled else judge.groups
        shares = self.truth.shares(tested, scores.votes, groups, as_coming=False)
        return f"{shares}  {_best_baseline(judge, scores.votes, baselines)}"


def expected_auc(
    scores: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    groups: NDArray[np.intp],
    weights: NDArray[np.float64],
) -> float:
    """Give the AUC within groups that is to be expected where each row is positive with a probability of its own.

    Every ordered pair of two rows of a group counts by the product of their weights, times the chance that the first is
    positive and the second is not; ties count one half. Shapes (n_rows,).
    """
    won = pairs = 0.0
    for rows in np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1]):
        _, place = np.unique(scores[rows], return_inverse=True)
        chance, weight = probabilities[rows], weights[rows]
        positive, negative = np.bincount(place, weight * chance), np.bincount(place, weight * (1 - chance))
        itself = (weight**2 * chance * (1 - chance)).sum()
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


if __name__ == "__main__":
    main()
