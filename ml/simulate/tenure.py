"""Employment spells: how long who started stays, transfers, and spells that no application explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.simulate.arrays import DAY, BoolArray, IntArray, epoch_days, stream
from ml.simulate.decisions import Truth, draw_tenure_days

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig
    from ml.simulate.lifecycle import Lifecycle

TRANSFER_SHARE, UNLINKED_SHARE = 0.07, 0.03
REASONS = ("voluntary", "involuntary", "other")


@dataclass(frozen=True)
class Spells:
    """One entry per spell; days since 1970, ends may lie beyond the end of the history.

    Attributes
    ----------
    owner : ndarray of int
        Index of the application; -1 - k for the k-th person without one.
    is_linked : ndarray of bool
        Whether the payroll system knows the application.
    """

    owner: IntArray
    started_on: IntArray
    ended_on: IntArray
    end_reason: np.ndarray
    is_linked: BoolArray

    def __len__(self) -> int:
        """Count them."""
        return len(self.owner)


def employ(config: SimulationConfig, truth: Truth, lifecycle: Lifecycle) -> Spells:
    """Let those who started work until they leave or the history ends."""
    rng = stream(config.seed, "tenure")
    owner = np.flatnonzero(lifecycle.is_started)
    started_on = epoch_days(lifecycle.starts_at[owner])
    tenure = np.maximum(1, draw_tenure_days(truth.stay_utility[owner], rng).astype(np.int64))
    unlinked = max(1, round(UNLINKED_SHARE * len(owner)))
    first_day = config.starts_at // DAY
    owner = np.concatenate([owner, -1 - np.arange(unlinked)])
    started_on = np.concatenate([started_on, rng.integers(first_day, config.ends_at // DAY - 1, unlinked)])
    tenure = np.concatenate([tenure, rng.integers(20, 1500, unlinked)])
    reason = rng.choice(REASONS, len(owner), p=[0.7, 0.22, 0.08]).astype(object)
    is_linked = (rng.random(len(owner)) < 0.85) & (owner >= 0)
    return _with_transfers(Spells(owner, started_on, started_on + tenure, reason, is_linked), rng)


def _with_transfers(spells: Spells, rng: np.random.Generator) -> Spells:
    tenure = spells.ended_on - spells.started_on
    moves = np.flatnonzero((rng.random(len(spells)) < TRANSFER_SHARE) & (tenure > 60))
    moved_on = spells.started_on[moves] + (tenure[moves] * rng.uniform(0.2, 0.8, len(moves))).astype(np.int64)
    ended_on, reason = spells.ended_on.copy(), spells.end_reason.copy()
    ended_on[moves], reason[moves] = moved_on, "transfer"
    return Spells(
        owner=np.concatenate([spells.owner, spells.owner[moves]]),
        started_on=np.concatenate([spells.started_on, moved_on + 1]),
        ended_on=np.concatenate([ended_on, np.maximum(spells.ended_on[moves], moved_on + 2)]),
        end_reason=np.concatenate([reason, spells.end_reason[moves]]),
        # The application led to the first spell of a tenure only.
        is_linked=np.concatenate([spells.is_linked, np.zeros(len(moves), dtype=bool)]),
    )
