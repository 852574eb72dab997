"""The commands of ``facetrank``, one module per kind."""

from __future__ import annotations

import typer

from ml.cli import data, models, ranking, services, workflows

app = typer.Typer(
    name="facetrank",
    help="Rank job applications along four facets, and keep the rankers honest.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (services, data, workflows, models, ranking):
    module.register(app)
