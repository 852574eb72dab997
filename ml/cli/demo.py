"""``make demo``: the main job from data to reports, and what it made, said in the terminal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.cli.ranking import format_ranked
from ml.cli.summary import table_counts
from ml.errors import ConfigurationError
from ml.organisation import RANKERS
from ml.resumes.summary import describe_texts
from ml.warehouse.roles import HR_OPS, TRAINER

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ml.cli.context import Context
    from ml.warehouse.connection import Warehouse

WORKFLOWS = ("ingest", "retrain", "score", "report")

_NEWEST_VERSIONS = """
select distinct on (ranker) ranker, status, sentence, metrics
from governance.model_versions
where as_of_date = %s
order by ranker, created_at desc
"""

# The one that a person would look at first: many to choose from, and still to be decided.
_LARGEST_REQUISITION = """
select r.requisition_id, l.title, count(*)
from ranking.ranked_list as r
inner join outcomes.hiring_funnel as l on r.requisition_id = l.requisition_id and r.as_of_date = l.as_of_date
where r.condition = 'normal' and r.status = 'ranked'
group by r.requisition_id, l.title
order by count(*) desc, r.requisition_id
limit 1
"""


@dataclass(frozen=True)
class RankerLine:
    """One ranker in the summary: its status, and its AUC and yield where it has any."""

    ranker: str
    status: str
    sentence: str
    metrics: dict[str, Any]


@dataclass(frozen=True)
class RankedRequisition:
    """A requisition with ranked applications, and how many."""

    requisition_id: str
    title: str
    ranked: int


def run_demo(context: Context, *, applications: int, seed: int) -> None:
    """Bring the warehouse up, simulate if the organisation has no sources, run the four workflows, and sum up.

    Parameters
    ----------
    context : Context
        Installation and organisation.
    applications, seed : int
        Of the simulation; not used where the organisation file names sources.
    """
    from ml.warehouse.locks import file_lock

    # A second demo of the same organisation waits for the first, and then finds everything there.
    name = context.organisation.name
    with file_lock(
        context.settings.organisation_folder(name) / "demo.lock",
        on_wait=lambda: print(f"Another demo of {name} runs here: waiting for it to end ...", flush=True),
    ):
        _run(context, applications, seed)


def _run(context: Context, applications: int, seed: int) -> None:
    from ml.airflow_runtime import run_dags
    from ml.warehouse import prepare_warehouse

    began = time.monotonic()
    settings, organisation = context.settings, context.organisation
    as_of_date = context.as_of_date(None)
    warehouse = prepare_warehouse(settings, organisation)
    print(f"warehouse: {warehouse.host}:{warehouse.port}/{warehouse.database}")
    if not organisation.sources:
        _simulate(settings.organisation_folder(organisation.name) / "inbox", as_of_date, applications, seed)
    run_dags(settings, organisation, WORKFLOWS, as_of_date)
    print(f"\nDone in {time.monotonic() - began:.0f} s.\n")
    _print_summary(context, warehouse, as_of_date)


def _simulate(inbox: Path, as_of_date: date, applications: int, seed: int) -> None:
    from ml.simulate import SimulationConfig, simulate

    folder = inbox / f"{applications}-applications-seed-{seed}-until-{as_of_date}"
    if folder.exists():
        print(f"simulate: {folder.name} is there already")
        return
    # Two simulations share their ids: one beside the other would be refused as conflicting versions, row by row.
    for other in inbox.glob("*-applications-seed-*"):
        raise ConfigurationError(
            f"The demo organisation holds {other.name}: run `make clean`, or set FACETRANK_VAR to another folder."
        )
    began = time.monotonic()
    building = inbox.parent / "inbox.building"
    summary = simulate(SimulationConfig(applications=applications, seed=seed, ends_on=as_of_date), building)
    inbox.mkdir(parents=True, exist_ok=True)
    building.rename(folder)
    print(f"simulate: {sum(summary.rows.values()):,} rows in {time.monotonic() - began:.0f} s")


def _print_summary(context: Context, warehouse: Warehouse, as_of_date: date) -> None:
    print("Rows per table")
    for table, rows in table_counts(warehouse).items():
        if rows:
            print(f"  {table:<40} {rows:>12,}")
    if "resumes" in context.organisation.parts:
        print(f"\nResumes      {describe_texts(warehouse)}")
    print("\nRankers")
    for line in _ranker_lines(warehouse, as_of_date):
        print(f"  {line.ranker:<10} {line.status:<17} {_numbers(line)}")
    _print_top_ten(warehouse)
    site = context.settings.organisation_folder(context.organisation.name) / "site" / "index.html"
    print(f"\nReports      {site}")
    print(f"BI tools     postgresql://{HR_OPS}@{warehouse.host}:{warehouse.port}/{warehouse.database}")
    print(f"             role {HR_OPS} reads ranking.ranked_list; `facetrank url --role {HR_OPS}` adds its password")


def _ranker_lines(warehouse: Warehouse, as_of_date: date) -> list[RankerLine]:
    with warehouse.connect(TRAINER) as connection:
        found = {row[0]: RankerLine(*row) for row in connection.execute(_NEWEST_VERSIONS, [as_of_date])}
    return [found[ranker] for ranker in RANKERS if ranker in found]


def _numbers(line: RankerLine) -> str:
    if not line.metrics:
        return line.sentence
    auc = line.metrics["auc"]["headline"]
    accepted = line.metrics["reject_option"]["yield"]
    rate = "no score above .55" if accepted["value"] is None else f"yield {accepted['value']:.1%}"
    usual = line.metrics["base_rate"]
    return (
        f"AUC {auc['kind']} {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f}), {rate} of {usual:.1%} as usual"
    )


def largest_requisition(warehouse: Warehouse) -> RankedRequisition | None:
    """Find the requisition with most ranked applications; None where nobody is ranked."""
    with warehouse.connect(TRAINER) as connection:
        row = connection.execute(_LARGEST_REQUISITION).fetchone()
    return None if row is None else RankedRequisition(*row)


def _print_top_ten(warehouse: Warehouse) -> None:
    from ml.ranking.query import rank_requisition

    found = largest_requisition(warehouse)
    if found is None:
        print("\nNobody is ranked: no requisition has a ranked application.")
        return
    print(f"\nTop ten of {found.requisition_id} ({found.title}), {found.ranked:,} ranked, condition normal")
    print(format_ranked(rank_requisition(warehouse, found.requisition_id, limit=10)))
