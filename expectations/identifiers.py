"""Tell an identifier from a measurement that happens to have many values.

Uniqueness alone says little: a salary or a number of days may differ in nearly every row. But a measurement repeats
itself as soon as there are enough rows for its range, and an identifier never does; text that identifies is written
to a pattern; and what is handed out in order grows with time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

# Of the values, this share must belong to one owner only.
UNIQUE_SHARE = 0.95
# Fewer values than this tell no identifier from a measurement.
FEWEST_VALUES = 50
# So many repetitions are expected of the most spread-out measurement of the same range; a tenth of them is too few.
EXPECTED_REPEATS = 20
MOST_REPEATS_SHARE = 0.1
# Rank correlation with the time of entry.
IN_ORDER = 0.99
# Enough of the distinct texts to see how they are written; some random codes have no digit or no letter by chance.
MOST_TEXTS = 2000
CODES_SHARE = 0.8

# One word of letters and digits: a hash, a token, a number with its prefix.
_CODE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])\S{6,}")
_DIGITS = re.compile(r"\d+")


def identifies(column: pa.ChunkedArray, *, owners: NDArray[np.intp], times: NDArray[np.datetime64]) -> str | None:
    """Say why a column looks like an identifier, None if it does not.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of length n_rows
        Text, numbers or truth values.
    owners : ndarray of shape (n_rows,)
        Number of the candidate (or requisition) that the value belongs to: the same value in two rows of one owner is
        no repetition.
    times : ndarray of datetime64, shape (n_rows,)
        When the rows entered.

    Returns
    -------
    str or None
        For instance ``its 4,870 whole numbers never repeat, where a measurement of their range would have repeated
        itself 2,435 times``.
    """
    import pyarrow as pa

    if pa.types.is_boolean(column.type):
        return None
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return _numbers(column.cast(pa.float64()).to_numpy(), owners, times)
    return _texts(column, owners)


def _numbers(values: NDArray[np.float64], owners: NDArray[np.intp], times: NDArray[np.datetime64]) -> str | None:
    is_known = ~np.isnan(values)
    values, times = values[is_known], times[is_known]
    if len(values) < FEWEST_VALUES or (values != np.floor(values)).any():
        return None
    owned, distinct = _owned(values, owners[is_known])
    if distinct < max(FEWEST_VALUES, UNIQUE_SHARE * owned):
        return None
    repeats, span = owned - distinct, float(values.max() - values.min()) + 1
    expected = owned * (owned - 1) / 2 / span
    if expected >= EXPECTED_REPEATS and repeats <= MOST_REPEATS_SHARE * expected:
        often = f"repeat {repeats:,} times" if repeats else "never repeat"
        return (
            f"its {owned:,} whole numbers {often}, where a measurement of their range would have repeated itself "
            f"{expected:,.0f} times"
        )
    order = _rank_correlation(values, times)
    if abs(order) >= IN_ORDER:
        return f"its {distinct:,} different whole numbers follow the time of entry (rank correlation {order:.3f})"
    return None


def _texts(column: pa.ChunkedArray, owners: NDArray[np.intp]) -> str | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    is_known = codes >= 0
    owned, distinct = _owned(codes[is_known], owners[is_known])
    if distinct < max(FEWEST_VALUES, UNIQUE_SHARE * owned):
        return None
    if not _are_codes(encoded.dictionary[:MOST_TEXTS].to_pylist()):
        return None
    return f"its {owned:,} texts are {distinct:,} different codes (a quantity would have to be declared numeric)"


def _are_codes(texts: list[str]) -> bool:
    if np.mean([bool(_CODE.fullmatch(text.strip())) for text in texts]) >= CODES_SHARE:
        return True
    # "No. 17" and "No. 18" are the same once their digits are taken out; names of employers are not.
    with_digits = [text for text in texts if _DIGITS.search(text)]
    shapes = {_DIGITS.sub("0", text) for text in with_digits}
    return len(with_digits) >= UNIQUE_SHARE * len(texts) and len(shapes) <= (1 - UNIQUE_SHARE) * len(texts)


def _owned(values: NDArray[np.generic], owners: NDArray[np.intp]) -> tuple[int, int]:
    """Count the different pairs of an owner and a value, and the different values."""
    distinct, codes = np.unique(values, return_inverse=True)
    pairs = np.unique(owners * len(distinct) + codes)
    return len(pairs), len(distinct)


def _rank_correlation(values: NDArray[np.float64], times: NDArray[np.datetime64]) -> float:
    from scipy.stats import rankdata

    ranks, others = rankdata(values), rankdata(times.astype(np.int64))
    if np.ptp(ranks) == 0 or np.ptp(others) == 0:
        return 0.0
    return float(np.corrcoef(ranks, others)[0, 1])
