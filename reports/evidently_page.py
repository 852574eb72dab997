"""Evidently behind one small door: how far a column moved, and the page that shows the farthest."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

DISTANCE_THRESHOLD = 0.1
"""Distance from which Evidently itself speaks of drift, of either kind."""

# No distance reaches it: a column with this threshold is shown as not drifted.
_NEVER = 1e9


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep to itself that Evidently's imports are deprecated, and that constant columns make it divide by zero."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@_quietly()
def distance(reference: pd.Series, current: pd.Series) -> float:
    """Give Evidently's default distance of two columns; 0 is no change, missing values do not count.

    Returns
    -------
    float
        Of numbers, the Wasserstein distance in standard deviations of the reference, 0 or more; of texts, the
        Jensen-Shannon distance, in [0, .833].
    """
    from evidently.legacy.calculations import stattests
    from evidently.legacy.core import ColumnType
    from pandas.api.types import is_numeric_dtype

    if is_numeric_dtype(reference):
        kind, test = ColumnType.Numerical, stattests.wasserstein_stat_test
    else:
        kind, test = ColumnType.Categorical, stattests.jensenshannon_stat_test
    result = test(reference.dropna(), current.dropna(), kind, DISTANCE_THRESHOLD)
    # The logarithm of a single shared level leaves -0 under the root.
    return max(0.0, float(result.drift_score))


@_quietly()
def draw(reference: pd.DataFrame, current: pd.DataFrame, may_drift: Mapping[str, bool]) -> str:
    """Let Evidently draw some columns.

    Parameters
    ----------
    reference, current : DataFrame
        Numbers, or text with few levels.
    may_drift : mapping of str to bool
        The columns to draw; False for those whose difference may be chance, which it then shows as not drifted.

    Returns
    -------
    str
        Its page, all of its script inside (about 4 MB).
    """
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset
    from pandas.api.types import is_numeric_dtype

    columns = list(may_drift)
    numeric = [column for column in columns if is_numeric_dtype(reference[column])]
    definition = DataDefinition(
        numerical_columns=numeric, categorical_columns=[column for column in columns if column not in numeric]
    )
    drift = DataDriftPreset(
        columns=columns,
        num_method="wasserstein",
        cat_method="jensenshannon",
        drift_share=1 / len(columns),
        per_column_threshold={name: DISTANCE_THRESHOLD if may else _NEVER for name, may in may_drift.items()},
        include_tests=False,
    )
    current_set, reference_set = (Dataset.from_pandas(frame, definition) for frame in (current, reference))
    html: str = Report([drift]).run(current_set, reference_set).get_html_str(as_iframe=False)
    return html


@_quietly()
def place(html: str, page: Path, *, scripts: Path, title: str, back: str) -> None:
    """Write a page by `draw` into the site: with a title, a way back, and its script shared by all such pages.

    Parameters
    ----------
    html : str
        The page.
    page : Path
        Where to write it.
    scripts : Path
        Folder of the shared script.
    title : str
        What the page shows, in a sentence; plain text.
    back : str
        Address of the page that links to it.
    """
    from html import escape

    import evidently
    from evidently.legacy.utils.dashboard import STATIC_PATH

    for folder in (page.parent, scripts):
        folder.mkdir(parents=True, exist_ok=True)
    script = (Path(STATIC_PATH) / "index.js").read_text(encoding="utf-8")
    shared = scripts / f"evidently-{evidently.__version__}.js"
    shared.write_text(script, encoding="utf-8")
    reference = Path(os.path.relpath(shared, page.parent)).as_posix()
    way_back = f'<a href="{escape(back)}">Back to the report</a>'
    lead = f'<p style="font: 16px sans-serif; margin: 16px">{way_back}. {escape(title)}</p>'
    html = html.replace(f"<script>{script}</script>", f'<script src="{reference}"></script>')
    html = html.replace("<body>", f"<body>{lead}", 1).replace("<head>", f"<head><title>{escape(title)}</title>", 1)
    page.write_text(html, encoding="utf-8")
