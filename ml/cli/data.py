"""``simulate`` and ``load``: data into the warehouse."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ml.cli.context import AsOf, Context, Json, print_json, read_context
from ml.errors import ConfigurationError

if TYPE_CHECKING:
    from ml.load.formats import FileFormat


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(simulate)
    app.command()(load)


def simulate(
    applications: Annotated[int, typer.Option(min=1, help="How many applications, over three years.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")],
    out: Annotated[Path | None, typer.Option(help="Write the landing files into this folder.")] = None,
    load: Annotated[bool, typer.Option("--load", help="Load them into the warehouse.")] = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Make a synthetic organisation: three years of hiring that end on the as-of date."""
    from ml.simulate import SimulationConfig
    from ml.simulate import simulate as make

    if (out is None) != load:
        raise ConfigurationError("simulate: give either --out DIR or --load.")
    context = read_context()
    config = SimulationConfig(applications=applications, seed=seed, ends_on=context.as_of_date(as_of))
    if out is not None:
        made = make(config, out)
        if json:
            print_json(made)
            return
        for table, rows in made.rows.items():
            print(f"  {table:<24} {rows:>10,}")
        print(f"Written to {out}.")
        return
    with tempfile.TemporaryDirectory() as folder:
        make(config, Path(folder))
        _load(context, Path(folder), json=json)


def load(
    folder: Annotated[Path, typer.Argument(help="Folder with the files.")],
    mapping: Annotated[
        Path | None, typer.Option(help="YAML that maps an export to the landing tables; it declares its own formats.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of the files.")] = "utf-8",
    delimiter: Annotated[str, typer.Option(help="One character, or auto for comma, semicolon or tab.")] = "auto",
    decimal: Annotated[Literal[".", ","], typer.Option(help="The sign before the decimals.")] = ".",
    timezone: Annotated[str | None, typer.Option(help="Time zone of timestamps that name none.")] = None,
    date_order: Annotated[
        Literal["ymd", "dmy", "mdy"], typer.Option(help="How dates such as 31.12.2024 are read.")
    ] = "ymd",
    json: Json = False,
) -> None:
    """Load files named after the landing tables, or an export by its mapping. Repeating it changes nothing."""
    from ml.load.formats import FileFormat

    file_format = FileFormat(encoding, delimiter, decimal, timezone, date_order)
    _load(read_context(), folder, mapping=mapping, file_format=file_format, json=json)


def _load(
    context: Context,
    folder: Path,
    *,
    json: bool,
    mapping: Path | None = None,
    file_format: FileFormat | None = None,
) -> None:
    from ml.load.load import load_folder, load_mapped

    warehouse = context.open_warehouse()
    loaded_as_of = datetime.now(UTC)
    if mapping is not None:
        summary = load_mapped(warehouse, folder, mapping, loaded_as_of=loaded_as_of)
    else:
        summary = load_folder(warehouse, folder, file_format=file_format, loaded_as_of=loaded_as_of)
    if json:
        print_json(summary)
    else:
        print(summary.describe())
