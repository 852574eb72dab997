"""Does the score pay? Outcomes of the applications that a ranker would have picked, beside all of them.

Hiring yield (the paper, section 5; design section 2) is the share with the good outcome among applications scored
above .55; from .45 to .55 is left to people. Beside it always the business-as-usual rate of the very same
applications. All scores are out of fold: none comes from a model that had seen the outcome. The arithmetic is
`ml.rankers.metrics.reject_option`; here it is told apart by quarter, by score and by requisition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.queries import query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from psycopg import Connection

Shares = dict[str, Any]
"""What `ml.rankers.metrics.reject_option` returns: ``yield``, ``business_as_usual``, ``coverage``, ``manual``."""


@dataclass(frozen=True)
class YieldReport:
    """Yields of one ranker's validation.

    Attributes
    ----------
    overall : dict
        Of all applications with a mature outcome that were scored out of fold.
    quarters : tuple of (str, dict)
        By the quarter in which the stage was entered, oldest first.
    score_bins : tuple of dict
        Share with the good outcome per tenth of the score: ``from``, ``to`` and a proportion.
    largest : tuple of (str, dict)
        The eight requisitions with most applications, largest first.
    requisitions : int
        How many there are.
    """

    overall: Shares
    quarters: tuple[tuple[str, Shares], ...]
    score_bins: tuple[Shares, ...]
    largest: tuple[tuple[str, Shares], ...]
    requisitions: int


def yield_report(connection: Connection, ranker: str, model_version: str) -> YieldReport | None:
    """Read the validation of one model version and count its yields; None where it has no predictions."""
    import numpy as np

    from ml.rankers import metrics

    values = {"ranker": ranker, "model_version": model_version}
    rows = connection.execute(query("validation_predictions"), values).fetchall()
    if not rows:
        return None
    requisitions, quarters, scores, labels = (np.array(column) for column in zip(*rows, strict=True))
    largest = metrics.reject_option_of_largest(labels, scores, groups=requisitions)
    return YieldReport(
        overall=metrics.reject_option(labels, scores),
        quarters=tuple(_by_quarter(quarters, labels, scores)),
        score_bins=tuple(metrics.yield_per_bin(labels, scores)),
        largest=tuple((each["group"], each) for each in largest),
        requisitions=len(np.unique(requisitions)),
    )


def _by_quarter(
    quarters: NDArray[np.str_], labels: NDArray[np.int_], scores: NDArray[np.float64]
) -> list[tuple[str, Shares]]:
    import numpy as np

    from ml.rankers.metrics import reject_option

    chosen = ((str(name), quarters == name) for name in np.unique(quarters))
    return [(name, reject_option(labels[rows], scores[rows])) for name, rows in chosen]
