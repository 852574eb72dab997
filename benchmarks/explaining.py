"""``facetrank explain`` from a cold start, of applications that the batch did not explain."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from typing import TYPE_CHECKING
from unittest import mock

from benchmarks.world import AS_OF, FEATURES
from ml.contract import FeatureContract
from ml.organisation import RANKERS, Organisation
from ml.ranking.build import rank_batch
from ml.ranking.explanations import explain_batch
from ml.scores.batch import open_batch, publish_batch, written_partition
from ml.scores.parts import score_part

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.random import Generator

    from ml.registry import LoadedRanker
    from ml.warehouse.connection import Warehouse

# Without resumes everybody is ranked by the three scores that are explained.
PARTS = ("screening", "offers", "tenure")


class OnDemand:
    """A published batch with three scores a person, nobody's stored with an explanation."""

    def __init__(self, warehouse: Warehouse, ranker: LoadedRanker, folder: Path, generator: Generator) -> None:
        file = folder / "organisation.yaml"
        file.write_text(f"name: bench\nparts: [{', '.join(PARTS)}]\npopulation: all\n", encoding="utf-8")
        self.environment = os.environ | {"FACETRANK_VAR": str(folder), "FACETRANK_CONFIG": str(file)}
        self.generator = generator
        rankers = {name: dataclasses.replace(ranker, ranker=name) for name in RANKERS}
        organisation = Organisation(name="bench", parts=PARTS, population="all")
        batch_id = open_batch(warehouse, organisation, AS_OF, rankers, parts=1)
        with written_partition(warehouse, "scores.match_evidence", batch_id, step="match"):
            pass
        self.n_rows = score_part(warehouse, batch_id, 0, rankers)
        rank_batch(warehouse, batch_id)
        with mock.patch("ml.ranking.explanations.FOREMOST", 0):
            explain_batch(warehouse, batch_id, rankers, FeatureContract(FEATURES))
        publish_batch(warehouse, batch_id)

    def explain(self) -> None:
        """Run the command for an application drawn by chance, and read the answer."""
        command = ["facetrank", "explain", f"A-{self.generator.integers(self.n_rows):08d}", "--json"]
        answer = subprocess.run(command, env=self.environment, check=True, capture_output=True)
        assert len(json.loads(answer.stdout)["scores"]) == len(RANKERS)  # noqa: S101
