"""From the labels of a finished quarter to the models that score.

For each ranker on its own: freezes what was known as of the date, proves that the snapshot holds the feature contract's
columns and nothing protected, validates the recipe on past quarters, fits it, registers it, judges it against the
champion, checks whether its scores put a protected group at a disadvantage, and promotes it if it is good enough. What
is inconclusive, puts a group at a disadvantage or was taken back before waits for a named person (`approve`, under
Required Actions; or `facetrank approve`); where the organisation says so, every promotion does. A ranker without
labels, with too few, or without usable signal is noted as such and does not hold up the others. Whatever fails, the
champion stays, and with it the scores that people read.

**Runs** on 1 January, April, July and October at 06:00 UTC for the quarter that has just finished, as of the midnight
that ended it; when `report` updates the asset `drift_alert`, as of the report's date and at most once in 28 days; or by
hand. It waits up to six hours for the labels and features of that date, which `ingest` makes.

**Inputs**: `labels`, `features` and the feature contract of the as-of date.

**Outputs**: snapshots in `var/<organisation>/snapshots`, versions in the MLflow registry, `governance.model_versions`,
`scores.validation_predictions`, `governance.impact_checks`, `governance.approvals`, gate results. Updates the asset
`models` if any ranker has a new champion, and again once a person has approved one; `score` follows.

**Params**
- `as_of_date` (date, optional): train on what was known before this midnight UTC. Default: the date of the
  drift alert that started the run, the organisation's own date, or the first day of the quarter that the data interval
  ends in.

**Running it again** is safe: the same data gives the same snapshot, and a new version is noted beside the old one,
whose out-of-fold scores stay. Clear the tasks of one ranker to train it alone. A past quarter: run `ingest` as of its
end, then this with the same `as_of_date`; or as a backfill, `airflow backfill create --dag-id retrain --from-date ...
--to-date ...`. Its versions are registered, and a champion that was trained later stays. To go back to an earlier
model: `facetrank models` lists the versions, `facetrank rollback RANKER VERSION` moves the champion; then run `score`.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import AssetOrTimeSchedule, CronDataIntervalTimetable, Param, XComArg, dag, task_group
from common.assets import DRIFT_ALERT, MODELS
from common.defaults import AS_OF_PARAM, TASK_DEFAULTS
from common.tasks import choose_as_of_date, job

from ml.jobs import retrain

# Labels that are not there yet are waited for: every ten minutes for six hours.
PATIENCE = {"retries": 36, "retry_delay": timedelta(minutes=10), "retry_exponential_backoff": 0, "retry_policy": None}

# Nobody answers for a fortnight: the champion stays, and with it the next run's turn.
FORTNIGHT = timedelta(days=14)

# The first argument of these is a ranker, or a snapshot, which is called <ranker>-<date>-<hash>.
RANKER = "{{ task.op_args[0].split('-')[0] }}"


@dag(
    dag_id="retrain",
    schedule=AssetOrTimeSchedule(
        timetable=CronDataIntervalTimetable("0 6 1 1,4,7,10 *", timezone="UTC"), assets=DRIFT_ALERT
    ),
    catchup=False,
    max_active_runs=1,
    default_args=TASK_DEFAULTS,
    params={"as_of_date": AS_OF_PARAM},
    tags=["facetrank", "models"],
    doc_md=__doc__,
)
def retrain_dag() -> None:
    """Wire the tasks of ``ml.jobs.retrain``."""
    as_of_date = choose_as_of_date(retrain.default_date, told_by=DRIFT_ALERT)
    ready = job(retrain.wait_for_labels, **PATIENCE)(as_of_date)
    rankers = job(retrain.list_rankers)(as_of_date)

    @task_group
    def train(ranker: str, as_of_date: XComArg) -> tuple[XComArg, XComArg]:
        """One ranker: snapshot, gate, model, comparison, promotion by the rule or by a person."""
        snapshot = job(retrain.freeze, named=RANKER)(ranker, as_of_date)
        gate = job(retrain.gate_snapshot, named=RANKER)(snapshot)
        version = job(retrain.fit, named=RANKER)(snapshot)
        disadvantage = job(retrain.check_impact, named=RANKER)(snapshot, version)
        decision = job(retrain.compare, named=RANKER)(snapshot, version, disadvantage)
        gate >> version
        by_rule = job(retrain.promote, named=RANKER)(snapshot, version, decision)
        question = job(retrain.ask, named=RANKER)(snapshot, version, decision)
        approve = HITLOperator(
            task_id="approve",
            subject=question["subject"],
            body=question["body"],
            options=[retrain.APPROVE, retrain.REJECT],
            defaults=retrain.REJECT,
            # Airflow starts no task whose params do not fit their defaults: an empty reason is refused by what follows.
            params={"reason": Param("", type="string", title="Reason", description="Why; it is kept with your name.")},
            response_timeout=FORTNIGHT,
            doc_md="Waits for a person where the decision is one's, at most a fortnight; then the champion stays.",
        )
        return by_rule, job(retrain.act, named=RANKER)(snapshot, version, approve.output)

    by_rule, by_person = train.partial(as_of_date=as_of_date).expand(ranker=rankers)
    # A ranker that was left out is no reason to keep the others' champions quiet; one that failed is. Nor do those
    # that the rule promoted wait for a person's answer about another.
    announce = job(retrain.announce, updates=MODELS, trigger_rule="none_failed_min_one_success")
    by_rule >> announce(as_of_date)
    by_person >> announce.override(task_id="announce_approved")(as_of_date)
    ready >> rankers


retrain_dag()
