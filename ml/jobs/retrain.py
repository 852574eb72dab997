"""The tasks of ``retrain``: per ranker a frozen snapshot, its gate, a validated model, a comparison, a promotion."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ml.jobs import NothingToDoError
from ml.jobs.builds import invocation_id
from ml.jobs.dates import quarter_start
from ml.jobs.installation import Installation, open_installation
from ml.jobs.retrainings import ALERT_PAUSE, next_alert, record_retraining
from ml.organisation import RANKERS
from ml.warehouse.roles import TRAINER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml.approvals import Answer, Decision
    from ml.jobs.dates import Trigger
    from ml.rankers.compare import Comparison
    from ml.rankers.snapshot import Snapshot
    from ml.rankers.train import TrainedRanker

_log = logging.getLogger(__name__)

_JUDGED = """
update governance.model_versions
set status = %s, sentence = %s
where as_of_date = %s and ranker = %s and model_version = %s
"""

# A champion of the date that an earlier retraining as of it made is no news.
_CHAMPIONS = """
select distinct versions.ranker
from governance.model_versions as versions
inner join governance.promotions
    on
        versions.ranker = promotions.ranker
        and versions.model_version = promotions.model_version
inner join governance.retrainings on versions.as_of_date = retrainings.as_of_date
where
    versions.as_of_date = %s
    and versions.status = 'champion'
    and promotions.decided_at >= retrainings.started_at
order by versions.ranker
"""

APPROVE, REJECT = "Approve", "Reject"
"""What a person chooses from in Airflow."""

# Who promotes a version that was compared and found good enough.
RULE = "retrain"


def default_date(trigger: Trigger) -> date:
    """Give the date of the drift alert, the organisation's own date, or the first day of the trigger's quarter (UTC).

    Raises
    ------
    NothingToDoError
        The alert comes too soon after a retraining: two were raised before the first was heard.
    """
    if trigger.told:
        return _heard(max(trigger.told))
    return open_installation().organisation.as_of_date or quarter_start(trigger.moment.astimezone(UTC).date())


def _heard(alert: date) -> date:
    earliest = next_alert(open_installation().warehouse, besides=alert)
    if earliest is not None and alert < earliest:
        raise NothingToDoError(
            f"The rankers were retrained as of {earliest - ALERT_PAUSE}: "
            f"a drift alert asks for it again from {earliest} on, this one is of {alert}."
        )
    return alert


def wait_for_labels(as_of_date: date) -> None:
    """Stop until labels and features of the date have passed their gates."""
    warehouse = open_installation().warehouse
    invocation_id(warehouse, as_of_date, "labels")
    invocation_id(warehouse, as_of_date, "features")


def list_rankers(as_of_date: date) -> list[str]:
    """Name the rankers to train; note that the retraining has started, and that the others have no labels."""
    from ml.rankers.records import record_version

    installation = open_installation()
    record_retraining(installation.warehouse, as_of_date, datetime.now(UTC))
    trained = installation.organisation.rankers_with_labels
    for ranker in RANKERS:
        if ranker not in trained:
            sentence = f"{ranker}: no labels, the data of {installation.organisation.name} does not have that part."
            record_version(
                installation.warehouse, as_of_date=as_of_date, ranker=ranker, status="no labels", sentence=sentence
            )
            _log.info("%s", sentence)
    return list(trained)


def freeze(ranker: str, as_of_date: date) -> str:
    """Freeze a ranker's training data, and name the snapshot.

    Raises
    ------
    NothingToDoError
        The ranker has no labels, or too few; this is noted.
    """
    from ml.rankers.records import record_version
    from ml.rankers.snapshot import NoLabelsError, TooFewLabelsError, freeze_snapshot

    installation = open_installation()
    try:
        snapshot = freeze_snapshot(
            installation.warehouse,
            installation.organisation,
            contract=installation.contract,
            ranker=ranker,
            as_of_date=as_of_date,
            folder=installation.snapshots,
            invocation_id=invocation_id(installation.warehouse, as_of_date, "labels"),
        )
    except (NoLabelsError, TooFewLabelsError) as error:
        status = "no labels" if isinstance(error, NoLabelsError) else "too few labels"
        record_version(installation.warehouse, as_of_date=as_of_date, ranker=ranker, status=status, sentence=str(error))
        raise NothingToDoError(str(error)) from None
    _log.info("%s: %s labels, %s of them positive", ranker, f"{snapshot.rows:,}", f"{snapshot.positives:,}")
    return snapshot.name


def gate_snapshot(snapshot_name: str) -> None:
    """Stop unless the snapshot passes its gate: the contract's columns and nothing protected."""
    installation = open_installation()
    snapshot = _read(installation, snapshot_name)
    as_of_date = date.fromisoformat(snapshot.as_of_date)
    installation.pass_gate("snapshot", as_of_date, snapshot=snapshot, contract=installation.contract)


