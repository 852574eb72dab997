"""Rows of a small organisation, in the tables that the reports read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from psycopg import sql

from ml.rankers.metrics import proportion
from ml.rankers.snapshot import Snapshot
from ml.warehouse.roles import OWNER, TRANSFORMER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ml.warehouse.connection import Warehouse

AS_OF = date(2026, 10, 1)
FEATURES = {"source": "text", "years_experience": "double precision", "is_local": "boolean"}

_LABELS = """
create table labels.{table} (
    as_of_date date, application_id text, candidate_id text, requisition_id text, job_family text,
    stage_entered_at timestamptz, matured_at timestamptz, labelled_at timestamptz,
    label_status text, label smallint, rank_seen boolean
)
"""
_FUNNEL = "create table outcomes.hiring_funnel (as_of_date date, requisition_id text, openings integer)"
_FEATURES = """
create table features.application_features (
    as_of_date date, application_id text, candidate_id text, requisition_id text, applied_at timestamptz,
    source text, years_experience double precision, is_local boolean
)
"""


@dataclass(frozen=True)
class People:
    """Applications: an id, a requisition, when they reached the stage, features, score and outcome of each."""

    rows: list[dict[str, Any]]

    @classmethod
    def draw(
        cls, seed: int, number: int, *, start: date, days: int, prefix: str, years: float = 5.0, requisitions: int = 40
    ) -> People:
        """Draw people who come evenly over some days; more experience makes the good outcome likelier."""
        rng = np.random.default_rng(seed)
        midnight = datetime(start.year, start.month, start.day, tzinfo=UTC)
        experience = rng.normal(years, 2, number)
        chance = 1 / (1 + np.exp(-(experience - 5) / 2))
        rows = [
            {
                "application_id": f"{prefix}{each:05}",
                "candidate_id": f"c-{prefix}{each:05}",
                "requisition_id": f"{prefix}-req-{rng.integers(requisitions):03}",
                "stage_entered_at": midnight + timedelta(days=days * each / number),
                "source": str(rng.choice(["direct", "agency", "campus"])),
                "years_experience": float(experience[each]),
                "is_local": bool(rng.random() < 0.5),
                "score": round(float(np.clip(chance[each] + rng.normal(0, 0.1), 0, 1)), 2),
                "label": int(rng.random() < chance[each]),
            }
            for each in range(number)
        ]
        return cls(rows)


def make_marts(warehouse: Warehouse) -> None:
    """Make the dbt tables that reports read, with the columns they read."""
    with warehouse.connect(TRANSFORMER) as connection:
        for ranker in ("quality", "onboard", "attrition"):
            statement = sql.SQL(_LABELS).format(table=sql.Identifier(f"{ranker}_labels"))
            connection.execute(statement)
        connection.execute(_FEATURES)
        connection.execute(_FUNNEL)


def add_people(warehouse: Warehouse, ranker: str, people: People, *, label_status: str) -> None:
    """Add labels of one ranker and the features of the same people."""
    rows = [{**row, "label_status": label_status, "as_of_date": AS_OF} for row in people.rows]
    if label_status != "observed":
        rows = [{**row, "label": None} for row in rows]
    names = (
        "as_of_date", "application_id", "candidate_id", "requisition_id", "stage_entered_at", "label_status", "label"
    )  # fmt: skip
    _insert(warehouse, TRANSFORMER, ("labels", f"{ranker}_labels"), names, rows)
    names = ("as_of_date", "application_id", "candidate_id", "requisition_id", *FEATURES)
    _insert(warehouse, TRANSFORMER, ("features", "application_features"), names, rows)


def add_version(
    warehouse: Warehouse, ranker: str, status: str, sentence: str, *, version: str = "1", metrics: Any = None,
    snapshot_hash: str | None = None, as_of_date: date = AS_OF,
) -> None:  # fmt: skip
    """Add what the last training said of a ranker."""
    row = {
        "as_of_date": as_of_date,
        "ranker": ranker,
        "model_version": version,
        "snapshot_hash": snapshot_hash,
        "contract_hash": "c" * 64 if snapshot_hash else None,
        "status": status,
        "sentence": sentence,
        "metrics": json.dumps(metrics or {}),
        "created_at": datetime(as_of_date.year, as_of_date.month, as_of_date.day, 6, int(version), tzinfo=UTC),
    }
    _insert(warehouse, OWNER, ("governance", "model_versions"), tuple(row), [row])


def add_predictions(warehouse: Warehouse, ranker: str, people: Iterable[dict[str, Any]], *, version: str = "1") -> None:
    """Add out-of-fold scores of people whose outcome is known."""
    rows = [{**row, "as_of_date": AS_OF, "ranker": ranker, "model_version": version, "fold": "1"} for row in people]
    for row in rows:
        row["probability"] = row["score"]
    names = (
        "as_of_date", "ranker", "model_version", "application_id", "requisition_id", "stage_entered_at", "fold",
        "score", "probability", "label",
    )  # fmt: skip
    _insert(warehouse, OWNER, ("scores", "validation_predictions"), names, rows)


def publish(warehouse: Warehouse, models: dict[str, tuple[str, str]], people: People) -> int:
    """Publish a batch that scores people; ``models`` gives version and snapshot hash of each ranker that scores."""
    with warehouse.connect(OWNER) as connection:
        (batch_id,) = connection.execute(
            "insert into scores.batches (as_of_date, status, parts, population, published_at) "
            "values (%s, 'published', 1, 'active', '2026-10-01 07:30+00') returning batch_id",
            [AS_OF],
        ).fetchone() or (0,)
        connection.execute(
            f"create table scores.facet_scores_{batch_id} partition of scores.facet_scores "
            f"for values from ({batch_id}, 0) to ({batch_id}, 1)"
        )
    models_rows = [
        {
            "batch_id": batch_id,
            "facet": {"quality": "q", "onboard": "o", "attrition": "v"}[ranker],
            "ranker": ranker,
            "is_present": True,
            "model_version": version,
            "snapshot_hash": snapshot_hash,
            "status": "champion",
            "sentence": "",
        }
        for ranker, (version, snapshot_hash) in models.items()
    ]
    if models_rows:
        _insert(warehouse, OWNER, ("scores", "batch_models"), tuple(models_rows[0]), models_rows)
    scored = [
        {
            **row,
            "batch_id": batch_id,
            "part": 0,
            "applied_at": row["stage_entered_at"],
            "is_listed": True,
            "is_opted_out": False,
            **{f"{ranker}_score": row["score"] for ranker in models},
        }
        for row in people.rows
    ]
    names = (
        "batch_id", "part", "application_id", "candidate_id", "requisition_id", "applied_at", "is_listed",
        "is_opted_out", *(f"{ranker}_score" for ranker in models),
    )  # fmt: skip
    _insert(warehouse, OWNER, ("scores", "facet_scores"), names, scored)
    return int(batch_id)


def hide_scores(warehouse: Warehouse, ranker: str, blind_share: float) -> int:
    """Hide one ranker's scores of the blind slice of every batch, and give the number of its applications."""
    score, hidden = sql.Identifier(f"{ranker}_score"), sql.Identifier(f"hidden_{ranker}_score")
    statement = sql.SQL(
        "update scores.facet_scores set is_blind = true, {hidden} = {score}, {score} = null"
        " where scores.is_in_blind_slice(application_id, %s)"
    )
    with warehouse.connect(OWNER) as connection:
        connection.execute("update scores.batches set blind_share = %s", [blind_share])
        return connection.execute(statement.format(score=score, hidden=hidden), [blind_share]).rowcount


