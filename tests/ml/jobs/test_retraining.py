"""A retraining from labels to champion: the same twice, and nothing lost when a step fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import LiteralString

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from expectations.gates import GateFailedError
from ml.approvals import NoReasonError, NotAnApproverError
from ml.config import REPOSITORY, Settings
from ml.contract import FeatureContract
from ml.jobs import NothingToDoError, retrain
from ml.jobs.installation import Installation
from ml.model_file import UntrustedModelError
from ml.model_versions import roll_back
from ml.rankers.recipe import RECIPE
from ml.rankers.train import ContractChangedError
from ml.registry import LoadedRanker, RegistryError
from ml.warehouse.roles import AUDITOR, OWNER, REVIEWER
from tests.ml.jobs.training import JULY, OCTOBER, build, judge, make_organisation, opened, set_contract, train
from tests.ml.rankers.factories import CONTRACT, FEATURES, make_table

CHANGED = FeatureContract((*FEATURES, replace(FEATURES[0], name="shoe_size")))
MAY = JULY.replace(month=5)
STATUSES = "select model_version, as_of_date, status, sentence from governance.model_versions order by created_at"
PROMOTIONS = "select model_version, action, decided_by from governance.promotions order by promotion_id"
OUT_OF_FOLD = "select * from scores.validation_predictions where model_version = %s order by application_id"

# What governance says after two retrainings as of the same date.
JUDGED = [
    ("1", JULY, "superseded", "quality: promoted, there was no champion."),
    ("2", JULY, "champion", "quality: promoted, the same recipe, refitted on the data of 2025-07-01."),
]


@pytest.fixture(scope="module")
def own(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_organisation(settings, "retraining", tmp_path_factory.mktemp("retraining"))


@pytest.fixture(scope="module")
def installation(own: Settings) -> Iterator[Installation]:
    """An organisation that was retrained twice as of the same date, and has the labels of two other dates."""
    with opened(own) as installation:
        build(installation.warehouse, make_table(600, signal=2.5, days=440), MAY)
        build(installation.warehouse, make_table(800, signal=2.5, days=500), JULY)
        build(installation.warehouse, make_table(900, signal=2.5, days=600), OCTOBER)
        assert [train(JULY), train(JULY)] == ["1", "2"]
        yield installation


def champion(installation: Installation) -> LoadedRanker:
    found = installation.registry.champion("quality")
    assert found is not None
    return found


def told(installation: Installation, statement: LiteralString) -> list[tuple[object, ...]]:
    with installation.warehouse.connect(REVIEWER) as connection:
        return connection.execute(statement).fetchall()


def test_the_same_date_gives_the_same_snapshot_trees_and_scores(installation: Installation) -> None:
    first, second = (installation.registry.load("quality", number) for number in ("1", "2"))
    assert first.snapshot_hash == second.snapshot_hash
    assert len({installation.registry.version("quality", number).tags["model_sha256"] for number in ("1", "2")}) == 1
    trees, again = (model.model.pipeline["forest"].estimators_ for model in (first, second))
    assert len(trees) == len(again) == 10
    for tree, same in zip(trees, again, strict=True):
        for part in ("children_left", "children_right", "feature", "threshold", "value", "missing_go_to_left"):
            np.testing.assert_array_equal(getattr(tree.tree_, part), getattr(same.tree_, part))
    np.testing.assert_array_equal(first.score(make_table(500, seed=9)), second.score(make_table(500, seed=9)))


def test_a_retraining_says_why_it_promoted_and_who_did(installation: Installation) -> None:
    assert told(installation, STATUSES) == JUDGED
    assert told(installation, PROMOTIONS) == [("1", "promoted", "retrain"), ("2", "promoted", "retrain")]


def test_a_version_is_registered_with_its_model_card_and_the_report_renews_it(installation: Installation) -> None:
    (file,) = installation.registry.folder.glob(
        f"**/{installation.registry.version('quality', '2').run_id}/**/*card.json"
    )
    schema = json.loads((REPOSITORY / "reports" / "model_card.schema.json").read_text(encoding="utf-8"))
    card = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(card)
    assert (card["version"], card["status"], card["rows"], card["audit"]) == ("2", "usable", 800, None)
    assert [feature["name"] for feature in card["features"]] != []
    assert {feature["name"] for feature in card["features"]} == {
        feature.name for feature in CONTRACT.for_ranker("quality")
    }
    installation.registry.log_card("quality", "2", json.dumps({**card, "sentence": "Renewed."}))
    assert json.loads(file.read_text(encoding="utf-8"))["sentence"] == "Renewed."
    with pytest.raises(RegistryError, match=r"^quality has no version 99"):
        installation.registry.log_card("quality", "99", "{}")


def fail_at_gate(installation: Installation, own: Settings) -> None:
    snapshot = retrain.freeze("quality", OCTOBER)
    set_contract(own, CHANGED)
    with pytest.raises(GateFailedError, match="shoe_size"):
        retrain.gate_snapshot(snapshot)


def fail_at_fit(installation: Installation, own: Settings) -> None:
    snapshot = retrain.freeze("quality", OCTOBER)
    set_contract(own, CHANGED)
    with pytest.raises(ContractChangedError):
        retrain.fit(snapshot)


def fail_at_compare(installation: Installation, own: Settings) -> None:
    snapshot = retrain.freeze("quality", OCTOBER)
    number = retrain.fit(snapshot)
    run_id = installation.registry.version("quality", "2").run_id
    (file,) = installation.registry.folder.glob(f"**/{run_id}/**/model.skops")
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    with pytest.raises(UntrustedModelError, match="was altered after it was registered"):
        judge(snapshot, number)
    file.write_bytes(content)


def fail_at_promote(installation: Installation, own: Settings) -> None:
    with pytest.raises(RegistryError, match=r"^quality has no version 99"):
        retrain.promote(retrain.freeze("quality", OCTOBER), "99", "promote")


@pytest.mark.parametrize("fail", [fail_at_gate, fail_at_fit, fail_at_compare, fail_at_promote])
def test_whatever_fails_the_champion_and_its_scores_stay(installation: Installation, own: Settings, fail) -> None:
    before, rows = champion(installation), make_table(300, seed=9)
    promotions = told(installation, PROMOTIONS)
    fail(installation, own)
    set_contract(own, CONTRACT)
    after = champion(installation)
    assert after.version == before.version == "2"
    np.testing.assert_array_equal(after.score(rows), before.score(rows))
    assert told(installation, PROMOTIONS) == promotions
    # At most a challenger is new.
    assert {row[2] for row in told(installation, STATUSES)[2:]} <= {"challenger"}
    assert told(installation, STATUSES)[:2] == JUDGED


def test_a_past_quarter_is_retrained_for_the_record_only(installation: Installation) -> None:
    snapshot = retrain.freeze("quality", MAY)
    number = retrain.fit(snapshot)
    decision = judge(snapshot, number)
    with pytest.raises(NothingToDoError):
        retrain.promote(snapshot, number, decision)
    assert champion(installation).version == "2"
    sentence = (
        "quality: not promoted, it knows what was known as of 2025-05-01, "
        "and champion version 2 what was as of 2025-07-01."
    )
    assert (number, MAY, "rejected", sentence) in told(installation, STATUSES)


def test_what_a_person_took_back_does_not_come_back_by_itself(installation: Installation) -> None:
    noon = datetime(2025, 10, 2, 12, tzinfo=UTC)
    roll_back(installation.registry, installation.warehouse, "quality", "1", by="ada", at=noon)
    snapshot = retrain.freeze("quality", JULY)
    number = retrain.fit(snapshot)
    assert judge(snapshot, number) == "ask"
    sentence = "quality: somebody went back from version 2, which was trained on the same data. A person decides."
    assert (number, JULY, "challenger", sentence) in told(installation, STATUSES)
    assert champion(installation).version == "1"
    # Newer data is another matter.
    newer = train(OCTOBER)
    assert champion(installation).version == newer


@pytest.mark.parametrize("recipe", ["12", None])
def test_a_champion_that_cannot_be_refitted_is_replaced_by_a_person(
    installation: Installation, recipe: str | None
) -> None:
    client, name = installation.registry._client, f"{installation.organisation.name}.quality"
    before = champion(installation).version
    # As of a release before, and of one before recipes had numbers.
    if recipe:
        client.set_model_version_tag(name, before, "recipe", recipe)
    else:
        client.delete_model_version_tag(name, before, "recipe")
    snapshot = retrain.freeze("quality", OCTOBER)
    number = retrain.fit(snapshot)
    assert judge(snapshot, number) == "ask"
    said = f"recipe {recipe}" if recipe else "a recipe from before recipes had numbers"
    (sentence,) = [row[3] for row in told(installation, STATUSES) if row[0] == number]
    assert f"champion version {before} was fitted by {said}, which this release does not have" in sentence
    assert champion(installation).version == before
    client.set_model_version_tag(name, before, "recipe", str(RECIPE))


def test_a_rejected_retraining_leaves_the_out_of_fold_scores_of_other_versions_of_its_date(
    installation: Installation,
) -> None:
    def out_of_fold(version: str) -> list[tuple[object, ...]]:
        with installation.warehouse.connect(AUDITOR) as connection:
            return connection.execute(OUT_OF_FOLD, [version]).fetchall()

    before = out_of_fold("2")
    assert before != []
    train(OCTOBER)
    # An earlier date than the champion's is retrained for the record only.
    snapshot = retrain.freeze("quality", JULY)
    number = retrain.fit(snapshot)
    assert judge(snapshot, number) == "reject"
    assert out_of_fold("2") == before
    assert len(out_of_fold(number)) == len(before)


def waits(installation: Installation, as_of_date: date = OCTOBER) -> str:
    """Retrain so that a person must be asked; gives the version that waits."""
    snapshot = retrain.freeze("quality", as_of_date)
    number = retrain.fit(snapshot)
    decision = judge(snapshot, number)
    assert decision == "ask"
    with pytest.raises(NothingToDoError, match=f"^quality version {number} is not promoted: the comparison said ask.$"):
        retrain.promote(snapshot, number, decision)
    assert retrain.ask(snapshot, number, decision)["subject"] == f"May quality version {number} become the champion?"
    return number


@pytest.fixture
def always(own: Settings) -> Iterator[None]:
    """The organisation leaves every promotion to a person."""
    file = own.organisation_file
    before = file.read_text()
    file.write_text(before + "promotion: {approval: always}\n")
    yield
    file.write_text(before)


def answered(person: str | None, option: str = "Approve", reason: str = "Seen.") -> dict[str, object]:
    """What Airflow's task gives."""
    user = None if person is None else {"id": "1", "name": person}
    at = "2025-10-03T09:00:00+00:00"
    return {
        "chosen_options": [option],
        "params_input": {"reason": reason},
        "responded_at": at,
        "responded_by_user": user,
    }


