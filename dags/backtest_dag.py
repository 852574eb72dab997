"""From past quarters to what the rankers would have been worth in them.

For each quarter on its own: builds what was known at its start, proves labels and features sound, freezes a snapshot
per ranker, proves it sound, fits the recipe of today on it, and puts the people who came during the quarter in order.
Their outcomes, as far as they are observed by now, say what that order would have been worth beside the real one; the
others are bounded from best to worst case (docs/adr/0015). No model is registered, and no champion changes.

**Runs** by hand only, in the UI or by
`facetrank run backtest --conf '{"from_quarter": "2025Q1", "to_quarter": "2025Q4"}'`.

**Inputs**: landing tables; labels and features of the as-of date, which `ingest` makes.

**Outputs**: partitions of labels and features as of each quarter's start, snapshots, gate results,
`governance.backtest_results`, and `backtest.html` among the report site's pages of the as-of date.

**Params**
- `from_quarter`, `to_quarter`: first and last quarter to replay, like 2025Q1; both have finished as of the date.
- `as_of_date` (date, optional): outcomes count as far as they are observed as of this midnight UTC. Default: the
  organisation's own date, or that of the newest features.

**Running it again** is safe: a quarter's partitions and results are replaced, other quarters are not touched. A quarter
in which no ranker had enough labels is left out, and that is noted.
"""

from __future__ import annotations

from airflow.sdk import Param, XComArg, dag, task_group
from common.defaults import AS_OF_PARAM, TASK_DEFAULTS
from common.tasks import choose_as_of_date, job

from ml.jobs import backtest, report

QUARTER = "{{ task.op_args[0] }}"


def quarter_param(title: str) -> Param:
    """Describe one end of the range; the job says what is wrong with it."""
    return Param("", type="string", title=title, description="A quarter like 2025Q1.")


@dag(
    dag_id="backtest",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    # Builds wait for each other, forests use every core, and a gate reads what the build before it has written.
    max_active_tasks=1,
    is_paused_upon_creation=False,
    default_args=TASK_DEFAULTS,
    params={
        "from_quarter": quarter_param("First quarter"),
        "to_quarter": quarter_param("Last quarter"),
        "as_of_date": AS_OF_PARAM,
    },
    tags=["facetrank", "reports"],
    doc_md=__doc__,
)
def backtest_dag() -> None:
    """Wire the tasks of ``ml.jobs.backtest``."""
    as_of_date = choose_as_of_date(backtest.default_date)
    quarters = job(backtest.list_quarters)(as_of_date, "{{ params.from_quarter }}", "{{ params.to_quarter }}")

    @task_group
    def quarter(name: str, as_of_date: XComArg) -> None:
        """One quarter: build, gate, replay."""
        built = job(backtest.build, named=QUARTER)(name)
        gate = job(backtest.gate, named=QUARTER)(name, as_of_date)
        replay = job(backtest.replay, named=QUARTER)(name, as_of_date)
        built >> gate >> replay

    replayed = quarter.partial(as_of_date=as_of_date).expand(name=quarters)
    # A quarter that was left out is on the page as such; one that failed is to be mended first.
    site = job(report.site, trigger_rule="none_failed_min_one_success")(as_of_date)
    replayed >> site


backtest_dag()