def freeze(folder: Path, ranker: str, people: People) -> Snapshot:
    """Write a training snapshot as the rankers do."""
    import hashlib
    from dataclasses import asdict

    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(
        [{name: value for name, value in row.items() if name != "score"} for row in people.rows]
    )
    draft = folder / "draft.parquet"
    pq.write_table(table, draft)
    content_hash = hashlib.sha256(draft.read_bytes()).hexdigest()
    path = draft.rename(folder / f"{ranker}-{AS_OF}-{content_hash[:12]}.parquet")
    snapshot = Snapshot(
        path=path.name,
        ranker=ranker,
        as_of_date=AS_OF.isoformat(),
        content_hash=content_hash,
        contract_hash="c" * 64,
        invocation_id="",
        rows=len(people.rows),
        positives=sum(row["label"] for row in people.rows),
        label_statuses={},
    )
    path.with_suffix(".json").write_text(json.dumps(asdict(snapshot)))
    return snapshot


def _insert(
    warehouse: Warehouse, role: str, table: tuple[str, str], names: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(*table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
    )
    with warehouse.connect(role) as connection, connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def measured(people: People, ranker: str) -> dict[str, Any]:
    """Give the metrics that validation would write for out-of-fold scores of these people."""
    from ml.rankers.judge import make_judge
    from ml.rankers.out_of_fold import OutOfFold, Plan
    from ml.rankers.validation import measure

    table = pa.Table.from_pylist(people.rows)
    table = table.append_column("job_family", pa.array(["engineering"] * table.num_rows))
    table = table.append_column("rank_seen", pa.array([False] * table.num_rows))
    votes = table["score"].to_numpy()
    rows = np.arange(table.num_rows)
    scores = OutOfFold(
        rows=rows,
        fold=np.full(len(rows), "1"),
        votes=votes,
        frequencies=votes,
        baselines={"prior": np.full(len(rows), 0.5), "best single feature": table["years_experience"].to_numpy()},
        recipes={},
    )
    judge = make_judge(table, ranker=ranker, seed=0)
    plan = Plan([], is_temporal=True, sentence="Rolling origin over 5 quarters, 2025Q2 to 2026Q2.")
    return measure(table, scores, judge=judge, plan=plan, probabilities=votes)


def add_gate(
    warehouse: Warehouse, layer: str, subject: str, *, evaluated: int, failed: int, sentence: str = "All is well."
) -> None:
    """Add what a gate found."""
    row = {
        "as_of_date": AS_OF,
        "layer": layer,
        "subject": subject,
        "suite": subject,
        "evaluated": evaluated,
        "failed": failed,
        "passed": failed == 0,
        "sentence": sentence,
        "details": "{}",
        "run_at": datetime(2026, 10, 1, 6, tzinfo=UTC),
    }
    _insert(warehouse, OWNER, ("governance", "gate_results"), tuple(row), [row])


def add_backtest(
    warehouse: Warehouse, stage: str, quarter: date, *, replay: dict[str, Any] | None = None,
    sentence: str = "Replayed.", as_of_date: date = AS_OF,
) -> None:  # fmt: skip
    """Add a quarter as :func:`replayed` gives it, or without that one that was left out."""
    replay = replay or {"status": "too few labels", "estimates": {}, "requisitions": {}}
    row = {
        "as_of_date": as_of_date,
        "quarter_start": quarter,
        "stage": stage,
        "status": replay["status"],
        "sentence": sentence,
        "snapshots": "{}",
        "estimates": json.dumps(replay["estimates"]),
        "requisitions": json.dumps(replay["requisitions"]),
    }
    _insert(warehouse, OWNER, ("governance", "backtest_results"), tuple(row), [row])


def replayed(seed: int, *, is_line: bool = True, opted_out: int = 0) -> dict[str, Any]:
    """Give what is kept of a replayed quarter of 200 made people."""
    from ml.backtest.cohort import Cohort, add_up
    from ml.backtest.estimates import estimate

    random = np.random.default_rng(seed)
    outcomes = (random.random(200) < 0.4).astype(float)
    scores = (outcomes + random.random(200)) / 2
    order = np.argsort(np.argsort(-scores))
    outcomes[random.random(200) < 0.2] = np.nan
    requisitions = np.array([f"r{number % 25}" for number in range(200)], dtype=object)
    sums = add_up(Cohort(requisitions, outcomes, order, np.arange(200), scores > 0.55 if is_line else None))
    estimates = {"opted_out": opted_out, **estimate(sums, seed=0)}
    return {"status": "replayed", "estimates": estimates, "requisitions": sums.document()}


def looked_into() -> dict[str, Any]:
    """Give what validation would write of an attrition forest beside its order, with round numbers."""

    def about(value: float) -> dict[str, float]:
        return {"value": value, "low": round(value - 0.02, 3), "high": round(value + 0.02, 3)}

    levels = [("agency", 0.5, 0.61), ("direct", 0.4, 0.57), (None, 0.1, 0.55)]
    return {
        "oob_accuracy": [0.5, 0.6, *[0.65] * 8],
        "oob_levels_off": 3,
        "importance": [
            {"feature": "years_experience", "drop": about(0.05), "alone": about(0.41)},
            {"feature": "source", "drop": about(0.01), "alone": None},
        ],
        "dependence": [
            {
                "feature": "years_experience",
                "kind": "numeric",
                "points": [{"value": years, "share": None, "score": 0.6 - years / 100} for years in (1.5, 7.0, 20.0)]
                + [{"value": None, "share": 0.25, "score": 0.5}],
            },
            {
                "feature": "source",
                "kind": "categorical",
                "points": [{"value": value, "share": share, "score": score} for value, share, score in levels],
            },
        ],
        "calibration_choice": {
            "platt": losses(),
            "isotonic": losses(),
            "gain": {},
            "sentence": "Isotonic regression would not give reliably better probabilities.",
        },
        "tenures": 1234,
        "weak_features": "The paper found that they barely predict attrition: that holds here.",
        "attrition_curves": {
            "mature": 5000, "rows": 4000, "months": 15, "trees": 25, "folds": 10,
            "sentences": ["From t = 12 to 3 months the F1 of the stayers changes by nothing."],
            "combinations": [
                {
                    "months": t, "gap_months": delta, "stayers": 300, "leavers": 100,
                    **{name: about(0.7) for name in ("precision", "recall", "f1", "f1_gain", "leaver_f1")},
                    "no_skill_f1": 0.857, "leaver_no_skill_f1": 0.4,
                }
                for t in (3, 6) for delta in (0, 1)
            ],
        },
    }  # fmt: skip


def losses() -> dict[str, Any]:
    """Give what validation would write of a calibration curve, with round numbers."""
    return {"brier": 0.2, "brier_interval": [0.19, 0.21], "log_loss": 0.6, "log_loss_interval": [0.58, 0.62]}


def without_intervals(measures: Any) -> Any:
    """Give measures as versions wrote them that did not measure these intervals yet."""
    if isinstance(measures, dict):
        return {name: without_intervals(each) for name, each in measures.items() if not name.endswith("_interval")}
    return [without_intervals(each) for each in measures] if isinstance(measures, list) else measures


def involuntary(*, is_known: bool = True) -> dict[str, Any]:
    """Give what validation would write of involuntary leavers, with round numbers."""
    counts = {"leavers": 120, "involuntary": 20 if is_known else 0, "unknown": 0 if is_known else 120}
    auc = {"value": 0.7, "low": 0.65, "high": 0.75, "pairs": 2000}
    accuracy = {"value": 0.9, "low": 0.8, "high": 0.95, "count": 90, "of": 100}
    known = {"auc": auc, "accuracy": accuracy} if is_known else {"auc": None, "accuracy": None}
    return {**counts, "sentence": "Some left involuntarily." if is_known else "No reason is on record.", **known}


def gap_leavers() -> dict[str, Any]:
    """Give what validation would write of ten leavers of the gap, three of them above .55 beside 30 of 40 stayers."""
    return {"gap": 10, "scored": 4, "above": 3, "sentence": "Of the 10, 4 are scored.", "accuracy": proportion(30, 43)}


def text_of(page: Path) -> str:
    """What a person reads of a page, with single spaces."""

    class Reader(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data + " "

    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return " ".join(reader.text.split())
