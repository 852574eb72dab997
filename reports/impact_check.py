"""Whether a new version's scores put a protected group at a disadvantage; asked before it may become champion.

Of the version's out-of-fold scores, so of people whose outcome it had not seen, joined to protected data in the
auditor's own connection; aggregates leave. A group is at a disadvantage where both hold: its impact ratio is below
four fifths (29 CFR 1607.4 D; the ratio as the rule to New York's Local Law 144 defines it), and so large a difference
from everybody else is not chance. Four fifths alone is noise among few people, chance alone is a trifle among many. The
groups are those that Local Law 144 audits; other attributes are in the model card and stop nobody, as age, for one,
goes with years of experience, which jobs ask for (docs/adr/0027).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ml.warehouse.roles import AUDITOR
from reports.card_audit import scored_applications
from reports.group_rates import AUDITED, FEWEST_PEOPLE, FOUR_FIFTHS, SMALL_SHARE, group_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from ml.warehouse.connection import Warehouse
    from reports.group_rates import ScoredApplications

CHANCE = 0.05
"""How often a version that treats all groups alike may fail."""

_SHUFFLES = 4_000
_SHUFFLED_TOGETHER = 100

_FORGET = "delete from governance.impact_checks where ranker = %s and model_version = %s"
_RECORD = """
insert into governance.impact_checks (as_of_date, ranker, model_version, verdict, sentence, groups)
values (%s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class GroupCheck:
    """One group of one attribute.

    Attributes
    ----------
    attribute, group : str
        Such as ``sex`` and ``female``.
    applications, people : int
        How many; groups of fewer than ten people, or under 2% of those known, are not checked.
    rate : float
        Share of its applications that are scored above the median of all, in [0, 1].
    impact_ratio : float
        That over the rate of the attribute's group with the highest, in [0, 1].
    p_value : float or None
        How often people shuffled between this group and the attribute's others would differ as much, times the number
        of groups looked at (Bonferroni), in (0, 1]; None where the impact ratio is four fifths or more.
    champion_ratio : float or None
        The impact ratio of the same group among the champion's out-of-fold scores; None where there is none.
    """

    attribute: str
    group: str
    applications: int
    people: int
    rate: float
    impact_ratio: float
    p_value: float | None
    champion_ratio: float | None = None

    @property
    def is_at_disadvantage(self) -> bool:
        """Whether both conditions hold."""
        return self.p_value is not None and self.p_value < CHANCE


@dataclass(frozen=True)
class ImpactCheck:
    """What was found of one version: ``passed``, ``failed`` or ``not checked``, in words and by group."""

    verdict: Literal["passed", "failed", "not checked"]
    sentence: str
    groups: tuple[GroupCheck, ...] = ()


def check_impact(
    warehouse: Warehouse, ranker: str, version: str, *, as_of_date: date, champion: str | None, seed: int
) -> ImpactCheck:
    """Check a version, and keep the result in ``governance.impact_checks``.

    Parameters
    ----------
    warehouse : Warehouse
        Read and written as the auditor; no other role can read schema ``protected``.
    ranker, version : str
        Which version; its out-of-fold scores have been written.
    as_of_date : date
        Of its training: protected data counts as it was known then.
    champion : str, optional
        The version that scores now, for comparison.
    seed : int
        Of the shuffles.
    """
    with warehouse.connect(AUDITOR) as connection:
        tested = scored_applications(connection, ranker, version, as_of_date)
        before = None if champion is None else scored_applications(connection, ranker, champion, as_of_date)
        check = judge_impact(ranker, tested, before, seed=seed)
        connection.execute(_FORGET, [ranker, version])
        groups = json.dumps([asdict(group) for group in check.groups])
        connection.execute(_RECORD, [as_of_date, ranker, version, check.verdict, check.sentence, groups])
    return check


def judge_impact(
    ranker: str, tested: ScoredApplications | None, before: ScoredApplications | None = None, *, seed: int
) -> ImpactCheck:
    """Judge out-of-fold scores, beside the champion's if there are any; for the rest see :func:`check_impact`."""
    found = [] if tested is None else _check_groups(tested, seed)
    if not found:
        sentence = (
            f"{ranker}: adverse impact was not checked, as sex and race or ethnicity are on record of too few of the "
            "people it was tested on."
        )
        return ImpactCheck("not checked", sentence)
    of_champion = (
        {} if before is None else {(g.attribute, g.group): g.impact_ratio for g in _check_groups(before, seed)}
    )
    groups = tuple(replace(g, champion_ratio=of_champion.get((g.attribute, g.group))) for g in found)
    failing = [group for group in groups if group.is_at_disadvantage]
    if failing:
        listed = "; ".join(_describe(group) for group in failing)
        return ImpactCheck("failed", f"{ranker}: the scores put groups at a disadvantage: {listed}.", groups)
    lowest = min(groups, key=lambda group: group.impact_ratio)
    sentence = f"{ranker}: no group is at a disadvantage; the lowest of {len(groups)}: {_describe(lowest)}."
    return ImpactCheck("passed", sentence, groups)


def _check_groups(tested: ScoredApplications, seed: int) -> list[GroupCheck]:
    """Check every group that is large enough, of every audited attribute with two such groups or more."""
    is_above = (tested.scores > np.median(tested.scores)).astype(np.float64)
    columns, random, found = _audited(tested), np.random.default_rng(seed), []
    rates = {attribute: _rates(tested, column, is_above) for attribute, column in columns.items()}
    looked_at = sum(map(len, rates.values()))
    for attribute, group, ratio in _ratios(rates):
        column = columns[attribute]
        rows, chance = column == group, None
        if ratio < FOUR_FIFTHS:
            chance = min(1.0, looked_at * _chance(tested.people, is_above, rows, column != "", random))
        found.append(
            GroupCheck(
                attribute=attribute,
                group=group,
                applications=int(rows.sum()),
                people=len(set(tested.people[rows])),
                rate=rates[attribute][group],
                impact_ratio=ratio,
                p_value=chance,
            )
        )
    return found


def _audited(tested: ScoredApplications) -> dict[str, NDArray[np.object_]]:
    return {name: column for name, column in group_columns(tested).items() if set(name.split(" by ")) <= set(AUDITED)}


def _rates(tested: ScoredApplications, column: NDArray[np.object_], is_above: NDArray[np.float64]) -> dict[str, float]:
    """Give the rate of each group that is large enough; nothing where there are not two to compare."""
    fewest = SMALL_SHARE * np.count_nonzero(column != "")
    rates = {}
    for group in sorted(set(column) - {""}):
        rows = column == group
        if len(set(tested.people[rows])) >= FEWEST_PEOPLE and rows.sum() >= fewest:
            rates[group] = float(is_above[rows].mean())
    return rates if len(rates) > 1 else {}


def _ratios(rates: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, str, float]]:
    """Give attribute, group and impact ratio; 1 where nobody of any group is above the median."""
    for attribute, of_groups in rates.items():
        highest = max(of_groups.values(), default=0.0)
        for group, rate in of_groups.items():
            yield attribute, group, rate / highest if highest else 1.0


