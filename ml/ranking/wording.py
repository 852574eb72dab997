"""A score's explanation in words that HR knows: what moved it most, with the values as people write them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.scores.facets import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ml.contract import FeatureContract

METHOD = (
    "Method: Shapley values (path-dependent TreeSHAP) of the votes. They say what moved a score, feature by feature, "
    "and add up to it; they name no cause, and are no reason to reject anybody."
)
MOST_NAMED = 3
# What rounds to nothing in a sentence is not named there.
_LEAST_SAID = 0.005
# Enough that the parts add up to the score within 1e-6, short enough to store.
_DECIMALS = 9
_SINGULARS = {"people": "person"}


@dataclass(frozen=True)
class Wording:
    """How a feature is spoken of: its name in the contract, its label, and the unit of its values."""

    feature: str
    label: str
    unit: str


@dataclass(frozen=True)
class Contribution:
    """What one feature added to a score.

    Attributes
    ----------
    feature : str
        Its name in the contract.
    label, value : str
        What HR calls it, and the application's value with its unit, or ``missing``.
    contribution : float
        Negative where it lowers the score.
    """

    feature: str
    label: str
    value: str
    contribution: float


@dataclass(frozen=True)
class FacetExplanation:
    """What moved one score of an application: ``base_value``, the contributions and ``rest`` add up to it.

    Attributes
    ----------
    facet : str
        q, o or v.
    score, base_value : float, in [0, 1]
        The share of votes, and its mean in training, where both outcomes weigh the same.
    raised, lowered : tuple of Contribution
        The three features at most that raised and that lowered the score most, largest first.
    rest : float
        Sum of the contributions of all others.
    sentence : str
        The same for people.
    """

    facet: str
    score: float
    base_value: float
    raised: tuple[Contribution, ...]
    lowered: tuple[Contribution, ...]
    rest: float
    sentence: str


def words_for(contract: FeatureContract, names: Sequence[str]) -> list[Wording]:
    """Word some features as the contract does; one that it no longer has, of an older model, by its name."""
    known = {feature.name: Wording(feature.name, feature.label, feature.unit) for feature in contract.features}
    return [known.get(name, Wording(name, name.replace("_", " "), "")) for name in names]


def explain_score(
    facet: str,
    score: float,
    base_value: float,
    *,
    features: Sequence[Wording],
    values: Mapping[str, Any],
    contributions: NDArray[Any],
) -> FacetExplanation:
    """Pick what moved a score most, and say it.

    Parameters
    ----------
    facet : str
        q, o or v.
    score, base_value : float, in [0, 1]
        As of :class:`FacetExplanation`.
    features : sequence of Wording
        The ranker's.
    values : mapping of str to value
        The application's value of each feature by name; None or NaN is missing.
    contributions : ndarray of shape (n_features,)
        Of each feature; ties are named in the order of the features.
    """
    named = [
        Contribution(
            word.feature, word.label, shown_value(values[word.feature], word.unit), round(float(added), _DECIMALS)
        )
        for word, added in zip(features, contributions, strict=True)
    ]
    raised = sorted((part for part in named if part.contribution > 0), key=lambda part: -part.contribution)
    lowered = sorted((part for part in named if part.contribution < 0), key=lambda part: part.contribution)
    raised, lowered = raised[:MOST_NAMED], lowered[:MOST_NAMED]
    rest = float(contributions.sum()) - sum(part.contribution for part in (*raised, *lowered))
    return FacetExplanation(
        facet=facet,
        score=score,
        base_value=base_value,
        raised=tuple(raised),
        lowered=tuple(lowered),
        rest=rest,
        sentence=_sentence(NAMES[facet].capitalize(), score, base_value, raised, lowered),
    )


def shown_value(value: bool | float | str | None, unit: str) -> str:
    """Write a feature's value as people do: ``12 years``, ``31%``, ``yes``, ``missing``."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if unit == "share":
        return f"{value:.0%}"
    if unit == "ratio":
        return f"{_number(value)} times"
    number = _number(value)
    return f"{number} {_singular(unit) if number == '1' else unit}".strip()


def read_explanation(row: Mapping[str, Any]) -> FacetExplanation:
    """Read an explanation back from its row, parsed JSON and all."""
    sides = {side: tuple(Contribution(**part) for part in row[side]) for side in ("raised", "lowered")}
    return FacetExplanation(**{**row, **sides})


def _number(value: float) -> str:
    if 0 < abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _singular(unit: str) -> str:
    return _SINGULARS.get(unit, unit.removesuffix("s"))


def _sentence(
    name: str, score: float, base_value: float, raised: Sequence[Contribution], lowered: Sequence[Contribution]
) -> str:
    said = [
        (opening, [part for part in parts if abs(part.contribution) >= _LEAST_SAID])
        for opening, parts in (("raised most by", raised), ("lowered most by", lowered))
    ]
    clauses = [f"{opening} {_listed(parts)}" for opening, parts in said if parts]
    if not clauses:
        clauses = ["no feature moved it by as much as 0.01"]
    others = score - base_value - sum(part.contribution for _, parts in said for part in parts)
    clauses.append(f"all else {_signed(others)}")
    clauses.append(f"the average in training, where both outcomes weigh the same, is {base_value:.2f}")
    return f"{name} {score:.2f}: {'; '.join(clauses)}."


def _listed(parts: Sequence[Contribution]) -> str:
    words = [f"{part.label} ({part.value}, {_signed(part.contribution)})" for part in parts]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _signed(number: float) -> str:
    # Without the sum, -0.001 would be written -0.00.
    return f"{round(number, 2) + 0.0:+.2f}"
