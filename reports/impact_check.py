"""Whether a new version's scores put a protected group at a disadvantage; asked before it may become champion.

Of the version's out-of-fold scores, so of people whose outcome it had not seen, joined to protected data in the
auditor's own connection; aggregates leave. A group is at a disadvantage where both hold: its impact ratio is below
four fifths (29 CFR 1607.4 D; the ratio as the rule to New York's Local Law 144 defines it), and so large a difference
below everybody else is not chance. Four fifths alone is noise among few people, chance alone is a trifle among many.
The groups are those that Local Law 144 audits. Whether people are 40 or older is measured beside them and stops nobody,
as age goes with years of experience, which jobs ask for; other attributes are in the model card (docs/adr/0027).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ml.warehouse.roles import AUDITOR
from reports.card_audit import scored_applications
from reports.group_rates import AGES, AUDITED, FOUR_FIFTHS, OLDER, group_columns, scoring_rates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ml.warehouse.connection import Warehouse
    from reports.group_rates import ScoredApplications

CHANCE = 0.05
"""How often a version that treats all groups alike may fail."""

_SHUFFLES = 4_000
_SHUFFLED_TOGETHER = 100

_FORGET = "delete from governance.impact_checks where ranker = %s and model_version = %s"
_READ = "select groups from governance.impact_checks where ranker = %s and model_version = %s"
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
        How often people shuffled between this group and the attribute's others would give it so low a rate, adjusted
        for the number of groups looked at (Holm), in (0, 1]; None where the impact ratio is four fifths or more, and
        of people under 40, whom no law protects from being scored lower for it.
    common_ratio, champion_ratio : float or None
        The impact ratios by this version and by the champion, on the applications that both scored out of fold; None
        where there are none, or too few.
    """

    attribute: str
    group: str
    applications: int
    people: int
    rate: float
    impact_ratio: float
    p_value: float | None
    common_ratio: float | None = None
    champion_ratio: float | None = None

    @property
    def can_fail(self) -> bool:
        """Whether the group can stop a version: an age is measured and stops nobody."""
        return self.attribute not in AGES

    @property
    def is_at_disadvantage(self) -> bool:
        """Whether both conditions hold, of a group that can stop a version."""
        return self.can_fail and self.p_value is not None and self.p_value < CHANCE


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


def read_table(warehouse: Warehouse, ranker: str, version: str) -> str:
    """Give a version's groups as a table in Markdown, read as the auditor; empty where no group was checked."""
    with warehouse.connect(AUDITOR) as connection:
        row = connection.execute(_READ, [ranker, version]).fetchone()
    if row is None or not row[0]:
        return ""
    header = "| attribute | group | people | scoring rate | impact ratio | the champion's | p |"
    lines = [_table_row(GroupCheck(**group)) for group in row[0]]
    return "\n".join([header, "|---|---|---:|---:|---:|---:|---:|", *lines])


def _table_row(group: GroupCheck) -> str:
    champion, chance = (
        "-" if value is None else f"{value:.{digits}f}"
        for value, digits in ((group.champion_ratio, 2), (group.p_value, 3))
    )
    name = group.attribute.replace("_", " ")
    sizes = f"{group.people:,} | {group.rate:.2f} | {group.impact_ratio:.2f}"
    return f"| {name} | {group.group} | {sizes} | {champion} | {chance} |"


def judge_impact(
    ranker: str, tested: ScoredApplications | None, before: ScoredApplications | None = None, *, seed: int
) -> ImpactCheck:
    """Judge out-of-fold scores, beside the champion's if there are any; for the rest see :func:`check_impact`."""
    found = [] if tested is None else _check_groups(tested, seed)
    if tested is None or not any(group.can_fail for group in found):
        return ImpactCheck("not checked", _not_checked(ranker, tested), tuple(found))
    groups = tuple(_beside_champion(found, tested, before))
    failing = [group for group in groups if group.is_at_disadvantage]
    if failing:
        listed = "; ".join(_describe(group) for group in failing)
        return ImpactCheck("failed", f"{ranker}: the scores put groups at a disadvantage: {listed}.", groups)
    asked = [group for group in groups if group.can_fail]
    lowest = min(asked, key=lambda group: group.impact_ratio)
    sentence = f"{ranker}: no group is shown to be at a disadvantage; the lowest of {len(asked)}: {_describe(lowest)}."
    return ImpactCheck("passed", sentence, groups)


def _not_checked(ranker: str, tested: ScoredApplications | None) -> str:
    if tested is None or not any(map(any, _checked_columns(tested).values())):
        return f"{ranker}: adverse impact was not checked: no protected attributes are on record."
    return (
        f"{ranker}: adverse impact was not checked, as sex and race or ethnicity are on record of too few of the "
        "people it was tested on."
    )