def status(installation: Installation, number: str) -> tuple[object, object]:
    (found,) = [row[2:] for row in told(installation, STATUSES) if row[0] == number]
    return found


def test_every_promotion_waits_for_a_person_where_the_organisation_says_so(
    installation: Installation, always: None
) -> None:
    before, number = champion(installation).version, waits(installation)
    snapshot = retrain.freeze("quality", OCTOBER)
    assert status(installation, number) == (
        "challenger",
        "quality: would be promoted, the same recipe, refitted on the data of 2025-10-01. Every promotion is left to a "
        "person (promotion.approval). A person decides.",
    )
    question, auc, groups, card = retrain.ask(snapshot, number, "ask")["body"].split("\n\n")
    assert question == status(installation, number)[1]
    assert auc.startswith("AUC pooled 0.")
    assert groups == "quality: adverse impact was not checked: no protected attributes are on record."
    assert card == f"The next report has its model card, `card-quality-{number}.html`."
    # A run without a server cannot wait.
    with pytest.raises(NothingToDoError) as error:
        retrain.act(snapshot, number, None)
    assert str(error.value) == (
        f"quality version {number} waits for a person: `facetrank models` says why; then "
        f"`facetrank approve quality {number} --reason TEXT`, or `facetrank reject` likewise."
    )
    with pytest.raises(NoReasonError) as unexplained:
        retrain.act(snapshot, number, answered("ada", reason=" "))
    assert str(unexplained.value) == (
        f"quality version {number}: ada gave no reason, and an answer is kept with one: clear the task approve and answer "
        f"again, or use `facetrank approve quality {number} --reason TEXT`."
    )
    assert champion(installation).version == before
    file = installation.settings.organisation_file
    without = file.read_text()
    file.write_text(without.replace("approval: always", "approval: always, approvers: [grace]"))
    with pytest.raises(NotAnApproverError, match=r"ada may not decide about it, .* names grace\.$"):
        retrain.act(snapshot, number, answered("ada"))
    file.write_text(without)
    assert champion(installation).version == before
    retrain.act(snapshot, number, answered("ada"))
    assert champion(installation).version == number
    assert told(installation, PROMOTIONS)[-1] == (number, "promoted", "ada")
    # The same answer twice, or one that was given at the command line meanwhile.
    with pytest.raises(NothingToDoError) as error:
        retrain.act(snapshot, number, answered("ada"))
    assert str(error.value) == (f"quality version {number} is the champion already.")


