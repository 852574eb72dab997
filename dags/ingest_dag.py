"""From sources to labels and features.

Loads what the sources have that is new, proves that the landing tables are sound, reads the resumes and matches them
with descriptions, builds labels, features and outcomes as of one date, and proves those sound as well. Nothing that a
gate stops goes any further.

**Runs** daily at 02:00 UTC as of that day's midnight, or by hand.

**Inputs**: the `sources` of the organisation file, and files named after the landing tables in
`var/<organisation>/inbox` or in a folder below it. What was loaded before is not loaded again.

**Outputs**: tables in `landing`, `protected`, `resumes`, `matching`, `labels`, `features`, `intermediate`, `outcomes`;
rows that were refused in `landing.rejected_rows`; gate results in `governance` and as Data Docs. Updates the assets
`labels` and `features`, whose updates carry the as-of date; `score` follows.

**Params**
- `as_of_date` (date, optional): facts known before this midnight UTC count. Default: the organisation's own date, or
  the day of the run.

**Running it again** is safe at any point: rows are loaded once, resumes are read and matched once, and a build replaces
the partition of its as-of date only. Clear the failed task after mending what its message names. To build past dates,
run it by hand with `as_of_date`, or as a date-range backfill: `airflow backfill create --dag-id ingest --from-date ...
--to-date ...`.
"""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag
from common.assets import FEATURES, LABELS
from common.defaults import AS_OF_PARAM, TASK_DEFAULTS
from common.tasks import choose_as_of_date, job

from ml.jobs import ingest


@dag(
    dag_id="ingest",
    schedule=CronTriggerTimetable("0 2 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=TASK_DEFAULTS,
    params={"as_of_date": AS_OF_PARAM},
    tags=["facetrank", "data"],
    doc_md=__doc__,
)
def ingest_dag() -> None:
    """Wire the tasks of ``ml.jobs.ingest``."""
    as_of_date = choose_as_of_date(ingest.default_date)
    loaded = job(ingest.load_sources)()
    landing = job(ingest.gate_landing)(as_of_date)
    read = job(ingest.read)()
    matched = job(ingest.match)(as_of_date)
    # An organisation without resumes has nothing to read or match, and is built all the same.
    built = job(ingest.build, trigger_rule="none_failed")(as_of_date)
    labels = job(ingest.gate_labels, updates=LABELS)(as_of_date)
    features = job(ingest.gate_features, updates=FEATURES)(as_of_date)
    loaded >> landing >> read >> matched >> built >> [labels, features]


ingest_dag()
