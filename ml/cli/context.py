"""What every command needs: settings and organisation read once, and one way to print."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ml.config import Settings
from ml.errors import ConfigurationError
from ml.organisation import Organisation, read_organisation

if TYPE_CHECKING:
    from ml.warehouse.connection import Warehouse

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine to read.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Facts known before this midnight UTC; default the organisation's."),
]


@dataclass(frozen=True)
class Context:
    """Settings and organisation of one command."""

    settings: Settings
    organisation: Organisation

    def open_warehouse(self) -> Warehouse:
        """Address the warehouse, which must have been started."""
        from ml.warehouse import open_warehouse

        return open_warehouse(self.settings, self.organisation)

    def as_of_date(self, given: str | None) -> date:
        """Give the as-of date of a command: the one given, the organisation's, or today's in UTC."""
        if given is None:
            return self.organisation.as_of_date or datetime.now(UTC).date()
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ConfigurationError(f"--as-of: expected a date like 2026-01-31, got {given!r}.") from None


def read_context() -> Context:
    """Read settings from the environment and the organisation from its file."""
    settings = Settings.from_environment(os.environ)
    return Context(settings, read_organisation(settings.organisation_file))


def print_json(value: object) -> None:
    """Print a value as JSON; dataclasses become objects, dates ISO text."""
    print(json.dumps(value, default=_jsonable, indent=1, ensure_ascii=False))


def _jsonable(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
