"""Two frames of applications made comparable: the same columns, few levels, bins and clusters as whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

MINIMUM_ROWS = 30
"""A number known for fewer rows than this on either side is not compared."""

MISSING, OTHER = "(missing)", "(other)"

_MAXIMUM_LEVELS = 15
_MINIMUM_LEVEL_ROWS = 10
_MINIMUM_LEVEL_SHARE = 0.01
_DECILES = np.linspace(0, 1, 11)[1:-1]


def comparable(
    reference: pd.DataFrame, current: pd.DataFrame, columns: Sequence[str], *, sparse: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring the named columns of two frames to the same form.

    Numbers become floats; where some are missing, that is a column of its own (``salary is missing``). Everything else
    becomes text with few levels: missing is a level, and rare levels are taken together, so that neither chance nor a
    single person shows. Of the `sparse` columns, which are numbers, only what is known is looked at. Columns of one
    value on both sides are left out: they cannot differ.
    """
    import pandas as pd

    pairs: dict[str, list[pd.Series]] = {}
    for name in (*columns, *sparse):
        both = [frame[name].reset_index(drop=True) for frame in (reference, current)]
        if not _is_number(both[0]):
            pairs[name] = _levels(both)
            continue
        numbers = [series.astype(float) for series in both]
        if name not in sparse and any(series.isna().any() for series in numbers):
            pairs[f"{name} is missing"] = [
                series.isna().map({True: "yes", False: "no"}).astype("str") for series in numbers
            ]
        if min(series.count() for series in numbers) >= MINIMUM_ROWS:
            pairs[name] = numbers
    pairs = {name: pair for name, pair in pairs.items() if _varies(pair)}
    return tuple(pd.DataFrame({name: pair[side] for name, pair in pairs.items()}) for side in (0, 1))  # type: ignore[return-value]


def _varies(both: list[pd.Series]) -> bool:
    import pandas as pd

    values = pd.concat(both).dropna()
    return bool((values != values.iloc[0]).any())


def _is_number(series: pd.Series) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(series) and not is_bool_dtype(series)


def _levels(both: list[pd.Series]) -> list[pd.Series]:
    import pandas as pd

    texts = [series.astype(object).where(series.notna(), MISSING).astype("str") for series in both]
    counts = pd.concat(texts).value_counts()
    enough = counts[counts >= max(_MINIMUM_LEVEL_ROWS, _MINIMUM_LEVEL_SHARE * counts.sum())]
    kept = [MISSING, *enough.index[:_MAXIMUM_LEVELS]]
    return [series.where(series.isin(kept), OTHER) for series in texts]


def bins(reference: pd.Series, current: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give numbers to the levels of two columns, or to the tenths of their values together; -1 where missing."""
    import pandas as pd

    together = pd.concat([reference, current])
    if _is_number(together):
        edges = np.unique(np.nanquantile(together, _DECILES))
        numbers = np.where(together.isna(), -1, np.searchsorted(edges, together, side="right"))
    else:
        numbers = pd.factorize(together)[0]
    return numbers[: len(reference)], numbers[len(reference) :]


def clusters(
    reference: pd.DataFrame, current: pd.DataFrame, candidates: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give numbers to the groups of alike rows of each side.

    They are the groups of the first named column that has two of them on both sides; without one, each row is a group.
    """
    import pandas as pd

    for name in candidates:
        if min(reference[name].nunique(), current[name].nunique()) > 1:
            return pd.factorize(reference[name])[0], pd.factorize(current[name])[0]
    return np.arange(len(reference)), np.arange(len(current))