def _chance(
    people: NDArray[np.object_],
    is_above: NDArray[np.float64],
    is_in_group: NDArray[np.bool_],
    is_known: NDArray[np.bool_],
    random: np.random.Generator,
) -> float:
    """Give the two-sided permutation p-value of a group's rate against that of everybody else who is known.

    People are shuffled, not applications: those of one person are no independent witnesses.
    """
    _, owner = np.unique(people[is_known], return_inverse=True)
    applications = np.bincount(owner).astype(np.float64)
    above = np.bincount(owner, is_above[is_known]).astype(np.float64)
    # A person has one group; of somebody with two on record the first counts.
    member = np.zeros(len(applications), dtype=bool)
    member[owner[is_in_group[is_known]]] = True
    observed = abs(_difference(member[None], applications, above)[0])
    as_large = 1
    for _ in range(_SHUFFLES // _SHUFFLED_TOGETHER):
        shuffled = random.permuted(np.broadcast_to(member, (_SHUFFLED_TOGETHER, len(member))), axis=1)
        as_large += int((np.abs(_difference(shuffled, applications, above)) >= observed - 1e-12).sum())
    return as_large / (_SHUFFLES + 1)


def _difference(
    member: NDArray[np.bool_], applications: NDArray[np.float64], above: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the rate of the members less that of the others, for each row of ``member``."""
    inside, inside_above = member @ applications, member @ above
    outside = np.maximum(applications.sum() - inside, 1)
    difference: NDArray[np.float64] = inside_above / np.maximum(inside, 1) - (above.sum() - inside_above) / outside
    return difference


def _describe(group: GroupCheck) -> str:
    champion = "" if group.champion_ratio is None else f", the champion's {group.champion_ratio:.2f}"
    chance = "" if group.p_value is None else f", p {group.p_value:.3f}"
    return (
        f"{group.group} ({group.attribute.replace('_', ' ')}), {group.people:,} people, impact ratio "
        f"{group.impact_ratio:.2f}{champion}{chance}"
    )
