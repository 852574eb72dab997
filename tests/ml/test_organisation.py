"""The organisation file: defaults, and every way in which it can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.errors import ConfigurationError
from ml.organisation import read_organisation


def write(folder: Path, text: str) -> Path:
    path = folder / "organisation.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_only_the_name_is_needed(tmp_path: Path) -> None:
    organisation = read_organisation(write(tmp_path, "name: acme"))
    assert organisation.labels.attrition_months == 6
    assert organisation.rankers_with_labels == ("quality", "onboard", "attrition")
    assert organisation.blind_share == 0
    assert organisation.validation.folds == 10


def test_parts_decide_which_rankers_have_labels(tmp_path: Path) -> None:
    organisation = read_organisation(write(tmp_path, "name: acme\nparts: [tenure, screening]"))
    assert organisation.rankers_with_labels == ("quality", "attrition")


def test_nested_records_are_parsed(tmp_path: Path) -> None:
    text = """
name: acme
attributes:
  - {name: honors, kind: boolean, rankers: [quality], why: a sign of persistence}
rankers: {trees: 50, sample_fraction: 1}
"""
    organisation = read_organisation(write(tmp_path, text))
    assert organisation.attributes[0].rankers == ("quality",)
    assert organisation.rankers.trees == 50
    assert organisation.rankers.sample_fraction == 1.0


def test_the_ends_of_the_ranges_are_allowed(tmp_path: Path) -> None:
    rankers = (
        "{trees: 1, sample_fraction: 0.1, min_samples_leaf: 1, minimum_labels: 1, minimum_rarer: 10, seed: 4294967295}"
    )
    text = f"name: acme\nrankers: {rankers}\nvalidation: {{folds: 2}}\npromotion: {{margin: 0}}"
    organisation = read_organisation(write(tmp_path, text))
    assert (organisation.rankers.trees, organisation.validation.folds, organisation.promotion.margin) == (1, 2, 0)
    assert read_organisation(write(tmp_path, "name: acme\nvalidation: {folds: 20}")).validation.folds == 20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: x", "organisation.yaml: name is missing."),
        ("- name", "organisation.yaml: expected keys and values, got ['name']."),
        ("name: 7", "organisation.yaml: name: expected text, got 7."),
        (
            "name: Acme Ltd",
            "organisation.yaml: name: expected lower-case letters, digits and _, at most 31, got 'Acme Ltd'.",
        ),
        ("name: a\nlabels: {attrition_months: six}", "organisation.yaml: labels: attrition_months: expected a whole number, got 'six'."),
        ("name: a\nlabels: {attrition_months: 5}", "organisation.yaml: labels: attrition_months: expected one of 3, 6, 9, 12, got 5."),
        ("name: a\nlabels: {attrition_gap_months: 4}", "organisation.yaml: labels: attrition_gap_months: expected one of 0, 1, 2, 3, got 4."),
        ("name: a\nlabels: {offer_window_days: -1}", "organisation.yaml: labels: offer_window_days: expected 0 or more, got -1."),
        ("name: a\nlabels: {months: 6}", "organisation.yaml: labels: unknown key 'months'; known are screening_window_days, offer_window_days, start_window_days, attrition_months, attrition_gap_months, recording_lag_days."),
        ("name: a\nresumes: {pages: 0}", "organisation.yaml: resumes: pages: expected 1 or more, got 0."),
        ("name: a\nresumes: {minutes: 6}", "organisation.yaml: resumes: unknown key 'minutes'; known are file_megabytes, unpacked_megabytes, pages, characters, seconds, memory_megabytes."),
        ("name: a\nrankers: {trees: 0}", "organisation.yaml: rankers: trees: expected 1 or more, got 0."),
        ("name: a\nrankers: {sample_fraction: 0}", "organisation.yaml: rankers: sample_fraction: expected a finite number above 0, got 0.0."),
        ("name: a\nrankers: {sample_fraction: .inf}", "organisation.yaml: rankers: sample_fraction: expected a finite number above 0, got inf."),
        ("name: a\nrankers: {min_samples_leaf: 0}", "organisation.yaml: rankers: min_samples_leaf: expected 1 or more, got 0."),
        ("name: a\nrankers: {minimum_labels: -5}", "organisation.yaml: rankers: minimum_labels: expected 1 or more, got -5."),
        ("name: a\nrankers: {minimum_rarer: 9}", "organisation.yaml: rankers: minimum_rarer: expected 10 or more, got 9."),
        ("name: a\nrankers: {seed: -1}", "organisation.yaml: rankers: seed: expected 0 to 4294967295, got -1."),
        ("name: a\nrankers: {seed: 4294967296}", "organisation.yaml: rankers: seed: expected 0 to 4294967295, got 4294967296."),
        ("name: a\nvalidation: {folds: 1}", "organisation.yaml: validation: folds: expected 2 to 20, got 1."),
        ("name: a\nvalidation: {folds: 21}", "organisation.yaml: validation: folds: expected 2 to 20, got 21."),
        ("name: a\npromotion: {margin: -0.01}", "organisation.yaml: promotion: margin: expected a difference of AUC from 0 to below 1, got -0.01."),
        ("name: a\npromotion: {margin: 1}", "organisation.yaml: promotion: margin: expected a difference of AUC from 0 to below 1, got 1.0."),
        ("name: a\npromotion: {margin: .nan}", "organisation.yaml: promotion: margin: expected a difference of AUC from 0 to below 1, got nan."),
        ("name: a\nparts: offers", "organisation.yaml: parts: expected a list, got 'offers'."),
        ("name: a\nparts: []", "organisation.yaml: parts: name at least one of resumes, screening, offers, tenure."),
        ("name: a\nparts: [payroll]", "organisation.yaml: parts[0]: expected one of resumes, screening, offers, tenure, got 'payroll'."),
        ("name: a\nblind_share: 1", "organisation.yaml: blind_share: expected a share from 0 to below 1, got 1.0."),
        ("name: a\nblind_share: -0.05", "organisation.yaml: blind_share: expected a share from 0 to below 1, got -0.05."),
        ("name: a\nblind_share: .nan", "organisation.yaml: blind_share: expected a share from 0 to below 1, got nan."),
        ("name: a\nblind_share: 5%", "organisation.yaml: blind_share: expected a number, got '5%'."),
        ("name: a\npromotion: {margin: true}", "organisation.yaml: promotion: margin: expected a number, got True."),
        (
            "name: a\nattributes: [{name: x y, kind: boolean, rankers: [quality], why: w}]",
            "organisation.yaml: attributes[0].name: expected lower-case letters, digits and _, got 'x y'.",
        ),
        (
            "name: a\nattributes: [{name: x, kind: boolean, rankers: [price], why: w}]",
            "organisation.yaml: attributes[0].rankers: expected some of quality, onboard, attrition, got 'price'.",
        ),
        ("name: a\nattributes: [{name: x, kind: boolean, rankers: [quality]}]", "organisation.yaml: attributes[0]: why is missing."),
        (
            "name: a\nattributes: [{name: x, kind: boolean, rankers: [quality], why: w, leak_waiver: true}]",
            "organisation.yaml: attributes[0]: leak_waiver: expected text, got True.",
        ),
        # A leak is waived in the contract, where the feature is declared.
        (
            "name: a\nwaivers: [{gate: leaks, column: x, reason: r}]",
            "organisation.yaml: waivers[0]: gate: expected one of protected, got 'leaks'.",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_organisation(write(tmp_path, text))
    assert str(refused.value) == message


def test_a_missing_file_says_which_setting_names_it(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(ConfigurationError) as refused:
        read_organisation(path)
    assert str(refused.value) == f"{path}: no such organisation file; set FACETRANK_CONFIG to one, see examples/."


def test_broken_yaml_says_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^organisation.yaml:\d: not valid YAML: "):
        read_organisation(write(tmp_path, "name: [a"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nname: b", "organisation.yaml:1: not valid YAML: key 'name' occurs twice."),
        (
            "name: a\nas_of_date: 2024-02-30",
            "organisation.yaml: not readable as YAML in UTF-8: day is out of range for month.",
        ),
        ("name: a\nas_of_date: today", "organisation.yaml: as_of_date: expected a date, got 'today'."),
    ],
)
def test_repeated_keys_and_impossible_dates_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_organisation(write(tmp_path, text))
    assert str(refused.value) == message