@pytest.mark.parametrize(("person", "answer"), [("ada", "rejected"), (None, "lapsed")])
def test_what_is_rejected_or_not_answered_in_time_leaves_the_champion(
    installation: Installation, always: None, person: str | None, answer: str
) -> None:
    before, number = champion(installation).version, waits(installation)
    by, reason = person or "nobody", "Seen." if person else "no answer in time"
    with pytest.raises(NothingToDoError) as error:
        retrain.act(retrain.freeze("quality", OCTOBER), number, answered(person, "Reject"))
    assert str(error.value) == f"quality version {number} is not promoted: {answer} by {by}."
    assert champion(installation).version == before
    judged, sentence = status(installation, number)
    assert judged == "rejected"
    assert str(sentence).endswith(f" A person decides. {answer.capitalize()} by {by}: {reason}")
    kept = f"select answer, answered_by, reason from governance.approvals where model_version = '{number}'"
    assert told(installation, kept) == [(answer, by, reason)]  # type: ignore[arg-type]


def test_an_approval_that_comes_after_a_later_training_is_refused(installation: Installation, always: None) -> None:
    number = waits(installation)
    later = OCTOBER.replace(month=11)
    build(installation.warehouse, make_table(950, signal=2.5, days=630), later)
    snapshot = retrain.freeze("quality", later)
    newer = retrain.fit(snapshot)
    retrain.promote(snapshot, newer, "promote")
    with pytest.raises(NothingToDoError) as error:
        retrain.act(retrain.freeze("quality", OCTOBER), number, answered("ada"))
    assert str(error.value) == (
        f"quality version {number} comes too late: champion version {newer} was trained later. "
        f"Reject it, or use `facetrank rollback quality {number}`."
    )
    assert champion(installation).version == newer
    # The answer was not kept: it can still be rejected.
    with pytest.raises(NothingToDoError, match="rejected by ada"):
        retrain.act(retrain.freeze("quality", OCTOBER), number, answered("ada", "Reject"))


