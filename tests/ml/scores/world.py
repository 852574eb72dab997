"""A small warehouse to score: marts as dbt leaves them, and scorers whose scores are columns one can choose."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from psycopg import sql

from ml.contract import Feature, FeatureContract
from ml.organisation import RANKERS, Organisation
from ml.rankers.codes import Codes
from ml.rankers.explanations import VoteExplainer
from ml.rankers.kernel import NODE
from ml.warehouse.roles import LOADER, TRANSFORMER
from tests.ml.resumes.factories import land_texts

AS_OF = dt.date(2026, 10, 31)
MIDNIGHT = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
# In the quarter of the as-of date: the corpus, which ends before it, is empty unless a test fills it.
BEFORE = MIDNIGHT - dt.timedelta(days=25)
EVERYTHING = Organisation(name="demo")
# The paper's Table 1 as design section 8 reads it: t, q, o, v.
CONDITIONS = {
    "normal": (0.33, 0.34, 0.16, 0.17),
    "urgent_delivery": (0.2, 0.2, 0.5, 0.1),
    "niche_skills": (0.6, 0.2, 0.1, 0.1),
    "easy_to_learn": (0.1, 0.4, 0.1, 0.4),
    "recession": (0.2, 0.2, 0.05, 0.55),
}
THRESHOLDS = {"t": 0.2, "q": 0.5, "o": 0.5}

_MARTS = """
create table if not exists intermediate.application_lifecycle (
    as_of_date date, application_id text, candidate_id text, requisition_id text, applied_at timestamptz,
    is_active boolean, is_requisition_open boolean
);
create table if not exists features.application_features (
    as_of_date date, application_id text, quality double precision, onboard double precision,
    attrition double precision, source text
);
create table if not exists ranking.business_conditions (
    condition text, t double precision, q double precision, o double precision, v double precision, reason text
);
create table if not exists ranking.thresholds (facet text, threshold double precision, reason text);
truncate ranking.business_conditions, ranking.thresholds;
"""


def make_marts(warehouse, *, conditions=None, thresholds=None):
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute(_MARTS)
        presets = (CONDITIONS if conditions is None else conditions).items()
        limits = (THRESHOLDS if thresholds is None else thresholds).items()
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into ranking.business_conditions values (%s, %s, %s, %s, %s, '')",
                [[name, *weights] for name, weights in presets],
            )
            cursor.executemany("insert into ranking.thresholds values (%s, %s, '')", limits)


def insert(warehouse, table, role=LOADER, **values):
    with warehouse.connect(role) as connection:
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        connection.execute(statement, list(values.values()))


def apply(
    warehouse,
    application,
    requisition="R-1",
    *,
    as_of=AS_OF,
    is_active=True,
    is_open=True,
    quality=None,
    onboard=None,
    attrition=None,
    applied_at=BEFORE,
):
    """Add an application, as dbt would have built it for an as-of date."""
    candidate = application.replace("A", "C")
    insert(
        warehouse, "intermediate.application_lifecycle", TRANSFORMER, as_of_date=as_of, application_id=application,
        candidate_id=candidate, requisition_id=requisition, applied_at=applied_at, is_active=is_active,
        is_requisition_open=is_open,
    )  # fmt: skip
    insert(
        warehouse, "features.application_features", TRANSFORMER, as_of_date=as_of, application_id=application,
        quality=quality, onboard=onboard, attrition=attrition, source="direct",
    )  # fmt: skip
    return candidate


def submit(warehouse, application, requisition="R-1", *, resume=None, text=None, received_at=BEFORE):
    """Land an application, with a resume, which is read, if there is one."""
    candidate = application.replace("A", "C")
    if resume is not None:
        insert(
            warehouse, "landing.resumes", resume_id=resume, candidate_id=candidate, received_at=received_at,
            content_text=text, recorded_at=received_at,
        )  # fmt: skip
        land_texts(warehouse)
    insert(
        warehouse, "landing.applications", application_id=application, candidate_id=candidate,
        requisition_id=requisition, applied_at=received_at, source="direct", resume_id=resume,
        recorded_at=received_at,
    )  # fmt: skip


def describe(warehouse, requisition="R-1", description=None, *, recorded_at=BEFORE):
    insert(
        warehouse, "landing.requisitions", requisition_id=requisition, title="Engineer", description=description,
        openings=1, opened_at=recorded_at, recorded_at=recorded_at,
    )  # fmt: skip


LEVELS, NO_CODES = np.array(["direct"]), np.zeros((3, 1), np.float32)


@dataclass(frozen=True)
class ColumnScorer:
    """A ranker whose score is one of its features; its probability is half of that. It has seen no score above .95."""

    column: str
    version: str = "1"
    snapshot_hash: str = "snapshot"
    contract_hash: str = "contract"

    @property
    def features(self):
        return (self.column, "source")

    def score(self, table):
        assert table.column_names == [self.column, "source"]
        score = table[self.column].to_numpy()
        return score, score / 2

    def is_outside(self, table):
        return table[self.column].to_numpy() > 0.95

    def explainer(self):
        # A hundred trees of one split, at 0.005, 0.015, ... 0.995, each with half of its sample on either side: of
        # hundredths, the share of the trees that vote positive is the value itself, and the base value is a half.
        stump = np.array([(0, 0, 1, 2), (0, 0, 1, 1), (0, 0, 2, 2)], NODE)
        nodes = np.tile(stump, 100)
        roots = np.arange(0, 300, 3)
        nodes["threshold"][roots] = np.arange(100) / 100 + 0.005
        nodes["left"] += np.repeat(roots, 3).astype(np.uint32)
        nodes["right"] += np.repeat(roots, 3).astype(np.uint32)
        codes = Codes(((self.column, "numeric"), ("source", "categorical")), {"source": LEVELS}, {"source": NO_CODES})
        return VoteExplainer(codes, nodes, roots, np.tile([0.0, 0.0, 1.0], 100), np.tile([2.0, 1.0, 1.0], 100))


CONTRACT = FeatureContract(
    (
        *(Feature(name, "numeric", (name,), "share", "made up", f"{name} index") for name in RANKERS),
        Feature("source", "categorical", RANKERS, "", "made up", "source"),
    )
)
SCORERS = {name: ColumnScorer(name) for name in RANKERS}


def rows(warehouse, query, *parameters, role="facetrank_trainer"):
    with warehouse.connect(role) as connection:
        return connection.execute(query, parameters or None).fetchall()


def same_numbers(left, right):
    return np.allclose(np.array(left, float), np.array(right, float), rtol=0, atol=1e-9, equal_nan=True)
