"""``models``, ``approve``, ``reject`` and ``rollback``: which version of each ranker scores, and who decides that."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ml.cli.context import Json, print_json, read_context
from ml.errors import ConfigurationError
from ml.organisation import RANKERS

if TYPE_CHECKING:
    from ml.approvals import Answer
    from ml.model_versions import ModelVersion

_HASH = 12
_ROW = "{:<10} {:>7}  {:<10} {:<16} {:<42} {:<10}  {:<12}  {:<12}  {}"
_HEADER = ("ranker", "version", "alias", "status", "AUC", "as of", "snapshot", "contract", "champion by")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(models)
    app.command()(rollback)
    app.command()(approve)
    app.command()(reject)


def models(
    ranker: Annotated[str | None, typer.Option(help="quality, onboard or attrition; default all.")] = None,
    json: Json = False,
) -> None:
    """List the versions of every ranker: which one scores, how good it is, and who made it champion."""
    from ml.model_versions import list_versions
    from ml.registry import open_registry

    rankers = RANKERS if ranker is None else (_checked(ranker),)
    context = read_context()
    warehouse = context.open_warehouse()
    registry = open_registry(context.settings, context.organisation, warehouse)
    versions = [version for name in rankers for version in list_versions(registry, warehouse, name)]
    if json:
        print_json(versions)
    elif not versions:
        print("No ranker has been trained yet: run `facetrank run retrain`.")
    else:
        print(_ROW.format(*_HEADER))
        for version in versions:
            print(_line(version))
        for version in versions:
            if version.asked_at is not None:
                print(f"\n{version.ranker} version {version.version} waits for a person. {version.sentence}")
        for version in versions:
            if version.impact is not None and (version.aliases or version.asked_at is not None):
                print(f"\nAdverse impact, version {version.version} of {version.impact}")


def rollback(
    ranker: Annotated[str, typer.Argument(help="quality, onboard or attrition.")],
    version: Annotated[str, typer.Argument(help="The version to go back to; `facetrank models` lists them.")],
    by: Annotated[str | None, typer.Option(metavar="LOGIN", help="Who decides; default the login of now.")] = None,
) -> None:
    """Make an earlier version of a ranker the champion again."""
    from ml.model_versions import roll_back
    from ml.registry import open_registry

    context = read_context()
    warehouse = context.open_warehouse()
    registry = open_registry(context.settings, context.organisation, warehouse)
    person = by or getpass.getuser()
    roll_back(registry, warehouse, _checked(ranker), version, by=person, at=datetime.now(UTC))
    print(f"{ranker}: version {version} is the champion again, by {person}.")
    print("The ranked lists still hold the scores of before: `facetrank run score` publishes new ones.")


Ranker = Annotated[str, typer.Argument(help="quality, onboard or attrition.")]
Waiting = Annotated[str, typer.Argument(help="A version that waits for a person; `facetrank models` lists them.")]
Reason = Annotated[str, typer.Option(help="Why, in words: it is kept with your name.")]
By = Annotated[str | None, typer.Option(metavar="LOGIN", help="Who decides; default the login of now.")]


def approve(ranker: Ranker, version: Waiting, reason: Reason, by: By = None) -> None:
    """Make a version that waits for a person the champion."""
    person = _decide("approved", ranker, version, reason, by)
    print(f"{ranker}: version {version} is the champion, approved by {person}.")
    print("The ranked lists still hold the scores of before: `facetrank run score` publishes new ones.")


def reject(ranker: Ranker, version: Waiting, reason: Reason, by: By = None) -> None:
    """Reject a version that waits for a person; the champion stays."""
    person = _decide("rejected", ranker, version, reason, by)
    print(f"{ranker}: version {version} is rejected by {person}; the champion stays.")


def _decide(answer: Answer, ranker: str, version: str, reason: str, by: str | None) -> str:
    """Give the answer of a person about a version, and the person's name."""
    from ml.approvals import Decision, decide
    from ml.registry import open_registry

    person = (getpass.getuser() if by is None else by).strip()
    for name, words in (("reason", reason.strip()), ("by", person)):
        if not words:
            raise ConfigurationError(f"{name}: expected words, got none; an answer is kept with its reason and a name.")
    context = read_context()
    warehouse = context.open_warehouse()
    registry = open_registry(context.settings, context.organisation, warehouse)
    decision = Decision(answer, person, reason.strip(), datetime.now(UTC))
    approvers = context.organisation.promotion.approvers
    decide(registry, warehouse, _checked(ranker), version, decision, approvers=approvers)
    return person


def _checked(ranker: str) -> str:
    if ranker not in RANKERS:
        raise ConfigurationError(f"ranker: expected one of {', '.join(RANKERS)}, got {ranker!r}.")
    return ranker


def _line(version: ModelVersion) -> str:
    auc = "-"
    if version.auc is not None:
        auc = "{value:.3f} ({low:.3f} to {high:.3f}) {kind}".format(**version.auc)
    by = "-"
    if version.decided_at is not None:
        by = f"{version.decided_by}, {version.decided_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {version.action}"
    hashes = [(text or "-")[:_HASH] for text in (version.snapshot_hash, version.contract_hash)]
    alias = ", ".join(version.aliases) or "-"
    row = (version.ranker, version.version, alias, version.status, auc, version.as_of_date, *hashes, by)
    return _ROW.format(*row)
