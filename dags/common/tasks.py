"""How jobs become tasks."""

from __future__ import annotations

import functools
import inspect
import logging
from datetime import date
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from ml.jobs import NothingToDoError
from ml.jobs.dates import Trigger

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import XComArg
    from airflow.sdk.bases.decorator import _TaskDecorator


def job(
    function: Callable[..., Any], *, updates: Asset | None = None, named: str | None = None, **task_arguments: Any
) -> _TaskDecorator:
    """Make a task of a job: its name, its docstring, and what it says when it has nothing to do.

    Parameters
    ----------
    function : callable
        Takes and gives names, numbers and dates.
    updates : Asset, optional
        Updated when the job succeeds. The job then has an argument ``as_of_date``, which the update carries to the
        runs that it starts.
    named : str, optional
        Template of the name that a mapped task has among its likes.
    **task_arguments
        Of Airflow's ``@task``.
    """
    # A mapped task would have no docstring of its own.
    doc, outlets = inspect.getdoc(function), [] if updates is None else [updates]

    @task(doc_md=doc, outlets=outlets, map_index_template=named, **task_arguments)
    @functools.wraps(function)
    def run(*arguments: Any, **keywords: Any) -> Any:
        try:
            result = function(*arguments, **keywords)
        except NothingToDoError as reason:
            logging.getLogger("ml.jobs").info("%s", reason)
            raise AirflowSkipException(str(reason)) from None
        if updates is not None:
            given = inspect.signature(function).bind(*arguments, **keywords).arguments
            get_current_context()["outlet_events"][updates].extra = {"as_of_date": given["as_of_date"].isoformat()}
        return result

    return run


def choose_as_of_date(default_date: Callable[[Trigger], date], *, told_by: Asset | None = None) -> XComArg:
    """Make the task ``as_of_date``: the param, or else what ``default_date`` makes of the run's trigger.

    Parameters
    ----------
    default_date : callable
        Of the DAG's jobs.
    told_by : Asset, optional
        Whose updates, when they start the run, tell it their dates.
    """

    def as_of_date() -> date:
        context = get_current_context()
        given = context["params"]["as_of_date"]
        if given is not None:
            return date.fromisoformat(given)
        run, told = context["dag_run"], []
        for asset, events in context["triggering_asset_events"].items():
            if asset == told_by:
                told += [date.fromisoformat(event.extra["as_of_date"]) for event in events]
        return default_date(Trigger(run.data_interval_end or run.run_after, tuple(told)))

    as_of_date.__doc__ = default_date.__doc__
    return job(as_of_date)()
