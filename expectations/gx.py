"""The only module that talks to Great Expectations: subjects in, validation results out."""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from types import ModuleType

    from great_expectations.core import ExpectationSuiteValidationResult

    from expectations.checks import Check, Subject

EXAMPLES = 3
_SESSION = "-c default_transaction_read_only=on -c timezone=UTC -c jit=off"


def great_expectations() -> ModuleType:
    """Import Great Expectations, which reports home unless it is told not to before its import."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    with warnings.catch_warnings():
        # It imports a module of the standard library that Python has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module("great_expectations")


def validate(
    subjects: Sequence[Subject], *, gate: str, url: str, run_at: datetime
) -> list[ExpectationSuiteValidationResult]:
    """Run one checkpoint per subject, in a context that stores nothing.

    Parameters
    ----------
    subjects : sequence of Subject
        What to check; their names are unique.
    gate : str
        Name of the run.
    url : str
        ``postgresql://`` URL of the warehouse; it is read in read-only transactions.
    run_at : datetime
        Aware time that the results carry.

    Returns
    -------
    list of ExpectationSuiteValidationResult
        One per subject, results in the order of its checks.
    """
    gx = great_expectations()
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    # Its own documentation site would be left behind in the temporary folder.
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    settings = DataContextConfig(store_backend_defaults=stores, progress_bars={"globally": False})
    context = gx.get_context(mode="ephemeral", project_config=settings)
    run_id = RunIdentifier(run_name=gate, run_time=run_at)
    source = context.data_sources.add_postgres(
        "warehouse",
        connection_string=url.replace("postgresql://", "postgresql+psycopg2://", 1),
        kwargs={"connect_args": {"options": _SESSION}},
    )
    try:
        return [_run(gx, context, source, subject, run_id) for subject in subjects]
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _run(gx: ModuleType, context: Any, source: Any, subject: Subject, run_id: Any) -> ExpectationSuiteValidationResult:
    if isinstance(subject.rows, str):
        batch = source.add_query_asset(subject.name, query=subject.rows).add_batch_definition_whole_table("rows")
        parameters = {}
    else:
        asset = context.data_sources.add_or_update_pandas(subject.name).add_dataframe_asset(subject.name)
        batch = asset.add_batch_definition_whole_dataframe("rows")
        parameters = {"dataframe": subject.rows}
    expectations = [_expectation(gx, check, number) for number, check in enumerate(subject.checks)]
    suite = context.suites.add(gx.ExpectationSuite(name=subject.name, expectations=expectations))
    definition = gx.ValidationDefinition(name=subject.name, data=batch, suite=suite)
    checkpoint = gx.Checkpoint(
        name=subject.name,
        validation_definitions=[context.validation_definitions.add(definition)],
        result_format={
            "result_format": "SUMMARY",
            "partial_unexpected_count": 0 if subject.hides_values else EXAMPLES,
        },
    )
    outcome = context.checkpoints.add(checkpoint).run(batch_parameters=parameters, run_id=run_id)
    (result,) = outcome.run_results.values()
    result.results.sort(key=check_number)
    return result


def check_number(result: Any) -> int:
    """Give the position of the check that a single result belongs to; Great Expectations reorders them."""
    return int(result.expectation_config.meta["check"])


def _expectation(gx: ModuleType, check: Check, number: int) -> Any:
    from expectations.no_rows import ExpectNoRows

    kind = ExpectNoRows if check.expectation == "ExpectNoRows" else getattr(gx.expectations, check.expectation)
    return kind(**check.arguments, description=f"{check.column} {check.rule}".strip(), meta={"check": number})
