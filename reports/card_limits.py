"""What a reader of a model card must beware of: sentences that follow from its facts, none of them standing text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml.rankers.judge import POOLED
from reports.formats import count, decimal, percent
from reports.group_rates import AUDITED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model_card import TrainingFacts

# A 95% interval wider than this cannot tell a useful ranker from a weak one.
WIDE_INTERVAL = 0.1

# Of whom a label exists at all, and what it is therefore silent about.
_SELECTION = {
    "quality": "Its labels are past decisions of screeners: it learns whom they passed, right or wrong, and not who "
    "would have done the work well.",
    "onboard": "It learns from people who were given an offer; whether the others would have come nobody knows.",
    "attrition": "It learns from people who were hired; of the others nobody knows how long they would have stayed.",
}


def limits(facts: TrainingFacts, status: str, audit: dict[str, Any] | None) -> list[str]:
    """Say what limits a version, most important first.

    Parameters
    ----------
    facts : TrainingFacts
        Of its registration.
    status : str
        What became of it.
    audit : dict or None
        What the auditor measured, None before that.

    Returns
    -------
    list of str
        At least the sentence on whom its labels come from: no ranker here is without it.
    """
    return [
        *_of_signal(facts, status),
        *_of_validation(facts.measures),
        *_of_labels(facts),
        *_of_audit(audit),
    ]


def _of_signal(facts: TrainingFacts, status: str) -> Iterator[str]:
    if status in {"no usable signal", "rejected"}:
        yield f"It must not be used: {status}."
    yield from facts.measures["remarks"]


def _of_validation(measures: dict[str, Any]) -> Iterator[str]:
    auc = measures["auc"]
    headline, within = auc["headline"], auc["within"]
    if headline["kind"] == POOLED:
        yield (
            f"The headline AUC is pooled over all people, since there are only {count(within['pairs'])} pairs within "
            f"{within['groups']}: it also rewards telling requisitions apart, which ranks nobody."
        )
    if headline["low"] is not None and headline["high"] - headline["low"] > WIDE_INTERVAL:
        yield (
            f"The AUC is known roughly only: its 95% interval runs from {decimal(headline['low'])} to "
            f"{decimal(headline['high'])}, from {count(measures['tested'])} applications tested."
        )
    if not measures["is_temporal"]:
        yield "It was not tested on later people than it learnt from, so what changes over time is not in its measures."
    calibration = measures["calibration"]
    if calibration["brier"] >= calibration["brier_of_base_rate"]:
        yield (
            f"Its probabilities are no better than saying the base rate to everybody: Brier score "
            f"{decimal(calibration['brier'])} against {decimal(calibration['brier_of_base_rate'])}."
        )


def _of_labels(facts: TrainingFacts) -> Iterator[str]:
    everybody = sum(facts.label_statuses.values())
    share = f" {count(facts.rows)} of {count(everybody)} applications ({percent(facts.rows / everybody)}) have a label."
    yield _SELECTION[facts.ranker] + (share if everybody else "")
    gap = facts.label_statuses.get("gap", 0)
    if gap:
        but = " but the accuracy with them" if facts.measures.get("gap_leavers") else ""
        yield f"{count(gap)} people left between leaving early and staying long: they are in none of its measures{but}."
    seen = sum(part["rows"] for part in facts.measures["rank_seen"] if part["rank_seen"])
    if facts.ranker == "quality" and seen:
        yield (
            f"{count(seen)} of the tested decisions were taken with a rank in view: on these it is partly measured "
            "against its own opinions."
        )


def _of_audit(audit: dict[str, Any] | None) -> Iterator[str]:
    if audit is None:
        yield "Rates by protected group and validity have not been measured yet: the report workflow does."
        return
    if not audit["attributes"]:
        yield "There is no protected data of the people tested, so nothing is known of how it treats groups."
    else:
        measured = {each["attribute"] for each in audit["attributes"]}
        missing = " and ".join(name.replace("_", " ") for name in AUDITED if name not in measured)
        if missing:
            yield f"The {missing} of nobody tested is known, so nothing is known of how it treats these groups."
    unknown = {each["attribute"].replace("_", " "): each["unknown"]["applications"] for each in audit["attributes"]}
    if any(unknown.values()):
        counts = ", ".join(f"{name} of {count(number)}" for name, number in unknown.items() if number)
        yield f"Protected data has holes; of {count(audit['applications'])} applications tested is unknown: {counts}."
    for outcome in audit["validity"]:
        if outcome["auc"] is None:
            yield outcome["sentence"]