def _check_groups(tested: ScoredApplications, seed: int) -> list[GroupCheck]:
    """Check every group that is large enough, of every attribute with two such groups or more."""
    is_above = (tested.scores > np.median(tested.scores)).astype(np.float64)
    columns, random, found = _checked_columns(tested), np.random.default_rng(seed), []
    for attribute, column in columns.items():
        for group, rate, ratio in _ratios(tested, attribute, column):
            rows = column == group
            is_low = ratio < FOUR_FIFTHS and (attribute not in AGES or group == OLDER)
            found.append(
                GroupCheck(
                    attribute=attribute,
                    group=group,
                    applications=int(rows.sum()),
                    people=len(set(tested.people[rows])),
                    rate=rate,
                    impact_ratio=ratio,
                    p_value=_chance(tested.people, is_above, rows, column != "", random) if is_low else None,
                )
            )
    adjusted = _holm([1.0 if group.p_value is None else group.p_value for group in found])
    return [
        group if group.p_value is None else replace(group, p_value=chance)
        for group, chance in zip(found, adjusted, strict=True)
    ]


def _checked_columns(tested: ScoredApplications) -> dict[str, NDArray[np.object_]]:
    checked = {*AUDITED, *AGES}
    return {name: column for name, column in group_columns(tested).items() if set(name.split(" by ")) <= checked}


def _ratios(
    tested: ScoredApplications, attribute: str, column: NDArray[np.object_]
) -> Iterator[tuple[str, float, float]]:
    """Give group, rate and impact ratio of the groups that are large enough, if there are two to compare.

    The ratio is 1 where nobody of any group is above the median.
    """
    groups = [group for group in scoring_rates(tested, attribute, column)["groups"] if not group["is_small"]]
    for group in groups if len(groups) > 1 else ():
        ratio = group["impact_ratio"]
        yield group["group"], group["above_median"]["value"], 1.0 if ratio is None else ratio


def _beside_champion(
    found: list[GroupCheck], tested: ScoredApplications, before: ScoredApplications | None
) -> Iterator[GroupCheck]:
    """Add both versions' impact ratios on the applications that both scored: others are other people."""
    ours: dict[tuple[str, str], float] = {}
    theirs: dict[tuple[str, str], float] = {}
    if before is not None:
        _, rows, rows_before = np.intersect1d(tested.applications, before.applications, return_indices=True)
        for ratios, version, common in ((ours, tested, rows), (theirs, before, rows_before)):
            ratios.update(_ratios_by_group(version.take(common)) if len(common) else {})
    for group in found:
        key = (group.attribute, group.group)
        yield replace(group, common_ratio=ours.get(key), champion_ratio=theirs.get(key))


def _ratios_by_group(tested: ScoredApplications) -> dict[tuple[str, str], float]:
    return {
        (attribute, group): ratio
        for attribute, column in _checked_columns(tested).items()
        for group, _, ratio in _ratios(tested, attribute, column)
    }


def _holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values so that the chance of any false one is kept (Holm, 1979); in the order given, at most 1."""
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    adjusted = np.ones(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(np.asarray(p_values, dtype=float)[order] * factors), 1)
    return [float(value) for value in adjusted]


def _chance(
    people: NDArray[np.object_],
    is_above: NDArray[np.float64],
    is_in_group: NDArray[np.bool_],
    is_known: NDArray[np.bool_],
    random: np.random.Generator,
) -> float:
    """Give the permutation p-value of a group's rate being lower than that of everybody else who is known.

    One-sided: a group that is scored higher than everybody else is not put at a disadvantage, although its rate may be
    below four fifths of the highest. People are shuffled, not applications: those of one person are no independent
    witnesses.
    """
    _, owner = np.unique(people[is_known], return_inverse=True)
    applications = np.bincount(owner).astype(np.float64)
    above = np.bincount(owner, is_above[is_known]).astype(np.float64)
    # A person has one group; of somebody with two on record the first counts.
    member = np.zeros(len(applications), dtype=bool)
    member[owner[is_in_group[is_known]]] = True
    observed = _difference(member[None], applications, above)[0]
    as_low = 1
    for _ in range(_SHUFFLES // _SHUFFLED_TOGETHER):
        shuffled = random.permuted(np.broadcast_to(member, (_SHUFFLED_TOGETHER, len(member))), axis=1)
        as_low += int((_difference(shuffled, applications, above) <= observed + 1e-12).sum())
    return as_low / (_SHUFFLES + 1)


def _difference(
    member: NDArray[np.bool_], applications: NDArray[np.float64], above: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the rate of the members less that of the others, for each row of ``member``."""
    inside, inside_above = member @ applications, member @ above
    outside = np.maximum(applications.sum() - inside, 1)
    difference: NDArray[np.float64] = inside_above / np.maximum(inside, 1) - (above.sum() - inside_above) / outside
    return difference


def _describe(group: GroupCheck) -> str:
    chance = "" if group.p_value is None else f", p {group.p_value:.3f}"
    return (
        f"{group.group} ({group.attribute.replace('_', ' ')}), {group.people:,} people, impact ratio "
        f"{group.impact_ratio:.2f}{_comparison(group)}{chance}"
    )


def _comparison(group: GroupCheck) -> str:
    ours, theirs = group.common_ratio, group.champion_ratio
    if ours is None or theirs is None:
        return ""
    words = "worse than" if ours < theirs else "not worse than"
    return f", {words} the champion's on the same applications ({ours:.2f}, {theirs:.2f})"
