"""What the DAGs make for each other."""

from __future__ import annotations

from airflow.sdk import Asset

LABELS = Asset(name="labels", uri="facetrank://warehouse/labels")
FEATURES = Asset(name="features", uri="facetrank://warehouse/features")
MODELS = Asset(name="models", uri="facetrank://registry/models")
SCORES = Asset(name="scores", uri="facetrank://warehouse/scores")
DRIFT_ALERT = Asset(name="drift_alert", uri="facetrank://governance/drift_alert")
