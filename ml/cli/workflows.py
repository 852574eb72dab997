"""``run``, ``report`` and ``demo``: the workflows, in this process."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

from ml.cli.context import AsOf, read_context
from ml.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (run, report, demo):
        app.command()(command)


def run(
    dag: Annotated[str, typer.Argument(help="ingest, retrain, score, report or backtest.")],
    as_of: AsOf = None,
    conf: Annotated[str, typer.Option(help="Parameters of the run, as a JSON object.")] = "{}",
) -> None:
    """Run one DAG in this process, without a scheduler; exit code 2 when a task failed."""
    from ml.airflow_runtime import run_dags

    try:
        parameters = json_module.loads(conf)
    except json_module.JSONDecodeError:
        parameters = None
    if not isinstance(parameters, dict):
        raise ConfigurationError(f"--conf: expected a JSON object, got {conf!r}.")
    context = read_context()
    run_dags(context.settings, context.organisation, [dag], context.as_of_date(as_of), conf=parameters)


def report(as_of: AsOf = None) -> None:
    """Make the report site of the published scores and print its path."""
    from reports.site import build_site

    context = read_context()
    print(build_site(context.open_warehouse(), context.organisation, context.settings, context.as_of_date(as_of)))


def demo(
    applications: Annotated[int, typer.Option(min=1000, help="Applications to simulate, if nothing real is given.")] = (
        20_000
    ),
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 1,
) -> None:
    """Run the main job on the organisation from data to reports, and say what was made."""
    from ml.cli.demo import run_demo

    context = read_context()
    run_demo(context, applications=applications, seed=seed)
