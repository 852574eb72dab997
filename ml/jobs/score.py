"""The tasks of ``score``: a batch from opening to publication."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ml.jobs.builds import newest_features
from ml.jobs.installation import Installation, open_installation
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from datetime import date

    from ml.jobs.dates import Trigger
    from ml.registry import LoadedRanker

_log = logging.getLogger(__name__)

# One worker scores these in some ten seconds; loading the models, which every part does, takes about two.
_APPLICATIONS_PER_PART = 250_000
_MOST_PARTS = 1_000

_COUNT = "select count(*) from intermediate.application_lifecycle where as_of_date = %s"

# What the newest training up to the date said of each ranker.
_REASONS = """
select distinct on (ranker) ranker, status, sentence
from governance.model_versions
where as_of_date <= %s
order by ranker, as_of_date desc, created_at desc
"""

_MODELS = (
    "select ranker, model_version from scores.batch_models where batch_id = %s and is_present and ranker is not null"
)


def default_date(trigger: Trigger) -> date:
    """Give the date of the features that started the run, or of the newest features there are."""
    return max(trigger.told, default=None) or newest_features(open_installation().warehouse)


def open_batch(as_of_date: date) -> int:
    """Open a batch with the champions of now, and give its id."""
    from ml.scores.batch import open_batch

    installation = open_installation()
    warehouse, organisation, registry = installation.warehouse, installation.organisation, installation.registry
    found = {ranker: registry.champion(ranker) for ranker in organisation.rankers_with_labels}
    champions = {ranker: champion for ranker, champion in found.items() if champion is not None}
    with warehouse.connect(TRAINER) as connection:
        reasons = {
            ranker: (status, sentence) for ranker, status, sentence in connection.execute(_REASONS, [as_of_date])
        }
        (applications,) = connection.execute(_COUNT, [as_of_date]).fetchone() or (0,)
    parts = min(1 + applications // _APPLICATIONS_PER_PART, _MOST_PARTS)
    return open_batch(warehouse, organisation, as_of_date, champions, reasons=reasons, parts=parts)


def match(batch_id: int) -> None:
    """Match resumes with descriptions, where the organisation has resumes."""
    from ml.matching.match import match_batch

    installation = open_installation()
    if "resumes" in installation.organisation.parts:
        matched = match_batch(installation.warehouse, batch_id, cache_folder=installation.match_cache)
        _log.info("%s applications matched", f"{matched:,}")


def list_parts(batch_id: int) -> list[int]:
    """List the parts of a batch, from 0."""
    from ml.scores.batch import read_batch

    return list(range(read_batch(open_installation().warehouse, batch_id).parts))


def score_part(batch_id: int, part: int) -> None:
    """Score one part of a batch with the models that it was opened with."""
    from ml.scores.parts import score_part

    installation = open_installation()
    written = score_part(installation.warehouse, batch_id, part, _rankers(installation, batch_id))
    _log.info("%s applications scored", f"{written:,}")


def rank(batch_id: int) -> None:
    """Rank the batch under every business condition."""
    from ml.ranking.build import rank_batch

    _log.info("%s ranks written", f"{rank_batch(open_installation().warehouse, batch_id):,}")


def explain(batch_id: int) -> None:
    """Explain the scores of the first applications of every requisition."""
    from ml.ranking.explanations import explain_batch

    installation = open_installation()
    rankers = _rankers(installation, batch_id)
    written = explain_batch(installation.warehouse, batch_id, rankers, installation.contract)
    _log.info("%s scores explained", f"{written:,}")


def gate_scores(as_of_date: date, batch_id: int) -> None:
    """Stop unless the batch passes its gate."""
    open_installation().pass_gate("scores", as_of_date, batch_id=batch_id)


def publish(as_of_date: date, batch_id: int) -> None:
    """Make the batch what people read."""
    from ml.scores.batch import publish_batch

    publish_batch(open_installation().warehouse, batch_id)
    _log.info("Batch %s of %s is published", batch_id, as_of_date)


def _rankers(installation: Installation, batch_id: int) -> dict[str, LoadedRanker]:
    with installation.warehouse.connect(TRAINER) as connection:
        versions = connection.execute(_MODELS, [batch_id]).fetchall()
    registry = installation.registry
    return {ranker: registry.load(ranker, version) for ranker, version in versions}
