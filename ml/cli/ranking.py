"""``rank``, ``explain``, ``match`` and ``search``: who stands where, why, and whose resume says what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ml.cli.context import Json, print_json, read_context
from ml.errors import ConfigurationError

if TYPE_CHECKING:
    from ml.ranking.query import RankedApplication
    from ml.ranking.search import FoundApplication

FACETS = ("t", "q", "o", "v")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(rank)
    app.command()(explain)
    app.command()(match)
    app.command()(search)


def rank(
    requisition: Annotated[str, typer.Argument(help="The requisition to rank.")],
    condition: Annotated[str, typer.Option(help="A business condition of the warehouse's presets.")] = "normal",
    weights: Annotated[str | None, typer.Option(help="Own weights instead: t=.3,q=.3,o=.2,v=.2")] = None,
    thresholds: Annotated[str | None, typer.Option(help="Own thresholds: t=.2,q=.5,o=.5")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
    json: Json = False,
) -> None:
    """Print the ranked applications of one requisition."""
    from ml.ranking.query import rank_requisition

    ranked = rank_requisition(
        read_context().open_warehouse(),
        requisition,
        condition=condition,
        weights=parse_facets(weights, "--weights"),
        thresholds=parse_facets(thresholds, "--thresholds"),
        limit=limit,
    )
    if json:
        print_json(ranked)
        return
    print(format_ranked(ranked))


def explain(
    application: Annotated[str, typer.Argument(help="The application to explain.")],
    json: Json = False,
) -> None:
    """Say which scores an application has and what moved them, which level that gives, and what its resume matched."""
    from ml.ranking.explain import explain_application

    explanation = explain_application(read_context().open_warehouse(), application)
    if json:
        print_json(explanation)
        return
    for sentence in explanation.sentences:
        print(sentence)


def match(
    application: Annotated[str, typer.Argument(help="The application to show.")],
    json: Json = False,
) -> None:
    """Print what the description asks for and what the resume has of it, requirement by requirement."""
    from ml.ranking.match import format_match, match_of_application

    found = match_of_application(read_context().open_warehouse(), application)
    if json:
        print_json(found)
        return
    print(format_match(found))


def search(
    query: Annotated[str, typer.Argument(help='Words that a resume must have; "a phrase", or, -not.')],
    requisition: Annotated[str | None, typer.Option(help="Only applications to this requisition.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to list.")] = 20,
    json: Json = False,
) -> None:
    """Print the applications whose resume matches a query, most relevant first."""
    from ml.ranking.search import search_resumes

    found = search_resumes(read_context().open_warehouse(), query, requisition_id=requisition, limit=limit)
    if json:
        print_json(found)
        return
    print(format_found(found))


def parse_facets(text: str | None, option: str) -> dict[str, float] | None:
    """Read ``t=.3,q=.3`` into numbers by facet.

    Raises
    ------
    ConfigurationError
        A facet is not one of t, q, o, v, is named twice, or its value is not a number.
    """
    if text is None:
        return None
    values: dict[str, float] = {}
    for pair in text.split(","):
        facet, _, number = pair.strip().partition("=")
        if facet not in FACETS or facet in values:
            raise ConfigurationError(f"{option}: expected each of t, q, o, v at most once, got {pair.strip()!r}.")
        try:
            values[facet] = float(number)
        except ValueError:
            raise ConfigurationError(f"{option}: {facet}: expected a number, got {number!r}.") from None
    return values


def format_ranked(ranked: list[RankedApplication]) -> str:
    """Lay the ranked list out in columns; those whom nothing ranks come last, without a rank."""
    header = f"{'rank':>5}  {'application':<16} {'level':>5}  {'score':>6}  {'t':>5} {'q':>5} {'o':>5} {'v':>5}  status"
    lines = [header]
    for row in ranked:
        place = f"{row.rank}" if row.rank is not None else "-"
        level = "-" if row.level is None else str(row.level)
        facets = " ".join(f"{_number(row, name):>5}" for name in FACETS)
        score = "-" if row.weighted_score is None else f"{row.weighted_score:.3f}"
        lines.append(f"{place:>5}  {row.application_id:<16} {level:>5}  {score:>6}  {facets}  {row.status}")
    return "\n".join(lines)


def format_found(found: list[FoundApplication]) -> str:
    """Lay what a search found out in columns."""
    lines = [f"{'application':<16} {'requisition':<16} {'status':<14}  resume"]
    for row in found:
        headline = " ".join(row.headline.split())
        lines.append(f"{row.application_id:<16} {row.requisition_id:<16} {row.status:<14}  {headline}")
    return "\n".join(lines) if found else "No resume matches."


def _number(row: RankedApplication, facet: str) -> str:
    value: float | None = getattr(row, facet)
    return "-" if value is None else f"{value:.2f}"
