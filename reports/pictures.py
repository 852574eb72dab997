"""How pictures are drawn, and those of the yields, as SVG: the same counts give the same bytes."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from ml.rankers.metrics import HIGH, LOW
from reports.formats import decimal, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from reports.hiring_yield import Shares

INK, USUAL, MODEL, _MANUAL, _GRID = "#1f2933", "#616e7c", "#0b6e75", "#eef1f4", "#e4e7eb"
# Drawn about as wide as a phone, so that there the text is as large as the page's.
_STYLE: dict[str, Any] = {
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "axes.edgecolor": USUAL,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.markersize": 5,
    "svg.hashsalt": "facetrank",
}
_QUARTERS_NAMED = 6


def yield_by_quarter(quarters: Sequence[tuple[str, Shares]], outcome: str) -> str:
    """Draw the yield of each quarter with its 95% interval, beside business as usual.

    Parameters
    ----------
    quarters : sequence of (str, dict)
        As in `reports.hiring_yield.YieldReport`.
    outcome : str
        What the share is a share of: ``onboarded``.
    """

    def draw(axes: Axes) -> None:
        usual = [shares["business_as_usual"]["value"] for _, shares in quarters]
        axes.plot(range(len(quarters)), usual, "s--", color=USUAL, label="business as usual")
        picked = [(place, shares["yield"]) for place, (_, shares) in enumerate(quarters)]
        with_intervals(axes, picked, "o-", label=f"scored above {decimal(HIGH, 2)}")
        _name_quarters(axes, [name for name, _ in quarters])
        axes.set_ylabel(f"share that {outcome}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=2, columnspacing=1)
        _as_shares(axes)

    return svg(draw)


def orders_by_quarter(quarters: Sequence[dict[str, Any]], outcome: str) -> str:
    """Draw the share with the good outcome at the top of the model's order, of the real one, and by lot.

    Parameters
    ----------
    quarters : sequence of dict
        As in `reports.backtest.BacktestStage`.
    outcome : str
        What the share is a share of: ``onboarded``.
    """

    def draw(axes: Axes) -> None:
        orders = [("model", "o-", MODEL, "model's order"), ("real", "s--", USUAL, "real order")]
        for order, form, colour, label in [*orders, ("by_lot", ":", USUAL, "by lot")]:
            shares = [row["estimates"]["at_k"][order] / row["estimates"]["at_k"]["of"] for row in quarters]
            axes.plot(range(len(quarters)), shares, form, color=colour, label=label)
        _name_quarters(axes, [row["quarter"] for row in quarters])
        axes.set_ylim(bottom=0)
        axes.set_ylabel(f"share that {outcome}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=3, columnspacing=1)

    return svg(draw)


def yield_by_score(score_bins: Sequence[Shares], usual: float, outcome: str) -> str:
    """Draw the share with the good outcome by tenth of the score, with 95% intervals (the paper's Figure 4).

    Parameters
    ----------
    score_bins : sequence of dict
        As in `reports.hiring_yield.YieldReport`.
    usual : float in [0, 1]
        Business as usual.
    outcome : str
        What the share is a share of: ``onboarded``.
    """

    def draw(axes: Axes) -> None:
        filled = [((each["from"] + each["to"]) / 2, each) for each in score_bins if each["of"]]
        axes.axvspan(LOW, HIGH, color=_MANUAL, zorder=0)
        axes.bar(
            [middle for middle, _ in filled], [each["value"] for _, each in filled], 0.085, color=MODEL, alpha=0.35
        )
        with_intervals(axes, filled, "o")
        axes.axhline(usual, color=USUAL, linestyle="--", label=f"business as usual {percent(usual)}")
        axes.text((LOW + HIGH) / 2, 0.98, "manual", ha="center", va="top", transform=axes.get_xaxis_transform())
        axes.set_xlim(0, 1)
        axes.set_xlabel("score")
        axes.set_ylabel(f"share that {outcome}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2))
        _as_shares(axes)

    return svg(draw)


def _name_quarters(axes: Axes, names: Sequence[str]) -> None:
    step = -(-len(names) // _QUARTERS_NAMED)
    axes.set_xticks(range(0, len(names), step), [name.replace(" ", "\n") for name in names[::step]])


def with_intervals(axes: Axes, placed: Sequence[tuple[float, Shares]], form: str, label: str | None = None) -> None:
    """Draw shares with their intervals at their places along the axis; shares of nobody are left out."""
    known = [(place, share) for place, share in placed if share["of"]]
    values = [share["value"] for _, share in known]
    lengths = [
        [share["value"] - share["low"] for _, share in known],
        [share["high"] - share["value"] for _, share in known],
    ]
    axes.errorbar([place for place, _ in known], values, yerr=lengths, fmt=form, color=MODEL, capsize=3, label=label)


def _as_shares(axes: Axes) -> None:
    """Write the upright axis in percent, from 0 up."""
    from matplotlib.ticker import PercentFormatter

    # Room above for the word "manual"; shares of a rare outcome would else lie on the ground.
    axes.set_ylim(0, min(1.05, 1.15 * axes.get_ylim()[1]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def svg(draw: Callable[[Axes], None], *, inches: float = 3.1) -> str:
    """Draw a picture as wide as a phone.

    Parameters
    ----------
    draw : callable
        Draws on empty axes.
    inches : float, default=3.1
        Height; the width is 4.8.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({**_STYLE, "figure.figsize": (4.8, inches)}):
        figure = Figure(layout="constrained")
        draw(figure.add_subplot())
        file = StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()
