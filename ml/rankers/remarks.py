"""What a reader of a validation must not miss: where something else orders people reliably better than the score."""

from __future__ import annotations

from typing import Any


def remarks(metrics: dict[str, Any]) -> list[str]:
    """Say where other rankers, or the forest's own frequencies, order people reliably better than its votes.

    Parameters
    ----------
    metrics : dict
        With ``auc`` and ``baselines``, as :func:`ml.rankers.validation.measure` computes them.

    Returns
    -------
    list of str
        One sentence for each ranker on which the 95% interval of the votes' paired gain lies wholly below 0, best
        first, then one for the frequencies; empty where the votes are beaten by nobody. What to do about either is
        docs/adr/0011.
    """
    auc = metrics["auc"]
    baselines = sorted(metrics["baselines"].items(), key=lambda item: item[1]["gain"]["value"] or 0.0)
    sentences = [
        f"{name.capitalize()} orders people reliably better than the forest's votes: {_lead(baseline, auc, sign=-1)}"
        for name, baseline in baselines
        if _is_above_zero(baseline["gain"], sign=-1)
    ]
    if _is_above_zero(auc["frequencies_gain"], sign=1):
        lead = _lead({**auc["frequencies"], "gain": auc["frequencies_gain"]}, auc, sign=1)
        sentences.append(f"The forest's leaf frequencies order people reliably better than its votes: {lead}")
    return sentences


def _is_above_zero(gain: dict[str, float | None], *, sign: int) -> bool:
    low, high = gain["low"], gain["high"]
    return low is not None and high is not None and min(sign * low, sign * high) > 0


def _lead(other: dict[str, Any], auc: dict[str, Any], *, sign: int) -> str:
    """Say the AUC of the other and by how much it leads; ``sign`` turns the gain the other's way."""
    low, high = sorted((sign * other["gain"]["low"], sign * other["gain"]["high"]))
    return (
        f"AUC {auc['headline']['kind']} {other['value']:.3f} against {auc['headline']['value']:.3f}, "
        f"{sign * other['gain']['value']:.3f} more ({low:.3f} to {high:.3f})."
    )
