"""A whole organisation, simulated: for the demo and for tests, never to tune the product to.

The story. An organisation opens requisitions in eight job families, more in January and September than in
August. Each asks for five skills, prefers two more, and states years, a degree and a tentative salary. People
apply, most in the first days; one in seven has applied before. What they can do shows on their resumes.
Screeners look at whether the skills and years fit, at the last employer, the channel, short tenures, and
expectations above the budget; a referral counts for more the better somebody fits. Whoever passes is
interviewed, some are made an offer as long as there are openings, and they accept if the money, the place and
the notice period suit them; who has joined is made no other offer.
Who starts stays longer for having been referred, living near, being paid as expected and fitting the job. Some
leave early, are transferred, never turn up, or withdraw on the way; positions close before anybody looked at
the last applications; systems record late and correct themselves.

The true probabilities are written apart from the landing files, in ``ground_truth/``.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ml.simulate.config import SimulationConfig, SimulationSummary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from ml.simulate.decisions import Truth
    from ml.simulate.landing import Landing

__all__ = ["SimulationConfig", "SimulationSummary", "simulate"]

# Resumes are the bulk of the bytes: so many are in memory at a time.
RESUMES_AT_ONCE = 20_000


def simulate(config: SimulationConfig, out: Path) -> SimulationSummary:
    """Simulate an organisation and write its landing files and ground truth.

    Parameters
    ----------
    config : SimulationConfig
        How large, from which seed, until when, and what is wrong with it.
    out : Path
        Folder for one file per landing table and ``ground_truth/applications.parquet``; emptied first.

    Returns
    -------
    SimulationSummary
        Rows per table. The same configuration gives the same bytes.
    """
    from ml.simulate.decisions import decide
    from ml.simulate.landing import Landing
    from ml.simulate.leaks import planted_attributes
    from ml.simulate.lifecycle import live
    from ml.simulate.people import make_applications
    from ml.simulate.requisitions import make_requisitions
    from ml.simulate.tenure import employ
    from ml.simulate.writing import TableWriter

    shutil.rmtree(out, ignore_errors=True)
    (out / "ground_truth").mkdir(parents=True)
    requisitions = make_requisitions(config)
    applications = make_applications(config, requisitions)
    truth = decide(config, requisitions, applications)
    lifecycle = live(config, requisitions, applications, truth)
    landing = Landing(config, requisitions, applications, lifecycle, employ(config, truth, lifecycle))
    rows: dict[str, int] = {}
    defects = 0
    for name, parts in _tables(landing, planted_attributes(config, lifecycle)):
        with TableWriter(config, out, name) as writer:
            for part in parts:
                writer.write(part)
        rows[name], defects = writer.rows, defects + writer.defects
    _write_truth(out / "ground_truth" / "applications.parquet", landing, truth)
    return SimulationSummary(rows, defects)


def _tables(landing: Landing, attributes: list[dict[str, object]] | None) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    yield "requisitions", iter([landing.requisition_table()])
    yield "candidates", iter([landing.candidate_table()])
    yield "resumes", _resumes(landing)
    yield "applications", iter([landing.application_table(attributes)])
    yield "application_events", iter([landing.event_table()])
    yield "interviews", iter([landing.interview_table()])
    yield "offers", iter([landing.offer_table()])
    yield "employment_spells", iter([landing.spell_table()])
    yield "decisions", iter([landing.decision_table()])
    yield "requisition_grants", iter([landing.grant_table()])
    yield "assignments", iter([landing.assignment_table()])
    yield "opt_outs", iter([landing.opt_out_table()])
    yield "protected_attributes", iter([landing.protected_table()])


def _resumes(landing: Landing) -> Iterator[pa.Table]:
    import numpy as np

    count = len(landing.applications)
    for start in range(0, count, RESUMES_AT_ONCE):
        yield landing.resume_table(np.arange(start, min(start + RESUMES_AT_ONCE, count)))


def _write_truth(path: Path, landing: Landing, truth: Truth) -> None:
    import dataclasses

    import pyarrow as pa
    from pyarrow import parquet

    columns = {"application_id": landing.application_ids, **dataclasses.asdict(truth)}
    parquet.write_table(pa.table(columns), path)
