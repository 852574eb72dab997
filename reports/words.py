"""What each ranker's page calls things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.rankers.metrics import HIGH, LOW
from reports.formats import decimal

if TYPE_CHECKING:
    from ml.organisation import Labels

COMPARISONS = {
    "newcomers": (
        "people new at its stage",
        "People who reached this ranker's stage after the last whom it was trained on, against its last year of "
        "training: it will learn from them next. Drift here asks for a retraining.",
    ),
    "scored": (
        "everybody it scores",
        "A ranker that learns from few (onboard from people with an offer, attrition from people hired) and scores all "
        "differs here by design: its scores hold for people like those it learnt from. This is no alert.",
    ),
}
"""What each drift comparison is called, and what it means."""


@dataclass(frozen=True)
class Words:
    """Words of one ranker's page.

    Attributes
    ----------
    question : str
        What it is there to answer.
    label : str
        What its label is, and when it counts.
    outcome : str
        The good outcome, as a verb: ``onboarded``.
    rate : str
        What the share with the good outcome is called.
    """

    question: str
    label: str
    outcome: str
    rate: str

    @property
    def yield_means(self) -> str:
        """Say what the rate is."""
        return (
            f"Of the applications scored above {decimal(HIGH, 2)}, the share that {self.outcome}; business as usual is "
            f"the share among all the same applications. From {decimal(LOW, 2)} to {decimal(HIGH, 2)} a person decides."
        )


def words_of(ranker: str, labels: Labels) -> Words:
    """Give the words of a ranker's page, with the organisation's outcome windows in them."""
    stays = labels.attrition_months + labels.attrition_gap_months
    return {
        "quality": Words(
            "Who would pass the screen?",
            f"Passed or failed the screen. It counts {labels.screening_window_days} days after the application.",
            "passed the screen",
            "screening yield",
        ),
        "onboard": Words(
            "Who, with an offer, would start work?",
            f"Started work, or declined, did not show up or withdrew after an offer. It counts "
            f"{labels.offer_window_days} days after the offer and {labels.start_window_days} after the proposed start.",
            "onboarded",
            "hiring yield",
        ),
        "attrition": Words(
            "Who, once hired, would stay?",
            f"Stayed {stays} months or more, or left within {labels.attrition_months}; leavers between are a gap and "
            f"have no label. It counts {stays} months and {labels.recording_lag_days} days after the start.",
            "stayed",
            "attrition accuracy",
        ),
    }[ranker]
