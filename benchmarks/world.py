"""A warehouse of one's own to measure on: a temporary server, synthetic features, and a ranker fitted on them."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from ml.config import REPOSITORY, Settings
from ml.contract import Feature
from ml.organisation import Organisation, RankerSettings
from ml.rankers.calibration import PlattCalibration
from ml.rankers.folds import Fold
from ml.rankers.recipe import RECIPE, FacetRanker, build_recipe
from ml.rankers.support import TrainingSupport
from ml.registry import LoadedRanker
from ml.warehouse import prepare_warehouse
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import ADMINISTRATOR, OWNER, TRANSFORMER
from ml.warehouse.secrets import read_or_create_secrets
from ml.warehouse.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.random import Generator
    from sqlalchemy import Engine

    from ml.warehouse.connection import Warehouse

AS_OF = dt.date(2026, 10, 1)
ORGANISATION = Organisation(name="bench", parts=("screening",), population="all")
TRAINING_ROWS = 50_000
TREES = 100
APPLICATIONS_PER_REQUISITION = 250

LEVELS = (5, 8, 12, 20, 30, 50, 80, 150, 300, 800)
FEATURES = (
    *(Feature(f"category_{number}", "categorical", ("quality",), "", "") for number in range(len(LEVELS))),
    *(Feature(f"number_{number}", "numeric", ("quality",), "", "") for number in range(20)),
)
# As design section 8 and its seed have them: t, q, o, v.
CONDITIONS = {
    "normal": (0.33, 0.34, 0.16, 0.17),
    "urgent_delivery": (0.2, 0.2, 0.5, 0.1),
    "niche_skills": (0.6, 0.2, 0.1, 0.1),
    "easy_to_learn": (0.1, 0.4, 0.1, 0.4),
    "recession": (0.2, 0.2, 0.05, 0.55),
}
THRESHOLDS = {"t": 0.2, "q": 0.5, "o": 0.5}


@contextmanager
def temporary_warehouse(folder: Path) -> Iterator[Warehouse]:
    """Run a server of the product's own settings in a folder, stopped at the end."""
    server = Server(folder / "postgres")
    server.start(read_or_create_secrets(folder, (ADMINISTRATOR,))[ADMINISTRATOR])
    try:
        yield prepare_warehouse(Settings(REPOSITORY, folder, folder / "organisation.yaml"), ORGANISATION)
    finally:
        server.stop()


def naive_engine(warehouse: Warehouse) -> Engine:
    """Give the engine that pandas reads and writes with."""
    url = warehouse.url(OWNER).replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, poolclass=NullPool)


def synthetic_features(n_rows: int, generator: Generator) -> pa.Table:
    """Draw skewed categories and numbers, a seventh of the numbers missing."""
    columns: dict[str, pa.Array] = {}
    for number, levels in enumerate(LEVELS):
        names = np.array([f"level {level}" for level in range(levels)])
        columns[f"category_{number}"] = pa.array(names[np.minimum(generator.geometric(3 / levels, n_rows), levels) - 1])
    for number in range(len(FEATURES) - len(LEVELS)):
        is_missing = generator.random(n_rows) < 1 / 7
        columns[f"number_{number}"] = pa.array(generator.normal(size=n_rows), pa.float64(), mask=is_missing)
    return pa.table(columns)


def fitted_ranker(generator: Generator, *, trees: int = TREES, n_rows: int = TRAINING_ROWS) -> LoadedRanker:
    """Fit the product's recipe on labels that depend on some of the features."""
    features = synthetic_features(n_rows, generator)
    signal = features["number_0"].fill_null(0).to_numpy() * features["number_1"].fill_null(0.5).to_numpy()
    signal = signal + (features["category_3"].to_numpy() < "level 2")
    labels = (signal + generator.normal(size=n_rows) > 1.2).astype(int)
    recipe = build_recipe(FEATURES, RankerSettings(trees=trees)).fit(features, labels)
    calibration = PlattCalibration().fit(np.clip(signal / 4 + 0.5, 0.01, 0.99), labels)
    first, second = np.array_split(np.arange(n_rows), 2)
    kinds = tuple((feature.name, feature.kind) for feature in FEATURES)
    support = TrainingSupport(kinds).fit(features, [Fold("1", first, second), Fold("2", second, first)])
    model = FacetRanker(recipe, calibration, support)
    return LoadedRanker("quality", "1", str(AS_OF), "snapshot", "contract", str(RECIPE), model)


def fill_marts(warehouse: Warehouse, n_rows: int, generator: Generator) -> None:
    """Write the tables that dbt would have built for the as-of date."""
    columns = ", ".join(
        f"{feature.name} {'text' if feature.kind == 'categorical' else 'double precision'}" for feature in FEATURES
    )
    names = [f"A-{number:08d}" for number in range(n_rows)]
    identifiers = {"as_of_date": pa.array([AS_OF] * n_rows, pa.date32()), "application_id": pa.array(names)}
    drawn_requisitions = generator.integers(0, n_rows // APPLICATIONS_PER_REQUISITION + 1, n_rows)
    requisitions = [f"R-{number:06d}" for number in drawn_requisitions]
    first = np.datetime64("2026-07-01", "us")
    lifecycle = {
        **identifiers,
        "candidate_id": pa.array([name.replace("A", "C") for name in names]),
        "requisition_id": pa.array(requisitions),
        "applied_at": pa.array(first + generator.integers(0, 7_000_000_000_000, n_rows), pa.timestamp("us", tz="UTC")),
        "is_active": pa.array(np.ones(n_rows, bool)),
        "is_requisition_open": pa.array(np.ones(n_rows, bool)),
    }
    features = synthetic_features(n_rows, generator)
    drawn = {name: features[name].combine_chunks() for name in features.column_names}
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute(
            f"""
            create table intermediate.application_lifecycle (
                as_of_date date, application_id text, candidate_id text, requisition_id text, applied_at timestamptz,
                is_active boolean, is_requisition_open boolean
            );
            create table features.application_features (as_of_date date, application_id text, {columns});
            create table ranking.business_conditions (
                condition text, t float8, q float8, o float8, v float8, reason text
            );
            create table ranking.thresholds (facet text, threshold float8, reason text);
            """
        )
        tables = {"intermediate.application_lifecycle": lifecycle, "features.application_features": identifiers | drawn}
        for table, arrays in tables.items():
            batch = pa.RecordBatch.from_pydict(arrays)
            copy_batches(connection, sql.Identifier(*table.split(".")), [batch], freeze=True)
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into ranking.business_conditions values (%s, %s, %s, %s, %s, '')",
                [[name, *weights] for name, weights in CONDITIONS.items()],
            )
            cursor.executemany("insert into ranking.thresholds values (%s, %s, '')", list(THRESHOLDS.items()))
        connection.execute("create unique index on features.application_features (as_of_date, application_id)")
        connection.execute("create unique index on intermediate.application_lifecycle (as_of_date, application_id)")
        connection.execute("analyze features.application_features, intermediate.application_lifecycle")
