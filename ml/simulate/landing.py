"""The simulated world as landing tables: ids, versions, and when each row became known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ml.simulate.arrays import DAY, HOUR, NEVER, BoolArray, IntArray, epoch_days, stream
from ml.simulate.resumes import descriptions, last_title, resume_texts
from ml.simulate.vocabulary import (
    COUNTRIES,
    DEGREES,
    FAMILIES,
    LOCATIONS,
    SENIORITIES,
    SOURCES,
    employers,
    source_details,
)

if TYPE_CHECKING:
    from ml.simulate.config import SimulationConfig
    from ml.simulate.lifecycle import Lifecycle
    from ml.simulate.people import Applications
    from ml.simulate.requisitions import Requisitions
    from ml.simulate.tenure import Spells

LATE_SHARE, CORRECTED_SHARE, RAISED_SHARE = 0.03, 0.02, 0.08
RACES = ("White", "Black or African American", "Hispanic or Latino", "Asian", "Two or More Races")


class Landing:
    """Builds the tables one by one; everything recorded after the end of the history is left out."""

    def __init__(
        self,
        config: SimulationConfig,
        requisitions: Requisitions,
        applications: Applications,
        lifecycle: Lifecycle,
        spells: Spells,
    ) -> None:
        self.config = config
        self.requisitions = requisitions
        self.applications = applications
        self.lifecycle = lifecycle
        self.spells = spells
        self._rng = stream(config.seed, "landing")
        self.requisition_ids = _ids("REQ", len(requisitions))
        self.application_ids = _ids("APP", len(applications))
        self.candidate_ids = _ids("CAN", len(applications))[applications.candidate]

    def requisition_table(self) -> pa.Table:
        """Requisitions: as opened, some with a raised salary on the way, and a last version once closed."""
        own, n = self.requisitions, len(self.requisitions)
        columns = {
            "requisition_id": self.requisition_ids,
            "title": [own.title(k) for k in range(n)],
            "description": descriptions(self.config, own),
            "job_family": _levels([f.name for f in FAMILIES], own.family),
            "seniority": _levels(SENIORITIES, own.seniority),
            "department": _levels([f.department for f in FAMILIES], own.family),
            "location": _levels(LOCATIONS, own.location),
            "country": _levels(COUNTRIES, own.location),
            "min_years_experience": own.minimum_years,
            "required_degree": _levels(DEGREES, own.required_degree),
            "tentative_title": [own.title(k) for k in range(n)],
            "salary_min": np.round(own.salary * 0.92, -2),
            "salary_max": np.round(own.salary * 1.08, -2),
            "currency": ["EUR"] * n,
            "salary_period": ["year"] * n,
            "openings": own.openings,
            "opened_at": _times(own.opened_at),
        }
        opened = self._table({**columns, "closed_at": _times(np.full(n, NEVER))}, own.opened_at)
        is_raised = self._rng.random(n) < RAISED_SHARE
        columns["salary_max"] = np.round(own.salary * np.where(is_raised, 1.14, 1.08), -2)
        halfway = (own.opened_at + own.closed_at) // 2
        raised = self._table({**columns, "closed_at": _times(np.full(n, NEVER))}, halfway, is_raised)
        closed = self._table({**columns, "closed_at": _times(own.closed_at)}, own.closed_at + HOUR)
        return pa.concat_tables([opened, raised, closed])

    def candidate_table(self) -> pa.Table:
        """Candidates: one row each, those of unlinked spells included."""
        own = self.applications
        first = np.flatnonzero(own.candidate == np.arange(len(own)))
        created = own.applied_at[first]
        hired = np.unique(self.spells.owner[self.spells.owner < 0])
        ids = np.concatenate([self.candidate_ids[first], _people(hired)])
        at = np.concatenate([created, np.full(len(hired), self.config.starts_at)])
        return self._table({"candidate_id": ids, "created_at": _times(at)}, at)

    def application_table(self, attributes: list[dict[str, Any]] | None = None) -> pa.Table:
        """Applications as submitted; a few corrected later, in a second version."""
        own, n = self.applications, len(self.applications)
        missing = own.missing
        detail, employer = np.array(source_details(), dtype=object), np.array(employers(), dtype=object)
        columns: dict[str, Any] = {
            "application_id": self.application_ids,
            "candidate_id": self.candidate_ids,
            "requisition_id": self.requisition_ids[own.requisition],
            "applied_at": _times(own.applied_at),
            "source": _levels(SOURCES, own.source),
            "source_detail": _unless(missing["source_detail"], detail[own.source_detail]),
            "resume_id": _unless(missing["resume"], _ids("RES", n)),
            "years_experience": pa.array(own.years, mask=missing["years_experience"]),
            "highest_degree": _levels(DEGREES, own.degree),
            "field_of_study": _levels([f.field_of_study for f in FAMILIES], own.family),
            "last_employer": _unless(missing["last_employer"], employer[own.employer]),
            "last_title": [last_title(own, row) for row in range(n)],
            "employers_count": own.employers_count,
            "mean_tenure_months": pa.array(own.mean_tenure, mask=missing["mean_tenure_months"]),
            "expected_salary": pa.array(own.expected_salary, mask=missing["expected_salary"]),
            "currency": ["EUR"] * n,
            "salary_period": ["year"] * n,
            "notice_period_days": pa.array(own.notice_days, mask=missing["notice_period_days"]),
            "location": _levels(LOCATIONS, own.location),
            "is_willing_to_relocate": own.is_willing_to_relocate,
            "attributes": None if attributes is None else [json.dumps(entry) for entry in attributes],
        }
        columns = {name: column for name, column in columns.items() if column is not None}
        # Whatever refers to an application is in the files, and so is the application, however late.
        newest = np.maximum(own.applied_at, self.config.ends_at - HOUR)
        recorded_at = np.minimum(own.applied_at + self._lag(n, late=LATE_SHARE), newest)
        submitted = self._table(columns, recorded_at)
        chosen = self._rng.random(n) < CORRECTED_SHARE
        corrected = {**columns, "years_experience": pa.array(np.round(own.years + 1, 1))}
        return pa.concat_tables([submitted, self._table(corrected, recorded_at + 9 * DAY, chosen)])

    def resume_table(self, rows: IntArray) -> pa.Table:
        """Resumes of some applications, received with them."""
        rows = rows[~self.applications.missing["resume"][rows]]
        at = self.applications.applied_at[rows]
        columns = {
            "resume_id": _ids("RES", len(self.applications))[rows],
            "candidate_id": self.candidate_ids[rows],
            "received_at": _times(at),
            "content_text": list(resume_texts(self.config, self.applications, rows)),
        }
        return self._table(columns, at)

    def event_table(self) -> pa.Table:
        """Stage events; some recorded late, some recorded wrongly and corrected."""
        events = self.lifecycle.events
        n = len(events)
        by_candidate = np.isin(events.event_type, ("withdrawn", "offer_accepted", "offer_declined"))
        columns = {
            "event_id": _ids("EVT", n),
            "application_id": self.application_ids[events.application],
            "actor_type": np.where(by_candidate, "candidate", "human"),
            "actor_id": _unless(by_candidate, _levels(_ids("SCR", 24), events.application % 24)),
        }
        recorded_at = events.occurred_at + self._lag(n, late=LATE_SHARE)
        is_corrected = self._rng.random(n) < CORRECTED_SHARE
        is_mistaken = is_corrected & (events.event_type == "screen_passed") & (self._rng.random(n) < 0.5)
        # What was noted wrongly: the day of typing it in for the day itself, or the opposite outcome.
        noted = {
            "event_type": np.where(is_mistaken, "screen_failed", events.event_type),
            "occurred_at": _times(np.where(is_corrected & ~is_mistaken, recorded_at, events.occurred_at)),
        }
        true = {
            "event_type": events.event_type,
            "occurred_at": _times(events.occurred_at),
            "reason_code": pa.array(np.full(n, "corrected")),
        }
        first = self._table({**columns, **noted, "reason_code": pa.nulls(n, pa.string())}, recorded_at)
        return pa.concat_tables([first, self._table({**columns, **true}, recorded_at + 4 * DAY, is_corrected)])

    def interview_table(self) -> pa.Table:
        """Interviews: planned when somebody is invited, a second version once held."""
        held = np.flatnonzero(self.lifecycle.interviewed_at < NEVER)
        at = self.lifecycle.interviewed_at[held]
        passed = self.lifecycle.is_interview_passed[held]
        columns = {
            "interview_id": _ids("INT", len(held)),
            "application_id": self.application_ids[held],
            "round": np.ones(len(held), dtype=np.int64),
            "interviewer_id": _levels(_ids("IVR", 40), held % 40),
            "scheduled_at": _times(at),
        }
        nothing = {"held_at": _times(np.full(len(held), NEVER)), "outcome": pa.nulls(len(held), pa.string())}
        planned = self._table({**columns, **nothing}, self.lifecycle.screened_at[held] + HOUR)
        done = {"held_at": _times(at), "outcome": np.where(passed, "passed", "failed")}
        return pa.concat_tables([planned, self._table({**columns, **done}, at + 2 * HOUR)])

    def offer_table(self) -> pa.Table:
        """Offers, with the salary offered and the day proposed to start; a few raised after talks."""
        offered = np.flatnonzero(self.lifecycle.offered_at < NEVER)
        at = self.lifecycle.offered_at[offered]
        requisition = self.applications.requisition[offered]
        salary = self.requisitions.salary[requisition] * self._rng.normal(1, 0.03, len(offered))
        columns = {
            "offer_id": _ids("OFF", len(offered)),
            "application_id": self.application_ids[offered],
            "extended_at": _times(at),
            "title": [self.requisitions.title(k) for k in requisition],
            "base_salary": np.round(salary, -2),
            "currency": ["EUR"] * len(offered),
            "salary_period": ["year"] * len(offered),
            "proposed_start_on": _days(epoch_days(self.lifecycle.starts_at[offered])),
        }
        is_raised = self._rng.random(len(offered)) < RAISED_SHARE
        raised = {**columns, "base_salary": np.round(salary * 1.04, -2)}
        return pa.concat_tables([self._table(columns, at), self._table(raised, at + 2 * DAY, is_raised)])

    def spell_table(self) -> pa.Table:
        """Spells: open when they begin, a second version when they end."""
        own, n = self.spells, len(self.spells)
        # A spell without an application belongs to a person of its own; application 0 only fills the place.
        linked = np.where(own.owner >= 0, own.owner, 0)
        columns = {
            "spell_id": _ids("SPL", n),
            "candidate_id": np.where(own.owner >= 0, self.candidate_ids[linked], _people(own.owner)),
            "application_id": _unless(~own.is_linked, self.application_ids[linked]),
            "started_on": _days(own.started_on),
        }
        nothing = {"ended_on": pa.nulls(n, pa.date32()), "end_reason": pa.nulls(n, pa.string())}
        begun = self._table({**columns, **nothing}, own.started_on * DAY + 30 * HOUR)
        ending = {"ended_on": _days(own.ended_on), "end_reason": own.end_reason}
        ended = self._table({**columns, **ending}, own.ended_on * DAY + self._lag(n, late=0.1))
        return pa.concat_tables([begun, ended])

    def decision_table(self) -> pa.Table:
        """Screeners' decisions; in the last half year every tenth is taken with a pilot's rank in view."""
        screened = np.flatnonzero(self.lifecycle.screened_at < NEVER)
        at = self.lifecycle.screened_at[screened]
        is_blind = (at < self.config.ends_at - 182 * DAY) | (self._rng.random(len(screened)) >= 0.1)
        rank = pa.array(self._pilot_ranks()[screened], mask=is_blind)
        columns = {
            "decision_id": _ids("DEC", len(screened)),
            "application_id": self.application_ids[screened],
            "actor_id": _levels(_ids("SCR", 24), screened % 24),
            "action": np.where(self.lifecycle.is_passed[screened], "advance", "reject"),
            "decided_at": _times(at),
            "rank_seen": rank,
            "model_version": _unless(is_blind, np.full(len(screened), "pilot", dtype=object)),
        }
        return self._table(columns, at)

    def grant_table(self) -> pa.Table:
        """Grants: the HR team reads every requisition from its opening on."""
        at = self.requisitions.opened_at
        columns = {
            "requisition_id": self.requisition_ids,
            "login": ["hr_ops"] * len(at),
            "valid_from": _times(at),
        }
        return self._table(columns, at)

    def assignment_table(self) -> pa.Table:
        """Interviewers are assigned the applications they interview."""
        invited = np.flatnonzero(self.lifecycle.interviewed_at < NEVER)
        at = self.lifecycle.screened_at[invited] + HOUR
        columns = {
            "application_id": self.application_ids[invited],
            "login": ["interviewer"] * len(invited),
            "valid_from": _times(at),
            "valid_to": _times(at + 60 * DAY),
        }
        return self._table(columns, at)

    def opt_out_table(self) -> pa.Table:
        """One person in two hundred asks not to be ranked."""
        own = self.applications
        first = np.flatnonzero((own.candidate == np.arange(len(own))) & (self._rng.random(len(own)) < 0.005))
        at = own.applied_at[first] + DAY
        columns = {
            "candidate_id": self.candidate_ids[first],
            "requested_at": _times(at),
            "scope": ["ranking"] * len(at),
        }
        return self._table(columns, at)

    def protected_table(self) -> pa.Table:
        """Answers to a voluntary questionnaire; one in ten is left out."""
        own = self.applications
        first = np.flatnonzero(own.candidate == np.arange(len(own)))
        n = len(first)
        race = self._rng.choice(len(RACES), n, p=[0.58, 0.14, 0.15, 0.1, 0.03])
        birth_year = 1970 + self.config.ends_on.year - 2000 + self._rng.integers(0, 6, n) - own.years[first].astype(int)
        answers = {
            "sex": np.where(own.sex[first] == 1, "female", "male"),
            "race_ethnicity": _levels(RACES, race),
            "birth_year": birth_year.astype(str),
            "disability": np.where(self._rng.random(n) < 0.06, "yes", "no"),
            "veteran": np.where(self._rng.random(n) < 0.04, "yes", "no"),
        }
        parts = []
        for attribute, values in answers.items():
            columns = {
                "candidate_id": self.candidate_ids[first],
                "attribute": [attribute] * n,
                "value": values,
                "collected_at": _times(own.applied_at[first]),
            }
            parts.append(self._table(columns, own.applied_at[first], self._rng.random(n) < 0.9))
        return pa.concat_tables(parts)

    def _pilot_ranks(self) -> IntArray:
        own = self.applications
        # The pilot orders by the share of required skills, with an error.
        order = np.lexsort((-own.fit + self._rng.normal(0, 0.2, len(own)), own.requisition))
        sorted_requisitions = own.requisition[order]
        ranks = np.empty(len(own), dtype=np.int64)
        first = np.searchsorted(sorted_requisitions, sorted_requisitions, side="left")
        ranks[order] = np.arange(len(own)) - first + 1
        return ranks

    def _lag(self, count: int, *, late: float) -> IntArray:
        hours = self._rng.uniform(0.2, 20, count)
        weeks = np.where(self._rng.random(count) < late, self._rng.uniform(7, 45, count) * 24, 0)
        return np.asarray((hours + weeks) * HOUR, dtype=np.int64)

    def _table(self, columns: dict[str, Any], recorded_at: IntArray, chosen: BoolArray | None = None) -> pa.Table:
        is_known = recorded_at < self.config.ends_at
        if chosen is not None:
            is_known &= chosen
        return pa.table({**columns, "recorded_at": _times(recorded_at)}).filter(pa.array(is_known))


def _ids(prefix: str, count: int) -> np.ndarray:
    return np.char.add(f"{prefix}-", np.char.zfill(np.arange(count).astype(str), 7)).astype(object)


def _people(owner: IntArray) -> np.ndarray:
    return np.char.add("HIRE-", np.char.zfill((-1 - owner).clip(0).astype(str), 6)).astype(object)


def _levels(names: Any, codes: IntArray) -> np.ndarray:
    return np.array(names, dtype=object)[codes]


def _unless(is_missing: BoolArray, values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.string(), mask=is_missing)


def _times(seconds: IntArray) -> pa.Array:
    return pa.array(seconds, mask=seconds >= NEVER).cast(pa.timestamp("s", "UTC"))


def _days(days: IntArray) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())
