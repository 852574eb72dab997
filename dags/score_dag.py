"""From features and models to the ranked lists that people read.

Opens a batch with the champions of the moment, matches resumes with descriptions, scores every application in parts,
ranks them under every business condition, explains the scores of the first 50 of every requisition, proves the result
sound, and publishes it in one transaction. Until then readers see the batch before it, whole.

**Runs** when the assets `features` or `models` change, or by hand.

**Inputs**: `features` and `intermediate.application_lifecycle` as of the date, resumes, the champions in the registry,
and the seeds `ranking.business_conditions` and `ranking.thresholds`.

**Outputs**: `scores.facet_scores`, `scores.match_evidence`, `ranking.ranked_list` and `ranking.explanations`, with the
versions and snapshots that made them. Updates the asset `scores`, whose update carries the as-of date; `report`
follows.

**Params**
- `as_of_date` (date, optional): score the applications known before this midnight UTC. Default: that of the features
  which started the run, or of the newest ones. People read the latest date that is published: scoring an earlier one
  adds to the record and changes no list.

**Running it again** is safe at any point: each step replaces its own partition of its own batch, and a batch that was
not published is dropped by the next one of its date. Clear the failed task after mending what its message names, or
start a new run.
"""

from __future__ import annotations

from airflow.sdk import dag
from common.assets import FEATURES, MODELS, SCORES
from common.defaults import AS_OF_PARAM, TASK_DEFAULTS
from common.tasks import choose_as_of_date, job

from ml.jobs import score


@dag(
    dag_id="score",
    schedule=FEATURES | MODELS,
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=TASK_DEFAULTS,
    params={"as_of_date": AS_OF_PARAM},
    tags=["facetrank", "scores"],
    doc_md=__doc__,
)
def score_dag() -> None:
    """Wire the tasks of ``ml.jobs.score``."""
    as_of_date = choose_as_of_date(score.default_date, told_by=FEATURES)
    batch = job(score.open_batch)(as_of_date)
    matched = job(score.match)(batch)
    parts = job(score.list_parts)(batch)
    scored = job(score.score_part, named="{{ task.op_kwargs['part'] }}").partial(batch_id=batch).expand(part=parts)
    ranked = job(score.rank)(batch)
    explained = job(score.explain)(batch)
    gate = job(score.gate_scores)(as_of_date, batch)
    published = job(score.publish, updates=SCORES)(as_of_date, batch)
    matched >> parts
    scored >> ranked >> explained >> gate >> published


score_dag()
