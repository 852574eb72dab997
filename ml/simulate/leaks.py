"""Planted leaks: columns of ``applications.attributes`` that know how screening ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.simulate.arrays import NEVER, stream

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig
    from ml.simulate.lifecycle import Lifecycle


def planted_attributes(config: SimulationConfig, lifecycle: Lifecycle) -> list[dict[str, Any]] | None:
    """Give each application its leaking attributes; None where none are asked for.

    Returns
    -------
    list of dict, or None
        ``screening_note_length`` is filled only once somebody passed; ``pre_score`` is the outcome with a little
        noise; ``queue_number`` is an identifier handed out in the order of the outcome.
    """
    if not config.leaks:
        return None
    rng = stream(config.seed, "leaks")
    is_passed = lifecycle.is_passed & (lifecycle.screened_at < NEVER)
    count = len(is_passed)
    note = rng.integers(40, 400, count)
    score = np.round(is_passed + rng.normal(0, 0.2, count), 3)
    queue = np.empty(count, dtype=np.int64)
    queue[np.lexsort((rng.random(count), ~is_passed))] = np.arange(count)
    values: dict[str, list[Any]] = {
        "filled_after": [{"screening_note_length": int(n)} if p else {} for n, p in zip(note, is_passed, strict=True)],
        "label_copy": [{"pre_score": float(s)} for s in score],
        "ordered_identifier": [{"queue_number": int(q)} for q in queue],
    }
    planted: list[dict[str, Any]] = [{} for _ in range(count)]
    for leak in config.leaks:
        for entry, value in zip(planted, values[leak], strict=True):
            entry.update(value)
    return planted
