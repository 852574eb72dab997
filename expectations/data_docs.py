"""Data Docs: Great Expectations' own pages inside a frame that needs no network, and an index of the latest results.

The library's page templates load styles and scripts from elsewhere; only its section templates are used.
"""

from __future__ import annotations

import html
from itertools import groupby
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from expectations.gx import great_expectations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from great_expectations.core import ExpectationSuiteValidationResult

    from expectations.results import Found

_TEMPLATES = Path(__file__).parent / "templates"


def write_pages(folder: Path, found: Sequence[Found], results: Sequence[ExpectationSuiteValidationResult]) -> None:
    """Render one page per subject; ``found`` and ``results`` belong together one by one."""
    great_expectations()
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    renderer, view = ValidationResultsPageRenderer(), DefaultJinjaPageView(custom_views_directory=str(_TEMPLATES))
    for entry, result in zip(found, results, strict=True):
        for single in result.results:
            # The library's tables would print values as markup; its tracebacks say where the product is installed.
            single.result = _escaped(single.result)
            single.exception_info = _escaped(single.exception_info)
        _write(folder / entry.page, view.render(renderer.render(result), template="gate_page.html", found=entry))


def write_index(folder: Path, found: Sequence[Found]) -> None:
    """Render the list of latest results, which come sorted by date."""
    import jinja2

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True)
    dates = [(as_of_date, list(entries)) for as_of_date, entries in groupby(found, key=lambda entry: entry.as_of_date)]
    _write(folder / "index.html", environment.get_template("index.html").render(dates=dates))


def _escaped(value: Any) -> Any:
    """Escape every text for HTML, at any depth, and leave tracebacks out."""
    if isinstance(value, dict):
        return {key: "" if key == "exception_traceback" else _escaped(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(part) for part in value]
    return html.escape(value) if isinstance(value, str) else value


def _write(path: Path, content: str) -> None:
    """Write a file whole or not at all: gates of several rankers render the index at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, suffix=".draft", delete=False, encoding="utf-8") as draft:
        draft.write(content)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(path)
