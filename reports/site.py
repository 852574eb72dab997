"""The static site of reports: readable offline, without scripts, on a phone.

``site/<as-of date>/`` holds a date's pages; ``site/index.html`` is the newest date's overview with a list of all dates.
Rebuilding a date replaces its pages. Only counts and shares are shown, never a person.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml.jobs.retrain import RULE
from ml.warehouse.roles import AUDITOR
from reports import formats, validation_pictures
from reports.drift import FALSE_DISCOVERY_RATE
from reports.evidently_page import DISTANCE_THRESHOLD
from reports.facts import Facts, RankerPage, read_facts
from reports.group_rates import FOUR_FIFTHS
from reports.model_card import AUDIT_LABEL, INTENDED_USE, NOT_FOR
from reports.overlap import FOLDS
from reports.pictures import orders_by_quarter, yield_by_quarter, yield_by_score
from reports.selective_labels import MOST_REQUISITIONS
from reports.words import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

    from ml.config import Settings
    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

_TEMPLATES = Path(__file__).parent / "templates"
_TONES = {"champion": "good", "rejected": "bad", "no usable signal": "bad"}


def build_site(warehouse: Warehouse, organisation: Organisation, settings: Settings, as_of_date: date) -> Path:
    """Write the pages of a date, and the overview of the newest date as the site's entrance.

    Parameters
    ----------
    warehouse : Warehouse
        Read as the auditor.
    organisation : Organisation
        Whose site, in ``var/<organisation>/site``.
    settings : Settings
        Says where ``var`` is.
    as_of_date : date
        Of the labels, batch, gates and drift to show.

    Returns
    -------
    Path
        The entrance, ``site/index.html``.
    """
    site = settings.organisation_folder(organisation.name) / "site"
    folder = site / as_of_date.isoformat()
    dates = sorted({as_of_date, *(date.fromisoformat(path.name) for path in site.glob("????-??-??"))}, reverse=True)
    with warehouse.connect(AUDITOR) as connection:
        facts = read_facts(connection, organisation, as_of_date)
        newest = facts if dates[0] == as_of_date else read_facts(connection, organisation, dates[0])
    folder.mkdir(parents=True, exist_ok=True)
    environment = _environment()
    environment.globals["organisation"] = organisation.title or organisation.name
    environment.globals["has_data_docs"] = (site / "data_docs" / "index.html").exists()
    for name, content in _pages(environment, facts):
        _write(folder / name, content)
    _write(site / "style.css", (_TEMPLATES / "style.css").read_text(encoding="utf-8"))
    entrance = site / "index.html"
    overview = environment.get_template("overview.html")
    _write(entrance, overview.render(facts=newest, root="", here=f"{dates[0]}/", archive=dates))
    return entrance


def _pages(environment: Environment, facts: Facts) -> Iterator[tuple[str, str]]:
    """Give name and content of each page of a date, pictures included."""
    place = {"facts": facts, "root": "../", "here": ""}
    yield "index.html", environment.get_template("overview.html").render(place)
    yield "drift.html", environment.get_template("drift.html").render(place)
    if facts.backtest:
        yield "backtest.html", environment.get_template("backtest.html").render(place)
    for stage in facts.backtest:
        if len(stage.quarters) > 1:
            yield f"backtest-{stage.stage}.svg", orders_by_quarter(stage.quarters, stage.outcome)
    for card in facts.cards:
        yield f"{card.name}.json", card.to_json()
        yield f"{card.name}.html", environment.get_template("model_card.html").render(place, card=card)
    for page in facts.rankers:
        yield from _pictures(page)
        yield f"{page.ranker}.html", environment.get_template("ranker.html").render(place, page=page)


def _pictures(page: RankerPage) -> Iterator[tuple[str, str]]:
    for name, picture in _pictures_inside(page):
        yield f"{page.ranker}-{name}.svg", picture
    if page.yields is None:
        return
    usual = page.yields.overall["business_as_usual"]["value"]
    yield f"{page.ranker}-scores.svg", yield_by_score(page.yields.score_bins, usual, page.words.outcome)
    if len(page.yields.quarters) > 1:
        yield f"{page.ranker}-quarters.svg", yield_by_quarter(page.yields.quarters, page.words.outcome)


def _pictures_inside(page: RankerPage) -> Iterator[tuple[str, str]]:
    """Draw what validation found of the forest itself."""
    metrics = page.metrics
    if page.is_validated:
        reliability = metrics["calibration"]["reliability"]
        yield "reliability", validation_pictures.reliability_picture(reliability, page.words.outcome)
    if page.is_looked_into:
        yield "importance", validation_pictures.importance_picture(metrics["importance"])
        yield "trees", validation_pictures.trees_picture(metrics["oob_accuracy"], metrics["oob_levels_off"])
        limits = validation_pictures.score_limits(metrics["dependence"])
        for number, each in enumerate(metrics["dependence"], start=1):
            yield f"dependence-{number}", validation_pictures.dependence_picture(each, limits)
    combinations = metrics.get("attrition_curves", {}).get("combinations")
    if combinations:
        yield from validation_pictures.figure_5(combinations)


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    for name in ("decimal", "decimals", "percent", "percents", "points", "count", "p_value", "day", "moment", "level"):
        environment.filters[name] = getattr(formats, name)
    environment.filters["gain"] = _gain
    environment.filters["zip"] = lambda left, right: list(zip(left, right, strict=True))
    environment.globals["caption_of_trees"] = validation_pictures.caption_of_trees
    environment.filters["tone"] = lambda status: _TONES.get(status, "calm")
    environment.filters["drift_tone"] = _drift_tone
    environment.globals.update(rule=RULE)
    environment.globals.update(
        comparisons=COMPARISONS,
        distance_threshold=DISTANCE_THRESHOLD,
        false_discovery_rate=FALSE_DISCOVERY_RATE,
        most_requisitions=MOST_REQUISITIONS,
        overlap_folds=FOLDS,
        intended_use=INTENDED_USE,
        not_for=NOT_FOR,
        audit_label=AUDIT_LABEL,
        four_fifths=FOUR_FIFTHS,
    )
    return environment


def _gain(shares: dict[str, Any]) -> float | None:
    """Give the yield less business as usual, where both are known."""
    rate, usual = shares["yield"]["value"], shares["business_as_usual"]["value"]
    return None if rate is None or usual is None else rate - usual


def _drift_tone(drift: dict[str, Any]) -> str:
    """Colour an alert; a drift that is expected stays calm."""
    if drift["verdict"] == "drift":
        return "bad" if drift["is_alert"] else "calm"
    return "good" if drift["verdict"] == "no drift" else "calm"


def _write(path: Path, content: str) -> None:
    """Write a file whole or not at all: somebody may be reading the site."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)
