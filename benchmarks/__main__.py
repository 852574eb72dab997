"""``python -m benchmarks [--rows N] [--rounds R]``: measure, check that no row differs, print the ratios."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml.warehouse.connection import Warehouse

CHAIN_GOAL = 5.0
# Votes and leaf frequencies together, of the time that predict_proba takes for the latter.
VOTES_GOAL = 1.1
EXPLAIN_GOAL = 1.0
CALLS = 50
CHAIN = "read -> score -> write"


def seconds(action: Callable[[], None]) -> float:
    """Run an action and give its wall time."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main() -> int:
    """Run every stage naively and fast, turn by turn; 1 if any row differs, else 0."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="applications to score (at least 20000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each stage runs; medians are shown")
    arguments = parser.parse_args()
    # Spinning OpenMP threads would disturb whatever runs beside them.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from benchmarks.world import temporary_warehouse

    print(f"{arguments.rows:,} applications, {arguments.rounds} rounds, both ways turn by turn in one run", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # The server runs as another user if this is root.
        Path(folder).chmod(0o711)
        with temporary_warehouse(Path(folder)) as warehouse:
            return _measure(warehouse, Path(folder), arguments.rows, arguments.rounds)


def _measure(warehouse: Warehouse, folder: Path, n_rows: int, rounds: int) -> int:
    from benchmarks.explaining import OnDemand
    from benchmarks.joint import Joint
    from benchmarks.scoring import Fast, Naive, differing_rows
    from benchmarks.votes import Votes
    from benchmarks.world import fill_marts, fitted_ranker

    generator = np.random.default_rng(0)
    ranker = fitted_ranker(generator)
    fill_marts(warehouse, n_rows, generator)
    naive, fast = Naive(warehouse, ranker), Fast(warehouse, ranker)
    stages: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "read (read_sql)": (naive.read, fast.read),
        "score (loop over trees)": (naive.score, fast.score),
        "write (to_sql)": (naive.write, fast.write),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in stages}
    chains = []
    for _ in range(rounds):
        for name, (slow, quick) in stages.items():
            times[name].append((seconds(slow), seconds(quick)))
        chains.append((sum(times[name][-1][0] for name in stages), seconds(fast.chain)))
    times[CHAIN] = chains
    differing = differing_rows(warehouse, fast.batch_id)

    votes = Votes(ranker, n_rows, generator)
    voting = f"votes, {len(votes.matrix):,} rows (predict_proba)"
    times[voting] = [(seconds(votes.naive), seconds(votes.fast)) for _ in range(rounds)]
    differing += votes.differing_rows()
    del votes

    on_demand = OnDemand(warehouse, ranker, folder, generator)
    explained = [seconds(on_demand.explain) for _ in range(CALLS)]

    joint = Joint(warehouse, ranker, n_rows, generator)
    # Writing a million ranks by to_sql takes a minute: once is enough.
    times["rank, 5 conditions (pandas, to_sql)"] = [(seconds(joint.naive), seconds(joint.fast))]
    joint.publish()
    calls = [(seconds(joint.naive_requisition), seconds(joint.fast_requisition)) for _ in range(CALLS)]
    times["top 100 of 20,000 applicants (pandas)"] = calls
    differing += joint.differing_rows()
    ratios = _print_table(times)
    _print_goal(f"{CHAIN} at least {CHAIN_GOAL:.0f}x", ratios[CHAIN] >= CHAIN_GOAL)
    _print_goal(f"{voting} at most {VOTES_GOAL} times as long", 1 / ratios[voting] <= VOTES_GOAL)
    _print_calls("top 100 of 20,000 applicants, connection included", [quick for _, quick in calls])
    p99 = _print_calls("facetrank explain, cold, not stored, three scores", explained)
    _print_goal(f"facetrank explain under {EXPLAIN_GOAL:.0f} s at p99", p99 < EXPLAIN_GOAL)
    print(f"rows that differ between the two ways: {differing}")
    return 1 if differing else 0


def _print_table(times: dict[str, list[tuple[float, float]]]) -> dict[str, float]:
    """Print the medians of every stage, and give by how much the fast way is faster."""
    print(f"\n{'stage (naive way)':<42}{'naive s':>9}{'fast s':>9}{'ratio':>8}")
    ratios = {}
    for name, pairs in times.items():
        slow, quick = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
        ratios[name] = slow / quick
        print(f"{name:<42}{slow:>9.3f}{quick:>9.3f}{ratios[name]:>7.1f}x")
    print()
    return ratios


def _print_goal(goal: str, is_reached: bool) -> None:
    print(f"{goal}: {'reached' if is_reached else 'missed'}")


def _print_calls(name: str, calls: list[float]) -> float:
    """Print the median and the 99th percentile, and give the latter in seconds."""
    p50, p99 = median(calls), sorted(calls)[int(0.99 * len(calls))]
    print(f"{name}: p50 {1000 * p50:.0f} ms, p99 {1000 * p99:.0f} ms")
    return p99


if __name__ == "__main__":
    sys.exit(main())