def fit(snapshot_name: str) -> str:
    """Validate the recipe on the snapshot, fit it on all of it, register it, and give the version's number.

    Raises
    ------
    NothingToDoError
        The version is no better than chance; it is registered and goes no further. A champion of before keeps scoring;
        without one the joint ranking leaves the facet out and says why.
    """
    from ml.rankers.records import record_version, write_validation_predictions
    from ml.rankers.train import USABLE, fit_and_validate

    installation = open_installation()
    warehouse, snapshot = installation.warehouse, _read(installation, snapshot_name)
    trained = fit_and_validate(snapshot, installation.contract, installation.organisation)
    number = _register(installation, trained)
    as_of_date, ranker = date.fromisoformat(snapshot.as_of_date), snapshot.ranker
    write_validation_predictions(warehouse, trained.predictions, as_of_date=as_of_date, ranker=ranker, version=number)
    record_version(
        warehouse,
        as_of_date=as_of_date,
        ranker=ranker,
        version=number,
        status="challenger" if trained.status == USABLE else trained.status,
        sentence=trained.sentence,
        snapshot=snapshot,
        metrics=trained.metrics,
    )
    if trained.status != USABLE:
        raise NothingToDoError(trained.sentence)
    _log.info("%s", trained.sentence)
    return number


def _register(installation: Installation, trained: TrainedRanker) -> str:
    """Register a version with its model card, as far as that is known yet, and give its number."""
    from reports.card_records import record_facts
    from reports.model_card import ModelCard, training_facts

    version = installation.registry.log_version(trained)
    facts = training_facts(trained, version, installation.contract, installation.organisation)
    record_facts(installation.warehouse, facts)
    card = ModelCard(facts, status=trained.status, sentence=trained.sentence)
    installation.registry.log_card(trained.ranker, version.number, card.to_json())
    return version.number


def check_impact(snapshot_name: str, number: str) -> str:
    """Check whether a version's scores put a protected group at a disadvantage; give the finding in words.

    Empty where they do not: then nobody need be asked for it.
    """
    from reports.impact_check import check_impact as check

    installation = open_installation()
    snapshot = _read(installation, snapshot_name)
    found = check(
        installation.warehouse,
        snapshot.ranker,
        number,
        as_of_date=date.fromisoformat(snapshot.as_of_date),
        champion=installation.registry.champion_number(snapshot.ranker),
        seed=installation.organisation.rankers.seed,
    )
    _log.info("%s", found.sentence)
    return found.sentence if found.verdict == "failed" else ""


def compare(snapshot_name: str, number: str, disadvantage: str) -> str:
    """Judge a version against the champion, note it, and give the decision: ``promote``, ``reject`` or ``ask``.

    What is good enough is left to a person where its scores put a group at a disadvantage, as ``disadvantage`` says,
    and the organisation file does not accept that in writing, or where it leaves every promotion to one.
    """
    from ml.rankers.compare import left_to_a_person

    installation = open_installation()
    snapshot = _read(installation, snapshot_name)
    comparison, settings = _compare(installation, snapshot, number), installation.organisation.promotion
    if disadvantage and settings.impact_waiver:
        words = f"Accepted in writing (promotion.impact_waiver): {settings.impact_waiver}"
        comparison = replace(comparison, sentence=f"{comparison.sentence} {disadvantage} {words}")
    elif disadvantage:
        comparison = left_to_a_person(comparison, disadvantage)
    elif settings.impact_waiver:
        # Nobody was at a disadvantage, or that could not be checked.
        unneeded = "The organisation file's promotion.impact_waiver waived nothing."
        comparison = replace(comparison, sentence=f"{comparison.sentence} {unneeded}")
    if settings.approval == "always":
        comparison = left_to_a_person(comparison, "Every promotion is left to a person (promotion.approval).")
    status = "rejected" if comparison.decision == "reject" else "challenger"
    _note(installation, snapshot, number, status=status, sentence=comparison.sentence)
    _log.info("%s", comparison.sentence)
    return comparison.decision


def ask(snapshot_name: str, number: str, decision: str) -> dict[str, str]:
    """Note that a version waits for a person, and put the question: its ``subject`` and its ``body`` in Markdown.

    Raises
    ------
    NothingToDoError
        It was decided without a person.
    """
    from ml import approvals
    from reports.impact_check import read_table

    installation = open_installation()
    snapshot = _read(installation, snapshot_name)
    if decision != "ask":
        raise NothingToDoError(f"{snapshot.ranker} version {number}: nobody is asked, the comparison said {decision}.")
    question = approvals.put_question(installation.warehouse, snapshot.ranker, number, at=datetime.now(UTC))
    table = read_table(installation.warehouse, snapshot.ranker, number)
    body = f"{question}\n\n{table}".strip()
    return {"subject": f"May {snapshot.ranker} version {number} become the champion?", "body": body}


