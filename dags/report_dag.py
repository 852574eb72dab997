"""From published scores to the pages that reviewers read.

Compares the people whom the rankers learnt from with those whom they score now, and writes the static site: drift,
hiring yield and attrition accuracy, model cards and gate results of the date, readable offline. For the cards
the auditor measures rates by protected group, and whether scores go with interviews and tenure.

**Runs** when the asset `scores` changes, on the first of each month at 07:00 UTC, or by hand.

**Inputs**: the published batch, the snapshots and validation predictions of the models that scored it, gate results,
protected attributes.

**Outputs**: `governance.drift_results`, `governance.drift_columns`, `governance.model_card_audits`,
`model_card.json` of the versions' runs in MLflow, and pages in `var/<organisation>/site`, whose
entrance is `index.html`. Updates the asset `drift_alert`, whose update carries the as-of date, if the people whom a
ranker would learn from next have drifted and no retraining is younger than 28 days; `retrain` follows.

**Params**
- `as_of_date` (date, optional): report on what was published as of this date. Default: that of the scores which started
  the run, or of the newest ones.

**Running it again** is safe: it replaces the pages, the drift results and the audits of its date.
"""

from __future__ import annotations

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag
from common.assets import DRIFT_ALERT, SCORES
from common.defaults import AS_OF_PARAM, TASK_DEFAULTS
from common.tasks import choose_as_of_date, job

from ml.jobs import report


@dag(
    dag_id="report",
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 7 1 * *", timezone="UTC"), assets=SCORES),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=TASK_DEFAULTS,
    params={"as_of_date": AS_OF_PARAM},
    tags=["facetrank", "reports"],
    doc_md=__doc__,
)
def report_dag() -> None:
    """Wire the tasks of ``ml.jobs.report``."""
    as_of_date = choose_as_of_date(report.default_date, told_by=SCORES)
    drift = job(report.drift)(as_of_date)
    alert = job(report.raise_alert, updates=DRIFT_ALERT)(as_of_date)
    cards = job(report.cards)(as_of_date)
    site = job(report.site)(as_of_date)
    drift >> [alert, site]
    cards >> site


report_dag()
