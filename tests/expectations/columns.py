"""Columns beside labels, made up or from the real files, for the measures of the leak proof."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import norm

from expectations.leaks import Examination, examine, finding
from ml.config import REPOSITORY
from ml.contract import Feature
from ml.rankers.folds import LabelledRows, grouped_folds

EXAMPLES = REPOSITORY / "examples"
Columns = dict[str, pa.ChunkedArray]


def labelled(labels: Iterable[int], requisitions: Iterable[Any] | None = None) -> LabelledRows:
    """One row per candidate, one an hour; twenty requisitions in turn unless they are given."""
    values = np.array(list(labels), dtype=np.int8)
    names = [f"r{row % 20}" for row in range(len(values))] if requisitions is None else [str(r) for r in requisitions]
    times = np.datetime64("2025-01-01", "us") + np.arange(len(values)) * np.timedelta64(1, "h")
    candidates = np.array([f"c{row}" for row in range(len(values))], dtype=object)
    return LabelledRows(values, candidates, np.array(names, dtype=object), times, times, times)


def column(values: Iterable[Any]) -> pa.ChunkedArray:
    """A column as a snapshot has it; NaN and None are missing."""
    return pa.chunked_array([pa.array(list(values), from_pandas=True)])


def features(columns: Columns) -> list[tuple[Feature, pa.ChunkedArray]]:
    """Declare columns as features of the kind that they have."""
    return [
        (Feature(name, _kind(values.type), ("quality",), "", "made up"), values) for name, values in columns.items()
    ]


def examined(columns: Columns, rows: LabelledRows) -> Examination:
    """Examine columns beside labels, validated in five folds by candidate."""
    return examine(features(columns), rows, grouped_folds(rows, n_folds=5, seed=0))


def found(columns: Columns, rows: LabelledRows) -> dict[str, str]:
    """Examine columns, and give what is found by name."""
    examination = examined(columns, rows)
    said = {reading.name: finding(reading, examination.together) for reading in examination.readings}
    return {name: sentence for name, sentence in said.items() if sentence}


def honest(labels: np.ndarray, auc: float, random: np.random.Generator) -> np.ndarray:
    """A number, normal in both classes, whose true AUC is given."""
    # The AUC of two normals of variance 1 is the normal probability of their distance over the root of 2.
    return random.normal(size=len(labels)) + labels * norm.ppf(auc) * np.sqrt(2)


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_boolean(type_):
        return "boolean"
    return "numeric" if pa.types.is_floating(type_) or pa.types.is_integer(type_) else "categorical"


def callbacks() -> tuple[Columns, LabelledRows]:
    """Every column of the call-backs that is neither protected nor the outcome nor the number of row or ad."""
    file = pd.read_csv(EXAMPLES / "callbacks" / "quality_callbacks.csv")
    outside = ["rownames", "job_ad_id", "received_callback", "firstname", "race", "gender", "military"]
    return _columns(file, outside), labelled(file["received_callback"], file["job_ad_id"])


def turnover() -> tuple[Columns, LabelledRows]:
    """Employees whose tenure says whether they stayed for eight months or left within six."""
    file = pd.read_csv(EXAMPLES / "turnover" / "attrition_turnover.csv", sep=";")
    is_known = (file["duration"] >= 8) | ((file["event"] == 1) & (file["duration"] < 6))
    file = file[is_known]
    outside = ["duration", "event", "gender", "age", "head_gender", "coach"]
    return _columns(file, outside), labelled(file["duration"] >= 8, file["profession"])


def offers() -> tuple[Columns, LabelledRows]:
    """Offers, with what was known before them."""
    file = pd.read_csv(EXAMPLES / "offers" / "offers_synthetic.csv")
    kept = ["years_experience", "current_level", "offered_level", "offered_salary", "notice_period_days"]
    kept += [
        "seniority_jump",
        "months_in_current_role",
        "remote_policy_match",
        "relocation_required",
        "competing_offers",
    ]
    requisitions = file["offered_level"] + file["offered_salary"].astype(str)
    return _columns(file, [name for name in file if name not in kept]), labelled(file["offer_accepted"], requisitions)


def landing(folder: Path) -> tuple[Columns, LabelledRows]:
    """The columns of a simulated organisation's applications as submitted, and how their screening ended."""
    applications = pd.read_csv(folder / "applications.csv").sort_values("recorded_at").drop_duplicates("application_id")
    events = pd.read_csv(folder / "application_events.csv")
    events = events[events["event_type"].isin(["screen_passed", "screen_failed"])].drop_duplicates("application_id")
    rows = applications.merge(events[["application_id", "event_type"]], on="application_id")
    kept = ["source", "source_detail", "years_experience", "highest_degree", "field_of_study", "last_employer"]
    kept += ["last_title", "employers_count", "mean_tenure_months", "expected_salary", "notice_period_days"]
    labels = (rows["event_type"] == "screen_passed").astype(int)
    return _columns(rows, [name for name in rows if name not in kept]), labelled(labels, rows["requisition_id"])


def _columns(file: pd.DataFrame, outside: list[str]) -> Columns:
    return {name: column(file[name]) for name in file if name not in outside}
