"""What the warehouse keeps of model cards: the trainer's facts and the auditor's measures, joined when read."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from psycopg.rows import dict_row

from ml.warehouse.roles import AUDITOR, TRAINER
from reports.card_audit import measure
from reports.model_card import ModelCard, TrainingFacts
from reports.queries import query

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

    from ml.organisation import Organisation
    from ml.warehouse.connection import Warehouse

_RECORD_FACTS = "insert into governance.model_card_facts (ranker, model_version, facts) values (%s, %s, %s)"
_FORGET_AUDIT = """
delete from governance.model_card_audits
where as_of_date = %s and ranker = %s and model_version = %s
"""
_RECORD_AUDIT = """
insert into governance.model_card_audits (as_of_date, ranker, model_version, audit) values (%s, %s, %s, %s)
"""


def record_facts(warehouse: Warehouse, facts: TrainingFacts) -> None:
    """Write the facts of a version that was just registered; they never change afterwards."""
    document = json.dumps(asdict(facts), allow_nan=False)
    with warehouse.connect(TRAINER) as connection:
        connection.execute(_RECORD_FACTS, [facts.ranker, facts.version, document])


def read_cards(connection: Connection, as_of_date: date) -> tuple[ModelCard, ...]:
    """Read the cards as of a date: of each ranker the champion, the version that scored the batch, and the newest.

    Parameters
    ----------
    connection : psycopg.Connection
        Of the auditor.
    as_of_date : date
        Of the batch; the measures are the newest of this date or an earlier one.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query("card_versions"), {"as_of_date": as_of_date}).fetchall()
    return tuple(
        ModelCard(
            facts=TrainingFacts.from_document(row["facts"]),
            status=row["status"],
            sentence=row["sentence"],
            decisions=tuple(row["decisions"]),
            impact=row["impact"],
            audit=row["audit"],
        )
        for row in rows
    )


def measure_versions(warehouse: Warehouse, organisation: Organisation, as_of_date: date) -> tuple[ModelCard, ...]:
    """Measure every version that has a card as of a date, keep the measures of the date, and give the cards.

    A version whose out-of-fold scores are no longer kept keeps the measures that it has.
    """
    with warehouse.connect(AUDITOR) as connection:
        return tuple(
            _measured(connection, organisation, card, as_of_date) for card in read_cards(connection, as_of_date)
        )


def _measured(connection: Connection, organisation: Organisation, card: ModelCard, as_of_date: date) -> ModelCard:
    ranker, version = card.facts.ranker, card.facts.version
    audit = measure(connection, organisation, ranker, version, as_of_date)
    if audit is None:
        return card
    key = [as_of_date, ranker, version]
    connection.execute(_FORGET_AUDIT, key)
    connection.execute(_RECORD_AUDIT, [*key, json.dumps(audit, allow_nan=False)])
    return replace(card, audit=audit)