def test_scores_that_put_a_group_at_a_disadvantage_wait_for_a_person(installation: Installation) -> None:
    december = OCTOBER.replace(month=12)
    table = make_table(950, signal=2.5, days=650)
    build(installation.warehouse, table, december)
    with installation.warehouse.connect(OWNER) as connection:
        # Everybody below the median of the years that order people is of one group.
        for candidate, years in zip(table["candidate_id"].to_pylist(), table["years"].to_pylist(), strict=True):
            group = "female" if years < 0 else "male"
            connection.execute(
                "insert into protected.protected_attributes (candidate_id, attribute, value, collected_at, recorded_at) "
                "values (%s, 'sex', %s, '2020-01-01', '2020-01-01') on conflict do nothing",
                [candidate, group],
            )
    before, number = champion(installation).version, waits(installation, december)
    assert champion(installation).version == before
    judged, sentence = status(installation, number)
    assert judged == "challenger"
    assert ": the scores put groups at a disadvantage: female (sex), " in str(sentence)
    body = retrain.ask(retrain.freeze("quality", december), number, "ask")["body"]
    assert "| attribute | group | people | scoring rate | impact ratio | the champion's | p |" in body
    assert "\n| sex | female | " in body
    assert str(sentence).endswith(" A person decides.")


def test_a_disadvantage_that_is_accepted_in_writing_is_said_and_stops_nothing(
    installation: Installation, own: Settings
) -> None:
    # The people and the groups of the test above.
    december, file = OCTOBER.replace(month=12), own.organisation_file
    before = file.read_text()
    file.write_text(before + "promotion: {impact_waiver: an example}\n")
    number = train(december)
    file.write_text(before)
    assert champion(installation).version == number
    judged, sentence = status(installation, number)
    assert judged == "champion"
    assert str(sentence).startswith("quality: promoted, ")
    assert "quality: the scores put groups at a disadvantage: female (sex), " in str(sentence)
    assert str(sentence).endswith(" Accepted in writing (promotion.impact_waiver): an example")


def test_a_waiver_that_waives_nothing_is_said(installation: Installation, own: Settings) -> None:
    file = own.organisation_file
    before = file.read_text()
    file.write_text(before + "promotion: {impact_waiver: an example}\n")
    # Of people of whom nothing protected is known no group is checked.
    with installation.warehouse.connect(OWNER) as connection:
        connection.execute("delete from protected.protected_attributes")
    number = train(OCTOBER.replace(month=12))
    file.write_text(before)
    _, sentence = status(installation, number)
    assert str(sentence).endswith(" The organisation file's promotion.impact_waiver waived nothing.")


def test_nobody_is_asked_about_what_was_decided(installation: Installation) -> None:
    with pytest.raises(NothingToDoError) as error:
        retrain.ask(retrain.freeze("quality", OCTOBER), "7", "promote")
    assert str(error.value) == "quality version 7: nobody is asked, the comparison said promote."
