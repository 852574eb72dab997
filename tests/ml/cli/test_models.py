"""``facetrank models`` and ``rollback`` on an organisation that was retrained twice."""

from __future__ import annotations

import getpass
import json
import sys
from dataclasses import dataclass

import pytest

from ml.cli import main
from ml.config import Settings
from ml.jobs import retrain
from ml.jobs.installation import open_installation
from ml.warehouse.roles import REVIEWER
from tests.ml.cli.test_cli import warehouse_of
from tests.ml.jobs.training import JULY, OCTOBER, build, judge, make_organisation, train
from tests.ml.rankers.factories import make_table

PROMOTIONS = "select model_version, action, decided_by from governance.promotions order by promotion_id"


@pytest.fixture(scope="module")
def own(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Versions 1 and 2 of the quality ranker were champions; the others have no labels."""
    own = make_organisation(settings, "cli_models", tmp_path_factory.mktemp("cli_models"))
    warehouse = warehouse_of(own)
    build(warehouse, make_table(800, signal=2.5, days=500), JULY)
    build(warehouse, make_table(900, signal=2.5, days=600), OCTOBER)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in own.environment().items():
            environment.setenv(name, value)
        assert [train(JULY), train(OCTOBER)] == ["1", "2"]
    return own


@dataclass(frozen=True)
class Facetrank:
    """The command line in this process, which imports what it needs once."""

    own: Settings
    capsys: pytest.CaptureFixture[str]
    environment: pytest.MonkeyPatch

    def _call(self, *arguments: str) -> tuple[int, str, str]:
        for name, value in self.own.environment().items():
            self.environment.setenv(name, value)
        self.environment.setattr(sys, "argv", ["facetrank", *arguments])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *self.capsys.readouterr()

    def __call__(self, *arguments: str) -> str:
        """What a command prints."""
        code, printed, problem = self._call(*arguments)
        assert code == 0, problem
        return printed

    def refuses(self, *arguments: str) -> str:
        """Why a command refuses."""
        code, _, problem = self._call(*arguments)
        assert code == 2
        return problem

    def versions(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self("models", "--json"))
        return found


@pytest.fixture
def facetrank(own: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Facetrank:
    return Facetrank(own, capsys, monkeypatch)


def test_versions_are_listed_newest_first_with_what_decides_about_them(facetrank: Facetrank) -> None:
    newest, older = facetrank.versions()
    assert (newest["ranker"], newest["version"], newest["aliases"]) == ("quality", "2", ["champion"])
    assert (newest["status"], newest["as_of_date"], newest["decided_by"]) == ("champion", "2025-10-01", "retrain")
    assert older["status"] == "superseded"
    assert older["snapshot_hash"] != newest["snapshot_hash"]
    lines = facetrank("models", "--ranker", "quality").splitlines()
    unchecked = "quality: adverse impact was not checked: no protected attributes are on record."
    assert lines[3:] == ["", f"Adverse impact, version 2 of {unchecked}"]
    assert (newest["impact"], older["impact"]) == (unchecked, unchecked)
    assert [line.split()[:4] for line in lines[:3]] == [
        ["ranker", "version", "alias", "status"],
        ["quality", "2", "champion", "champion"],
        ["quality", "1", "-", "superseded"],
    ]
    auc = newest["auc"]
    assert isinstance(auc, dict)
    assert f" {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f}) {auc['kind']} " in lines[1]
    assert str(newest["snapshot_hash"])[:12] in lines[1]
    assert " retrain, 20" in lines[1]
    assert facetrank("models", "--ranker", "onboard") == (
        "No ranker has been trained yet: run `facetrank run retrain`.\n"
    )


def test_rolling_back_is_a_persons_and_says_what_follows(facetrank: Facetrank) -> None:
    person = getpass.getuser()
    assert facetrank("rollback", "quality", "1") == (
        f"quality: version 1 is the champion again, by {person}.\n"
        "The ranked lists still hold the scores of before: `facetrank run score` publishes new ones.\n"
    )
    assert [(version["version"], version["status"], version["aliases"]) for version in facetrank.versions()] == [
        ("2", "superseded", []),
        ("1", "champion", ["champion"]),
    ]
    assert facetrank.refuses("rollback", "quality", "1") == "facetrank: quality version 1 is the champion already.\n"
    facetrank("rollback", "quality", "2", "--by", "ada")
    with warehouse_of(facetrank.own).connect(REVIEWER) as connection:
        assert connection.execute(PROMOTIONS).fetchall() == [
            ("1", "promoted", "retrain"),
            ("2", "promoted", "retrain"),
            ("1", "rolled back", person),
            ("2", "rolled back", "ada"),
        ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rollback", "quality", "7"), "quality has no version 7; its versions: 1, 2."),
        (("rollback", "skill", "1"), "ranker: expected one of quality, onboard, attrition, got 'skill'."),
        (("models", "--ranker", "q"), "ranker: expected one of quality, onboard, attrition, got 'q'."),
    ],
)
def test_what_is_not_there_is_one_line(facetrank: Facetrank, arguments: tuple[str, ...], message: str) -> None:
    assert facetrank.refuses(*arguments) == f"facetrank: {message}\n"


def test_a_version_that_waits_is_listed_with_its_reason_and_decided_by_a_person(facetrank: Facetrank) -> None:
    file = facetrank.own.organisation_file
    before = file.read_text()
    file.write_text(before + "promotion: {approval: always}\n")
    numbers = []
    for name, value in facetrank.own.environment().items():
        facetrank.environment.setenv(name, value)
    for _ in range(2):
        snapshot = retrain.freeze("quality", OCTOBER)
        numbers.append(retrain.fit(snapshot))
        retrain.ask(snapshot, numbers[-1], judge(snapshot, numbers[-1]))
    refused, approved = numbers
    file.write_text(before + "promotion: {approvers: [grace, linus]}\n")
    assert facetrank.refuses("approve", "quality", approved, "--reason", "Mine.", "--by", "ada") == (
        f"facetrank: quality version {approved} still waits: ada may not decide about it, "
        "promotion.approvers of the organisation file names grace, linus.\n"
    )
    file.write_text(before + f"promotion: {{approvers: [ada, {getpass.getuser()}]}}\n")
    lines = facetrank("models").splitlines()
    assert [line for line in lines if "waits for a person" in line] == [
        f"quality version {number} waits for a person. quality: would be promoted, the same recipe, refitted on the data of "
        "2025-10-01. Every promotion is left to a person (promotion.approval). A person decides."
        for number in (approved, refused)
    ]
    assert facetrank("reject", "quality", refused, "--reason", "Not now.", "--by", "ada") == (
        f"quality: version {refused} is rejected by ada; the champion stays.\n"
    )
    person = getpass.getuser()
    assert facetrank("approve", "quality", approved, "--reason", "Checked with the works council.") == (
        f"quality: version {approved} is the champion, approved by {person}.\n"
        "The ranked lists still hold the scores of before: `facetrank run score` publishes new ones.\n"
    )
    assert facetrank.refuses("approve", "quality", refused, "--reason", "After all.") == (
        f"facetrank: quality version {refused} does not wait for a person, it was rejected by ada: "
        "`facetrank models` lists those that do.\n"
    )
    assert facetrank.refuses("reject", "quality", approved, "--reason", "After all.") == (
        f"facetrank: quality version {approved} is the champion already.\n"
    )
    newest, older, *_ = facetrank.versions()
    assert (newest["status"], newest["decided_by"], newest["asked_at"]) == ("champion", person, None)
    assert older["status"] == "rejected"
    with warehouse_of(facetrank.own).connect(REVIEWER) as connection:
        query = "select model_version, answer, answered_by, reason from governance.approvals order by approval_id"
        assert connection.execute(query).fetchall() == [
            (refused, "rejected", "ada", "Not now."),
            (approved, "approved", person, "Checked with the works council."),
        ]
    file.write_text(before)


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_answers_need_a_question_a_reason_and_a_name(facetrank: Facetrank, command: str) -> None:
    assert facetrank.refuses(command, "quality", "1", "--reason", "Why not.") == (
        "facetrank: quality version 1 does not wait for a person, its status is superseded: "
        "`facetrank models` lists those that do.\n"
    )
    assert facetrank.refuses(command, "quality", "99", "--reason", "Why not.").startswith(
        "facetrank: quality has no version 99; its versions: 1, 2"
    )
    assert facetrank.refuses(command, "quality", "1", "--reason", " ") == (
        "facetrank: reason: expected words, got none; an answer is kept with its reason and a name.\n"
    )
    assert facetrank.refuses(command, "quality", "1", "--reason", "Why not.", "--by", "") == (
        "facetrank: by: expected words, got none; an answer is kept with its reason and a name.\n"
    )


def test_an_altered_model_file_is_refused_and_changes_nothing(facetrank: Facetrank) -> None:
    before = facetrank.versions()
    registry = open_installation().registry
    (file,) = registry.folder.glob(f"**/{registry.version('quality', '1').run_id}/**/model.skops")
    file.write_bytes(file.read_bytes() + b" ")
    assert facetrank.refuses("rollback", "quality", "1") == (
        f"facetrank: {file} was altered after it was registered: roll back to another version, or retrain.\n"
    )
    assert facetrank.versions() == before
