"""What happens to every application: screening, interviews, offer, start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ml.simulate.arrays import DAY, HOUR, NEVER, BoolArray, IntArray, at_the_office, stream

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig
    from ml.simulate.decisions import Truth
    from ml.simulate.people import Applications
    from ml.simulate.requisitions import Requisitions

# What becomes of an offer that does not end in a start, and how often.
REFUSALS = ("offer_declined", "no_show", "withdrawn", "offer_expired")
REFUSAL_SHARES = (0.68, 0.12, 0.13, 0.07)


@dataclass(frozen=True)
class Events:
    """Stage events as columns; one entry per event."""

    application: IntArray
    event_type: np.ndarray
    occurred_at: IntArray

    def __len__(self) -> int:
        """Count them."""
        return len(self.application)


@dataclass(frozen=True)
class Lifecycle:
    """Everybody's way through the stages; arrays of shape (n_applications,), ``NEVER`` for what does not happen.

    Attributes
    ----------
    events : Events
        All stage events, those beyond the end of the history included.
    interviewed_at, offered_at, starts_at : ndarray of int
        Seconds since 1970.
    is_passed : ndarray of bool
        Of the screen, whether or not anybody came to screening.
    screened_at : ndarray of int
        Seconds since 1970.
    is_started : ndarray of bool
        Whether they came to work.
    """

    events: Events
    screened_at: IntArray
    is_passed: BoolArray
    interviewed_at: IntArray
    is_interview_passed: BoolArray
    offered_at: IntArray
    starts_at: IntArray
    is_started: BoolArray


def live(config: SimulationConfig, requisitions: Requisitions, applications: Applications, truth: Truth) -> Lifecycle:
    """Let every application run its course."""
    rng = stream(config.seed, "lifecycle")
    count = len(applications)
    closed_at = requisitions.closed_at[applications.requisition]
    gone_at = _later(applications.applied_at, rng.exponential(40, count), where=rng.random(count) < 0.06, rng=rng)
    screened_at = at_the_office(applications.applied_at + _days(rng.lognormal(1.9, 0.6, count)), rng)
    is_unreviewed = (screened_at > closed_at) | (rng.random(count) < 0.02)
    is_gone = gone_at < np.where(is_unreviewed, closed_at, screened_at)
    is_screened = ~is_unreviewed & ~is_gone
    is_passed = rng.random(count) < truth.pass_probability
    log = _Log()
    log.add("withdrawn", gone_at, is_gone)
    log.add("closed_unreviewed", closed_at + HOUR, is_unreviewed & ~is_gone)
    log.add("screen_passed", screened_at, is_screened & is_passed)
    log.add("screen_failed", screened_at, is_screened & ~is_passed)

    interviewed_at = at_the_office(screened_at + _days(rng.uniform(5, 16, count)), rng)
    is_invited = is_screened & is_passed
    is_quitting = is_invited & (rng.random(count) < 0.06)
    log.add("withdrawn", screened_at + DAY, is_quitting)
    is_interviewed = is_invited & ~is_quitting
    is_interview_passed = rng.random(count) < 0.35 + 0.35 * applications.fit
    log.add("interview_passed", interviewed_at, is_interviewed & is_interview_passed)
    log.add("interview_failed", interviewed_at, is_interviewed & ~is_interview_passed)

    offered_at = at_the_office(interviewed_at + _days(rng.uniform(2, 9, count)), rng)
    is_eligible = is_interviewed & is_interview_passed & (rng.random(count) < 0.85)
    answers = _answers(applications, truth, offered_at, rng)
    is_offered = _is_offered(requisitions, applications, offered_at, is_eligible=is_eligible, answers=answers)
    log.add("offer_extended", offered_at, is_offered)
    _log_answers(log, offered_at, is_offered, answers)
    return Lifecycle(
        events=log.events(),
        screened_at=np.where(is_screened, screened_at, NEVER),
        is_passed=is_passed,
        interviewed_at=np.where(is_interviewed, interviewed_at, NEVER),
        is_interview_passed=is_interview_passed,
        offered_at=np.where(is_offered, offered_at, NEVER),
        starts_at=np.where(is_offered, answers.starts_at, NEVER),
        is_started=is_offered & answers.is_joining,
    )


class _Log:
    """Collects events kind by kind."""

    def __init__(self) -> None:
        self._parts: list[tuple[IntArray, str, IntArray]] = []

    def add(self, event_type: str, occurred_at: IntArray, happens: BoolArray) -> None:
        application = np.flatnonzero(happens)
        self._parts.append((application, event_type, occurred_at[application]))

    def events(self) -> Events:
        """Give all events in the order in which they happened."""
        application = np.concatenate([part[0] for part in self._parts])
        event_type = np.concatenate([np.full(len(part[0]), part[1]) for part in self._parts])
        occurred_at = np.concatenate([part[2] for part in self._parts])
        order = np.lexsort((event_type, application, occurred_at))
        return Events(application[order], event_type[order], occurred_at[order])


@dataclass(frozen=True)
class _Answers:
    """What would become of an offer to each, were it made; shape (n_applications,)."""

    answered_at: IntArray
    starts_at: IntArray
    is_rescinded: BoolArray
    is_failing_check: BoolArray
    is_joining: BoolArray
    refusal: IntArray


def _answers(applications: Applications, truth: Truth, offered_at: IntArray, rng: np.random.Generator) -> _Answers:
    count = len(applications)
    fate = rng.random(count)
    is_rescinded, is_failing_check = fate < 0.02, (fate >= 0.02) & (fate < 0.04)
    answered_at = at_the_office(offered_at + _days(rng.exponential(5, count)), rng)
    starts_at = at_the_office(offered_at + (14 + applications.notice_days) * DAY, rng)
    return _Answers(
        answered_at=answered_at,
        starts_at=np.maximum(starts_at, answered_at + 3 * DAY),
        is_rescinded=is_rescinded,
        is_failing_check=is_failing_check,
        is_joining=~is_rescinded & ~is_failing_check & (rng.random(count) < truth.join_probability),
        refusal=rng.choice(len(REFUSALS), count, p=REFUSAL_SHARES),
    )


def _is_offered(
    requisitions: Requisitions,
    applications: Applications,
    offered_at: IntArray,
    *,
    is_eligible: BoolArray,
    answers: _Answers,
) -> BoolArray:
    filled = _earlier_starts(applications.requisition, offered_at, is_eligible & answers.is_joining)
    is_offered = is_eligible & (filled < requisitions.openings[applications.requisition])
    # Nobody starts twice: who has joined is made no other offer.
    joined = _earlier_starts(applications.candidate, offered_at, is_offered & answers.is_joining)
    return np.asarray(is_offered & (joined == 0))


def _earlier_starts(group: IntArray, offered_at: IntArray, is_start: BoolArray) -> IntArray:
    """Count, for each, the starts in its group from offers made before its own."""
    order = np.lexsort((offered_at, group))
    starts = is_start[order].astype(np.int64)
    before = np.cumsum(starts) - starts
    first_of_group = np.searchsorted(group[order], group[order], side="left")
    earlier = np.empty_like(before)
    earlier[order] = before - before[first_of_group]
    return earlier


def _log_answers(log: _Log, offered_at: IntArray, is_offered: BoolArray, answers: _Answers) -> None:
    is_failing_check, is_joining = is_offered & answers.is_failing_check, is_offered & answers.is_joining
    is_rescinded = is_offered & answers.is_rescinded
    is_refusing = is_offered & ~is_rescinded & ~is_failing_check & ~is_joining
    is_no_show = is_refusing & (answers.refusal == REFUSALS.index("no_show"))
    log.add("offer_rescinded", offered_at + 3 * DAY, is_rescinded)
    log.add("offer_accepted", answers.answered_at, is_joining | is_no_show | is_failing_check)
    log.add("background_check_failed", answers.answered_at + 6 * DAY, is_failing_check)
    log.add("no_show", answers.starts_at, is_no_show)
    log.add("onboarded", answers.starts_at, is_joining)
    for number, name in enumerate(REFUSALS):
        if name != "no_show":
            waits = 30 * DAY if name == "offer_expired" else 0
            log.add(name, answers.answered_at + waits, is_refusing & (answers.refusal == number))


def _days(days: np.ndarray) -> IntArray:
    return np.asarray(days * DAY, dtype=np.int64)


def _later(times: IntArray, days: np.ndarray, *, where: BoolArray, rng: np.random.Generator) -> IntArray:
    return np.where(where, times + _days(days) + rng.integers(0, HOUR, len(times)), NEVER)
