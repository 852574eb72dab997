"""The feature contract, read from a manifest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ml.contract import ContractError, Feature, FeatureContract, read_contract

NUMERIC = {
    "kind": "numeric",
    "rankers": ["quality", "onboard"],
    "unit": "years",
    "why": "asked for",
    "label": "experience",
}
DECLARED = {"name": "honors", "kind": "boolean", "rankers": ["quality"], "unit": "", "why": "asked for too"}


def write_manifest(folder: Path, columns: dict[str, Any], attributes: list[dict[str, Any]]) -> Path:
    model = {"columns": columns, "config": {"meta": {"attribute_features": attributes}}}
    path = folder / "manifest.json"
    path.write_text(json.dumps({"nodes": {"model.facetrank.application_features": model}}))
    return path


def test_only_columns_with_an_entry_are_features(tmp_path: Path) -> None:
    columns = {"application_id": {"meta": {}}, "years_experience": {"meta": {"feature": NUMERIC}}}
    contract = read_contract(write_manifest(tmp_path, columns, [DECLARED]))
    years = Feature("years_experience", "numeric", ("quality", "onboard"), "years", "asked for", "experience")
    honors = Feature("attribute_honors", "boolean", ("quality",), "", "asked for too", "honors")
    assert contract == FeatureContract((years, honors))
    assert contract.for_ranker("quality") == (years, honors)
    assert contract.for_ranker("onboard") == (years,)
    assert contract.for_ranker("attrition") == ()


def test_a_leak_is_waived_where_the_feature_is_declared(tmp_path: Path) -> None:
    columns = {"score": {"meta": {"feature": NUMERIC | {"leak_waiver": " known before the screen "}}}}
    contract = read_contract(write_manifest(tmp_path, columns, [DECLARED | {"leak_waiver": "the law asks for it"}]))
    assert [feature.leak_waiver for feature in contract.features] == ["known before the screen", "the law asks for it"]


def test_an_attribute_is_called_by_its_label_or_else_by_its_name(tmp_path: Path) -> None:
    named = [DECLARED | {"name": "way_to_work"}, DECLARED | {"name": "novator", "label": "openness to new things"}]
    contract = read_contract(write_manifest(tmp_path, {}, named))
    assert [feature.label for feature in contract.features] == ["way to work", "openness to new things"]


def feature(name: str, kind: str = "numeric", unit: str = "years", why: str = "because") -> Feature:
    return Feature(name, kind, ("quality",), unit, why)


def test_the_hash_depends_on_what_a_model_depends_on() -> None:
    contract = FeatureContract((feature("a"), feature("b")))
    reworded, waived = feature("b", why="reworded"), replace(feature("a"), leak_waiver="known before")
    same = FeatureContract((replace(reworded, label="B"), waived, Feature("c", "numeric", ("onboard",), "", "x")))
    assert same.hash("quality") == contract.hash("quality")
    assert len(contract.hash("quality")) == 64
    changes = [(feature("a"),), (feature("a"), feature("c")), (feature("a"), feature("b", kind="boolean"))]
    changes.append((feature("a"), feature("b", unit="months")))
    hashes = {FeatureContract(changed).hash("quality") for changed in changes} | {contract.hash("quality")}
    assert len(hashes) == len(changes) + 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "number"},
            "application_features.x: kind: expected one of numeric, categorical, boolean, got 'number'.",
        ),
        (
            {"rankers": ["quality", "match"]},
            "application_features.x: rankers: expected some of quality, onboard, attrition, got 'match'.",
        ),
        ({"why": " "}, "application_features.x: why is missing: say why the feature is job-related."),
        (
            {"leak_waiver": True},
            "application_features.x: leak_waiver: expected the reason in words, got True.",
        ),
        ({"label": " "}, "application_features.x: label is missing: say in a few words what HR calls it."),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    manifest = write_manifest(tmp_path, {"x": {"meta": {"feature": NUMERIC | change}}}, [])
    with pytest.raises(ContractError) as caught:
        read_contract(manifest)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no dbt manifest yet: run `facetrank run ingest` first."),
        ("{", "not a dbt manifest: delete it and run `facetrank run ingest`."),
        ("{}", "not a dbt manifest: delete it and run `facetrank run ingest`."),
        ('{"nodes": {}}', "the model application_features is not in it: run `facetrank run ingest`."),
    ],
)
def test_a_manifest_that_is_not_there_or_not_one(tmp_path: Path, content: str | None, message: str) -> None:
    manifest = tmp_path / "manifest.json"
    if content is not None:
        manifest.write_text(content)
    with pytest.raises(ContractError) as caught:
        read_contract(manifest)
    assert str(caught.value) == f"{manifest}: {message}"
