"""The tasks of ``report``: drift and its alert, model cards, and the static site with yields and gate results."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ml.jobs import NothingToDoError
from ml.jobs.installation import open_installation
from ml.jobs.retrainings import ALERT_PAUSE, next_alert
from ml.warehouse.roles import AUDITOR

if TYPE_CHECKING:
    from datetime import date

    from ml.jobs.dates import Trigger

_log = logging.getLogger(__name__)

_DRIFTED = """
select ranker
from governance.drift_results
where as_of_date = %s and is_alert
order by ranker
"""

_NEWEST_PUBLISHED = "select max(as_of_date) from scores.batches where status = 'published'"


def default_date(trigger: Trigger) -> date:
    """Give the date of the scores that started the run, or of the newest published ones.

    Raises
    ------
    NothingToDoError
        Nothing is published yet.
    """
    if trigger.told:
        return max(trigger.told)
    with open_installation().warehouse.connect(AUDITOR) as connection:
        row = connection.execute(_NEWEST_PUBLISHED).fetchone()
    if row is None or row[0] is None:
        raise NothingToDoError("No scores are published yet: run score first.")
    newest: date = row[0]
    return newest


def drift(as_of_date: date) -> None:
    """Compare the people whom the rankers learnt from with those whom they score."""
    from reports.drift_report import report_drift

    installation = open_installation()
    results = report_drift(installation.warehouse, installation.organisation, installation.settings, as_of_date)
    for result in results:
        _log.info("%s, %s: %s", result.ranker, result.comparison, result.drift.sentence)


def raise_alert(as_of_date: date) -> None:
    """Ask for a retraining if the people whom a ranker would learn from next have drifted.

    Raises
    ------
    NothingToDoError
        They have not, or the rankers were retrained less than 28 days before.
    """
    warehouse = open_installation().warehouse
    with warehouse.connect(AUDITOR) as connection:
        drifted = ", ".join(ranker for (ranker,) in connection.execute(_DRIFTED, [as_of_date]))
    if not drifted:
        raise NothingToDoError(f"No drift as of {as_of_date} that asks for a retraining.")
    earliest = next_alert(warehouse)
    if earliest is not None and as_of_date < earliest:
        raise NothingToDoError(
            f"Drift of {drifted} as of {as_of_date}, and the rankers were retrained as of {earliest - ALERT_PAUSE}: "
            f"a retraining is asked for from {earliest} on."
        )
    _log.info("Drift of %s as of %s: retrain is asked for", drifted, as_of_date)


def cards(as_of_date: date) -> None:
    """Measure rates by group and validity of the versions that have a model card, and renew the cards in MLflow."""
    from reports.card_records import measure_versions

    installation = open_installation()
    for card in measure_versions(installation.warehouse, installation.organisation, as_of_date):
        installation.registry.log_card(card.facts.ranker, card.facts.version, card.to_json())
        _log.info("%s version %s: model card as of %s", card.facts.ranker, card.facts.version, as_of_date)


def site(as_of_date: date) -> None:
    """Write the report site's pages of the date."""
    from reports.site import build_site

    installation = open_installation()
    entrance = build_site(installation.warehouse, installation.organisation, installation.settings, as_of_date)
    _log.info("%s", entrance)