def act(snapshot_name: str, number: str, answer: dict[str, Any] | None) -> None:
    """Do as the person says who was asked; None of a run that cannot wait for one.

    Raises
    ------
    NothingToDoError
        Nobody has answered yet, or somebody has elsewhere, or the version was rejected; the champion stays.
    NoReasonError, NotAnApproverError
        The answer has no reason, or is of somebody whose answer does not count; the version still waits.
    """
    from ml import approvals

    installation = open_installation()
    ranker = _read(installation, snapshot_name).ranker
    if answer is None:
        raise NothingToDoError(
            f"{ranker} version {number} waits for a person: `facetrank models` says why; then "
            f"`facetrank approve {ranker} {number} --reason TEXT`, or `facetrank reject` likewise."
        )
    decision = _read_answer(answer)
    if not decision.reason.strip():
        raise approvals.NoReasonError(
            f"{ranker} version {number}: {decision.by} gave no reason, and an answer is kept with one: clear the task "
            f"approve and answer again, or use `facetrank approve {ranker} {number} --reason TEXT`."
        )
    try:
        approvals.decide(
            installation.registry,
            installation.warehouse,
            ranker,
            number,
            decision,
            approvers=installation.organisation.promotion.approvers,
        )
    except approvals.NotWaitingError as error:
        raise NothingToDoError(str(error)) from None
    if decision.answer != "approved":
        raise NothingToDoError(f"{ranker} version {number} is not promoted: {decision.answer} by {decision.by}.")
    _log.info("%s version %s is the champion: approved by %s, %s", ranker, number, decision.by, decision.reason)


def promote(snapshot_name: str, number: str, decision: str) -> None:
    """Make a version the champion if that was decided.

    Raises
    ------
    NothingToDoError
        It was rejected, or a person decides.
    """
    from ml import model_versions

    installation = open_installation()
    ranker = _read(installation, snapshot_name).ranker
    if decision != "promote":
        raise NothingToDoError(f"{ranker} version {number} is not promoted: the comparison said {decision}.")
    registry, warehouse = installation.registry, installation.warehouse
    model_versions.promote(registry, warehouse, ranker, number, by=RULE, at=datetime.now(UTC))


def announce(as_of_date: date) -> None:
    """Say which rankers the newest retraining as of the date gave a champion.

    Raises
    ------
    NothingToDoError
        None was.
    """
    with open_installation().warehouse.connect(TRAINER) as connection:
        names = [name for (name,) in connection.execute(_CHAMPIONS, [as_of_date])]
    if not names:
        raise NothingToDoError(f"No ranker has a new champion as of {as_of_date}.")
    _log.info("New champions as of %s: %s", as_of_date, ", ".join(names))


def _compare(installation: Installation, snapshot: Snapshot, number: str) -> Comparison:
    from ml.model_versions import rolled_back_from
    from ml.rankers.compare import another_recipe, compare, earlier_training, first_version, rolled_back
    from ml.rankers.recipe import RECIPE

    registry = installation.registry
    champion = registry.champion(snapshot.ranker)
    if champion is None:
        return first_version(snapshot.ranker)
    if snapshot.as_of_date < champion.as_of_date:
        return earlier_training(snapshot, champion.version, champion.as_of_date)
    left = rolled_back_from(installation.warehouse, snapshot.ranker, snapshot.data_hash)
    if left is not None:
        return rolled_back(snapshot, left)
    if champion.recipe_number != str(RECIPE):
        return another_recipe(snapshot, champion.version, champion.recipe_number)
    challenger = registry.load(snapshot.ranker, number)
    return compare(challenger.recipe, champion.recipe, snapshot=snapshot, organisation=installation.organisation)


def _read_answer(answer: Mapping[str, Any]) -> Decision:
    """Read what Airflow's human-in-the-loop task gives: an option, a reason, and by whom; by nobody once time is up."""
    from ml.approvals import Decision

    person, at = answer["responded_by_user"], answer["responded_at"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    if person is None:
        return Decision("lapsed", "nobody", "no answer in time", moment)
    chosen: Answer = "approved" if answer["chosen_options"] == [APPROVE] else "rejected"
    return Decision(chosen, str(person["name"]), str(answer["params_input"]["reason"]), moment)


def _read(installation: Installation, snapshot_name: str) -> Snapshot:
    from ml.rankers.snapshot import read_snapshot

    return read_snapshot(installation.snapshots / f"{snapshot_name}.json")


def _note(installation: Installation, snapshot: Snapshot, number: str, *, status: str, sentence: str) -> None:
    key = [date.fromisoformat(snapshot.as_of_date), snapshot.ranker, number]
    with installation.warehouse.connect(TRAINER) as connection:
        connection.execute(_JUDGED, [status, sentence, *key])
