"""What the site says of one date, read from the warehouse as the auditor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from ml.errors import FacetrankError
from ml.organisation import RANKERS
from ml.scores.facets import FACET_OF_RANKER, TRAINED_ON
from reports.backtest import BacktestStage, stages_of
from reports.card_records import read_cards
from reports.hiring_yield import YieldReport, yield_report
from reports.queries import query
from reports.selective_labels import Outside, read_outside, read_rankings_without_facets
from reports.words import Words, words_of

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

    from ml.organisation import Organisation
    from reports.model_card import ModelCard

Row = dict[str, Any]


@dataclass(frozen=True)
class RankerPage:
    """One ranker as of a date.

    Attributes
    ----------
    ranker, status, sentence : str
        Its name, the verdict on it in two words, and why.
    words : Words
        What its page calls things.
    version : dict or None
        The model version that is described, a row of ``governance.model_versions``: the one that scores or, without
        one, the newest.
    labels : tuple of dict
        Applications and positives by label status.
    yields : YieldReport or None
        None where nothing was scored out of fold.
    outside : Outside or None
        Whom the published batch scored although the ranker saw nobody like them; None where that is not measured.
    overlap : dict or None
        How well a model tells the scored from those trained on (:func:`reports.overlap.overlap`); None as above.
    """

    ranker: str
    status: str
    sentence: str
    words: Words
    version: Row | None
    labels: tuple[Row, ...]
    yields: YieldReport | None
    outside: Outside | None
    overlap: Row | None

    @property
    def metrics(self) -> Row:
        """What validation measured; empty where there was none."""
        return self.version["metrics"] if self.version else {}

    @property
    def trained_on(self) -> str:
        """The people whose outcomes it learns from, as a clause: ``who had an offer``."""
        return TRAINED_ON[FACET_OF_RANKER[self.ranker]]

    @property
    def remarks(self) -> list[str]:
        """What orders people reliably better than this ranker's score; mostly nothing."""
        sentences: list[str] = self.metrics.get("remarks", [])
        return sentences

    @property
    def is_validated(self) -> bool:
        """Whether there are measures to show."""
        return "auc" in self.metrics

    @property
    def is_looked_into(self) -> bool:
        """Whether it was measured what the forest goes by; versions of before were not."""
        return "importance" in self.metrics

    @property
    def gap(self) -> int:
        """How many left between leaving early and staying long; only attrition has them."""
        return sum(row["applications"] for row in self.labels if row["label_status"] == "gap")

    @property
    def yield_with_gap(self) -> float | None:
        """The yield at worst: with everybody of the gap scored above the line, and gone."""
        if self.yields is None:
            return None
        shares = self.yields.overall["yield"]
        return shares["count"] / (shares["of"] + self.gap) if shares["of"] + self.gap else None


@dataclass(frozen=True)
class Facts:
    """Everything that the pages of one date show."""

    as_of_date: date
    batch: Row | None
    rankers: tuple[RankerPage, ...]
    gates: tuple[Row, ...]
    drifts: tuple[Row, ...]
    backtest: tuple[BacktestStage, ...]
    rankings_without_facets: tuple[Row, ...]
    cards: tuple[ModelCard, ...]


def read_facts(connection: Connection, organisation: Organisation, as_of_date: date) -> Facts:
    """Read what is known of a date: its published batch, rankers, gates and drift.

    Raises
    ------
    FacetrankError
        Labels were never built.
    """
    if connection.execute("select to_regclass('labels.attrition_labels')").fetchone() == (None,):
        raise FacetrankError("There are no labels in the warehouse yet, so nothing can be reported: run ingest first.")

    def rows(name: str, **values: object) -> list[Row]:
        with connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query(name), {"as_of_date": as_of_date, **values}).fetchall()

    batch = next(iter(rows("batch")), None)
    versions = rows("versions", batch_id=batch["batch_id"] if batch else None)
    labels = rows("labels")
    columns = rows("drift_columns")
    stored = batch["batch_id"] if batch and batch["is_stored"] else None
    outside = read_outside(connection, stored, as_of_date) if stored else {}
    drifts = rows("drift_results")
    overlaps = {drift["ranker"]: drift["overlap"] for drift in drifts if drift["comparison"] == "scored"}
    return Facts(
        as_of_date=as_of_date,
        batch=batch,
        rankers=tuple(
            _ranker_page(
                connection,
                organisation,
                ranker,
                _of(versions, ranker),
                _of(labels, ranker),
                outside=outside.get(ranker),
                overlap=overlaps.get(ranker),
            )
            for ranker in RANKERS
        ),
        gates=tuple(rows("gates")),
        drifts=tuple(
            {**drift, "columns": [column for column in columns if _key(column) == _key(drift)]} for drift in drifts
        ),
        backtest=stages_of(rows("backtest"), organisation.labels, seed=organisation.rankers.seed),
        rankings_without_facets=tuple(read_rankings_without_facets(connection, stored, as_of_date) if stored else ()),
        cards=read_cards(connection, as_of_date),
    )


def _ranker_page(
    connection: Connection,
    organisation: Organisation,
    ranker: str,
    versions: list[Row],
    labels: list[Row],
    *,
    outside: Outside | None,
    overlap: Row | None,
) -> RankerPage:
    newest = next((version for version in versions if version["is_newest"]), None)
    scoring = next((version for version in versions if version["is_scoring"]), None)
    version = scoring or newest
    status, sentence = _verdict(organisation, ranker, newest, scoring)
    return RankerPage(
        ranker=ranker,
        status=status,
        sentence=sentence,
        words=words_of(ranker, organisation.labels),
        version=version,
        labels=tuple(labels),
        yields=yield_report(connection, ranker, version["model_version"]) if version else None,
        outside=outside,
        overlap=overlap,
    )


def _verdict(organisation: Organisation, ranker: str, newest: Row | None, scoring: Row | None) -> tuple[str, str]:
    if newest is None:
        if ranker in organisation.rankers_with_labels:
            return "not trained", "Nothing has been trained yet: run the retrain workflow."
        return "no labels", f"The data of this organisation has no part of the lifecycle that labels {ranker}."
    sentence = newest["sentence"].removeprefix(f"{ranker}: ")
    sentence = sentence[:1].upper() + sentence[1:]
    if scoring is None or scoring is newest:
        return newest["status"], sentence
    return (
        "champion",
        f"Version {scoring['model_version']} scores. Of version {newest['model_version']}, trained since: "
        f"{newest['status']}. {sentence}",
    )


def _of(rows: list[Row], ranker: str) -> list[Row]:
    return [row for row in rows if row["ranker"] == ranker]


def _key(row: Row) -> tuple[str, str]:
    return row["ranker"], row["comparison"]
