"""Pictures of a ranker's validation as SVG: what it goes by, whether its probabilities are true, Figure 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.formats import decimal, level
from reports.pictures import INK, MODEL, USUAL, svg, with_intervals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

FEATURES_DRAWN = 10
# Light to dark with delta.
_DELTAS = ("#8fc7c9", "#4d9da2", "#0b6e75", "#063c40")


def importance_picture(importance: Sequence[dict[str, Any]]) -> str:
    """Draw by how much AUC drops without each of the ten features that are worth most, with 95% intervals."""
    shown = [each for each in importance if each["drop"]["low"] is not None][:FEATURES_DRAWN]

    def draw(axes: Axes) -> None:
        places = range(len(shown), 0, -1)
        drops = [each["drop"] for each in shown]
        # Lines from bound to bound: a percentile interval of few clusters need not hold the value.
        axes.hlines(places, [drop["low"] for drop in drops], [drop["high"] for drop in drops], color=MODEL)
        axes.plot([drop["value"] for drop in drops], places, "o", color=MODEL)
        axes.axvline(0, color=USUAL, linestyle="--")
        axes.set_yticks(places, [each["feature"] for each in shown], fontsize=8)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.set_xlabel("drop in AUC without it")

    return svg(draw, inches=0.9 + 0.24 * len(shown))


def dependence_picture(dependence: dict[str, Any], limits: tuple[float, float]) -> str:
    """Draw the mean score by the value of one feature.

    Parameters
    ----------
    dependence : dict
        As :func:`ml.rankers.dependence.partial_dependence` gives it.
    limits : tuple of float
        Of the scores, the same for all pictures of a ranker, so that they compare.
    """
    points, name = dependence["points"], dependence["feature"]

    def draw_numbers(axes: Axes) -> None:
        known = [point for point in points if point["value"] is not None]
        axes.plot([point["value"] for point in known], [point["score"] for point in known], "o-", color=MODEL)
        for point in points[len(known) :]:
            axes.axhline(point["score"], color=USUAL, linestyle="--", label="missing")
            axes.legend(loc="best", fontsize=8)
        axes.set_ylim(*limits)
        axes.set_xlabel(name)
        axes.set_ylabel("mean score")

    def draw_levels(axes: Axes) -> None:
        places = range(len(points), 0, -1)
        axes.plot([point["score"] for point in points], places, "o", color=MODEL)
        axes.set_yticks(places, [level(point["value"]) for point in points], fontsize=8)
        axes.set_ylim(0.4, len(points) + 0.6)
        axes.set_xlim(*limits)
        axes.grid(visible=True, axis="x")
        axes.set_xlabel(f"mean score by {name}")

    return svg(draw_numbers if dependence["kind"] == "numeric" else draw_levels, inches=2.2)


def reliability_picture(reliability: Sequence[dict[str, Any]], outcome: str) -> str:
    """Draw the share with the good outcome by tenth of the probability, with 95% intervals, beside the diagonal."""

    def draw(axes: Axes) -> None:
        axes.axline((0, 0), slope=1, color=USUAL, linestyle="--", label="as promised")
        with_intervals(axes, [(each["probability"], each) for each in reliability], "o", label="as it came")
        numbers = [number for each in reliability for number in (each["probability"], each["low"], each["high"])]
        limits = max(0.0, min(numbers) - 0.02), min(1.0, max(numbers) + 0.02)
        axes.set_xlim(*limits)
        axes.set_ylim(*limits)
        axes.set_xlabel("probability")
        axes.set_ylabel(f"share that {outcome}")
        axes.legend(loc="upper left")

    return svg(draw)


def trees_picture(accuracy: Sequence[float], levels_off: int | None) -> str:
    """Draw the out-of-bag accuracy by number of trees, and from where on it changes no more."""

    def draw(axes: Axes) -> None:
        axes.plot(range(1, len(accuracy) + 1), accuracy, color=MODEL)
        if levels_off is not None:
            axes.axvline(levels_off, color=USUAL, linestyle="--", label=f"level from {levels_off} trees on")
            axes.legend(loc="lower right")
        axes.set_xlabel("trees")
        axes.set_ylabel("out-of-bag accuracy")

    return svg(draw, inches=2.4)


def figure_5(combinations: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Draw precision, recall and F1 over t, a line for each delta: the paper's Figure 5, by name.

    Parameters
    ----------
    combinations : sequence of dict
        As :func:`ml.rankers.attrition_curves.attrition_curves` gives them.
    """
    shares = [each["stayers"] / (each["stayers"] + each["leavers"]) for each in combinations]
    stayers, leavers = ([each[name] for each in combinations] for name in ("no_skill_f1", "leaver_no_skill_f1"))
    yield "f1-stayers", _over_t(combinations, "f1", "F1 of stayers", no_skill=stayers)
    yield "f1-leavers", _over_t(combinations, "leaver_f1", "F1 of leavers", no_skill=leavers)
    yield "precision", _over_t(combinations, "precision", "precision of stayers", no_skill=shares)
    yield "recall", _over_t(combinations, "recall", "recall of stayers", no_skill=None)


def _over_t(
    combinations: Sequence[dict[str, Any]], measure: str, label: str, *, no_skill: Sequence[float] | None
) -> str:
    def draw(axes: Axes) -> None:
        for delta, colour in zip(sorted({each["gap_months"] for each in combinations}), _DELTAS, strict=False):
            own = [place for place, each in enumerate(combinations) if each["gap_months"] == delta]
            months = [combinations[place]["months"] for place in own]
            values = [combinations[place][measure]["value"] for place in own]
            axes.plot(months, values, "o-", color=colour, label=f"delta {delta}")
            if no_skill is not None:
                axes.plot(months, [no_skill[place] for place in own], "--", color=colour, linewidth=1)
        if no_skill is not None:
            axes.plot([], [], "--", color=INK, linewidth=1, label="no skill")
        axes.set_xticks(sorted({each["months"] for each in combinations}))
        axes.set_ylim(0, 1)
        axes.set_xlabel("t, months")
        axes.set_ylabel(label)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.3), ncols=3, fontsize=8, columnspacing=1)

    return svg(draw)


def score_limits(dependence: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Give limits that hold the mean scores of all features, with a little room, inside [0, 1]; of none, all of it."""
    scores = [point["score"] for each in dependence for point in each["points"]] or [0.0, 1.0]
    room = 0.02 + 0.05 * (max(scores) - min(scores))
    return max(0.0, min(scores) - room), min(1.0, max(scores) + room)


def caption_of_trees(accuracy: Sequence[float], levels_off: int | None) -> str:
    """Say from how many trees on the accuracy is level, or how much it still moves."""
    if levels_off is not None:
        return (
            f"From {levels_off} trees on the out-of-bag accuracy changes by no more than its standard error; "
            f"{len(accuracy)} are grown, as the finer order of people may gain beyond."
        )
    last = accuracy[-max(1, len(accuracy) // 5) :]
    return (
        f"The out-of-bag accuracy has not levelled off: over the last {len(last)} of {len(accuracy)} trees it still "
        f"moves by {decimal(max(last) - min(last))}. More trees (rankers.trees) make scores steadier."
    )
