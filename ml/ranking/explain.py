"""Why an application stands where it stands, in numbers and in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from ml.ranking.errors import RankingError
from ml.ranking.wording import METHOD, read_explanation
from ml.scores.facets import NAMES, TRAINED_ON
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from ml.ranking.wording import FacetExplanation
    from ml.warehouse.connection import Warehouse

SQL = Path(__file__).parent / "sql"
_UNRANKED = {
    "opted out": "Not ranked: the candidate opted out.",
    "blind": "Not ranked: the application is in the blind slice, on which people decide without scores.",
    "not listed": "Not listed: the application or its requisition is closed.",
}


@dataclass(frozen=True)
class Explanation:
    """What the published scores say of one application.

    Attributes
    ----------
    application_id, candidate_id, requisition_id : str
        Who and where.
    as_of_date : datetime.date
        Facts known before this midnight (UTC) were used.
    status : str
        ``ranked``, ``blind``, ``needs a person``, ``opted out``, or ``not listed`` when the application is over.
    level : int or None
        0 to 3; None unless ranked.
    facets : mapping of str to (float or None)
        t, q, o, v in [0, 1]; None where there is none or it is hidden.
    thresholds : mapping of str to (float or None)
        Of t, q, o; None for a facet that the organisation does not have.
    ranks : mapping of str to (int or None)
        Rank by business condition.
    matched, missing : tuple of str
        The description's weightiest words that the resume has, and those it lacks.
    model_versions : mapping of str to str
        By facet, of those that the organisation has.
    outside : tuple of str
        Facets, of q, o and v, whose ranker was trained on people unlike this one.
    scores : tuple of FacetExplanation
        What moved each score that a ranker gave; empty unless ranked.
    sentences : tuple of str
        All of it for people.
    """

    application_id: str
    candidate_id: str
    requisition_id: str
    as_of_date: dt.date
    status: str
    level: int | None
    facets: Mapping[str, float | None]
    thresholds: Mapping[str, float | None]
    ranks: Mapping[str, int | None]
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    model_versions: Mapping[str, str]
    outside: tuple[str, ...]
    scores: tuple[FacetExplanation, ...]
    sentences: tuple[str, ...]


def explain_application(warehouse: Warehouse, application_id: str, *, role: str = TRAINER) -> Explanation:
    """Explain an application of the published scores.

    Parameters
    ----------
    warehouse : Warehouse
        Where scores are published.
    application_id : str
        Which application.
    role : str, default="facetrank_trainer"
        As whom to read. Scores that the batch did not explain are explained by the trainer, if the role sees the
        application ranked.

    Raises
    ------
    RankingError
        The application is not in the published scores, or the role may not read it; or its scores are not stored
        with their explanation and cannot be explained any more.
    """
    with warehouse.connect(role) as connection, connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute((SQL / "explanation.sql").read_bytes(), {"application_id": application_id})
        row = cursor.fetchone()
    if row is None:
        raise RankingError(f"Application {application_id} is not in the published scores that {role} may read.")
    return _explanation(application_id, row, _scores(warehouse, application_id, row))


def _scores(warehouse: Warehouse, application_id: str, row: Mapping[str, Any]) -> tuple[FacetExplanation, ...]:
    if row["explanations"]:
        return tuple(read_explanation(stored) for stored in row["explanations"])
    if not row["ranks"] or row["ranks"][0]["status"] != "ranked":
        return ()
    from ml.ranking.explanations import explain_ranked

    return explain_ranked(warehouse, row["batch_id"], application_id)


def _explanation(application_id: str, row: Mapping[str, Any], scores: tuple[FacetExplanation, ...]) -> Explanation:
    ranks = row["ranks"] or []
    evidence = row["evidence"] or {}
    models = row["models"]
    status = ranks[0]["status"] if ranks else "not listed"
    facets = {facet: row[facet] for facet in NAMES}
    thresholds = dict(zip("tqo", row["thresholds"], strict=True))
    level = ranks[0]["level"] if ranks else None
    is_hidden = row["is_blind"] and not row["is_opted_out"]
    outside = tuple(facet for facet in TRAINED_ON if row["is_outside"][facet])
    sentences = [
        f"Application {application_id} to requisition {row['requisition_id']}, scored as of {row['as_of_date']}.",
        *(
            _facet_sentence(facet, facets[facet], models[facet], row["unmatched_reason"], is_hidden=is_hidden)
            for facet in NAMES
        ),
        *(_outside_sentence(facet) for facet in outside),
        *_match_sentences(evidence),
        *(explanation.sentence for explanation in scores),
        *([METHOD] if scores else []),
        _level_sentence(status, level, facets, thresholds, models, is_hidden=is_hidden),
        *(f"Rank {entry['rank']} under {entry['condition']}." for entry in ranks if entry["rank"]),
    ]
    return Explanation(
        application_id=application_id,
        candidate_id=row["candidate_id"],
        requisition_id=row["requisition_id"],
        as_of_date=row["as_of_date"],
        status=status,
        level=level,
        facets=facets,
        thresholds=thresholds,
        ranks={entry["condition"]: entry["rank"] for entry in ranks},
        matched=tuple(evidence.get("matched", ())),
        missing=tuple(evidence.get("missing", ())),
        model_versions={facet: model["model_version"] for facet, model in models.items() if model["is_present"]},
        outside=outside,
        scores=scores,
        sentences=tuple(sentences),
    )


def _facet_sentence(
    facet: str, value: float | None, model: Mapping[str, Any], unmatched: str | None, *, is_hidden: bool
) -> str:
    name = NAMES[facet].capitalize()
    if not model["is_present"]:
        return f"{name}: not used. {model['sentence']}"
    if is_hidden:
        return f"{name}: hidden."
    if value is not None:
        return f"{name}: {value:.2f}. {model['sentence']}"
    reason = f": {unmatched}" if facet == "t" and unmatched else ""
    return f"{name}: none{reason}."


def _outside_sentence(facet: str) -> str:
    return (
        f"{NAMES[facet].capitalize()} lies outside of what its ranker has seen: it was trained on people "
        f"{TRAINED_ON[facet]}, hardly any of them like this one. Lean on it less; it speaks neither for nor against "
        "the person."
    )


def _match_sentences(evidence: Mapping[str, Any]) -> list[str]:
    found = (("matched", "The resume has, weightiest first"), ("missing", "The resume lacks, weightiest first"))
    return [f"{opening}: {', '.join(evidence[key])}." for key, opening in found if evidence.get(key)]


def _level_sentence(
    status: str,
    level: int | None,
    facets: Mapping[str, float | None],
    thresholds: Mapping[str, float | None],
    models: Mapping[str, Any],
    *,
    is_hidden: bool,
) -> str:
    if status in _UNRANKED:
        return _UNRANKED[status]
    if level is None and is_hidden:
        return "Needs a person: a facet to rank by is missing."
    if level is None:
        missing = [NAMES[facet] for facet in NAMES if models[facet]["is_present"] and facets[facet] is None]
        return f"Needs a person: there is no {' and no '.join(missing) if missing else 'facet to rank by'}."
    used = [NAMES[facet] for place, facet in enumerate(NAMES) if place <= level and facets[facet] is not None]
    ordered = f"ordered there by {' and '.join(used)}"
    if level == len(thresholds):
        return f"Level {level}: every threshold is passed; {ordered}."
    facet = "tqo"[level]
    value = facets[facet]
    is_below = "is missing" if value is None else f"{value:.2f} is below its threshold {thresholds[facet]:.2f}"
    return f"Level {level}: {NAMES[facet]} {is_below}; {ordered}."
