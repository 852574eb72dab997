"""Failed expectations as sentences: what, where, how many, for example which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

    from expectations.checks import Check, Subject

_LONGEST_EXAMPLE = 80


@dataclass(frozen=True)
class Outcome:
    """One subject's part of a gate.

    Attributes
    ----------
    subject : str
        Name of what was checked.
    evaluated : int
        Expectations that were evaluated, at least one.
    failures : tuple of str
        One sentence per expectation that was not met, in the order of the suite.
    notes : tuple of str
        What a reader should know although it breaks nothing.
    """

    subject: str
    evaluated: int
    failures: tuple[str, ...]
    notes: tuple[str, ...] = ()


def outcome_of(subject: Subject, result: ExpectationSuiteValidationResult) -> Outcome:
    """Summarise the validation of a subject; a suite of which nothing was evaluated is itself a failure."""
    failures = [
        failure_sentence(subject, check, single.result, _exception(single))
        for check, single in zip(subject.checks, result.results, strict=True)
        if not single.success
    ]
    if not result.results:
        failures = [f"{subject.name}: nothing was checked: the suite has no expectation."]
    return Outcome(subject.name, len(result.results), tuple(failures), subject.notes)


def failure_sentence(subject: Subject, check: Check, result: Mapping[str, Any], exception: str | None = None) -> str:
    """Say in one sentence which rule is broken where, by how many rows, with examples where these may be shown."""
    where = f"{subject.name}.{check.column}" if check.column else subject.name
    return f"{where} {check.rule}: {exception or _observation(check, result)}."


def _observation(check: Check, result: Mapping[str, Any]) -> str:
    if check.expectation == "ExpectTableColumnsToMatchSet":
        return _mismatch(result["details"]["mismatched"], is_exact=check.arguments["exact_match"])
    if check.expectation == "ExpectNoRows":
        return _broken(check, result["observed_value"], None, result["examples"])
    if "unexpected_count" in result:
        return _broken(check, result["unexpected_count"], result["element_count"], result["partial_unexpected_list"])
    return f"there are {result['observed_value'] or 'none'}"


def _broken(check: Check, count: int, total: int | None, examples: Sequence[Any]) -> str:
    if check.finds_sentences:
        more = count - len(examples)
        return "; ".join([*map(str, examples), *([f"and {more} more"] if more else [])])
    rows = f"{count} of {total} rows" if total is not None else f"{count} {'row' if count == 1 else 'rows'}"
    has_values = check.expectation != "ExpectColumnValuesToNotBeNull" and examples
    shown = f", for example {_listing(examples)}" if has_values else ""
    return f"{rows} {'breaks' if count == 1 else 'break'} this{shown}"


def _mismatch(mismatched: Mapping[str, list[str]], *, is_exact: bool) -> str:
    words = {"missing": "missing", "unexpected": "not expected"} if is_exact else {"missing": "missing"}
    return " and ".join(
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {words[key]}"
        for key, names in mismatched.items()
        if names and key in words
    )


def _exception(single: Any) -> str | None:
    """Give the first line of what an evaluation raised, None if it raised nothing."""
    info = single.exception_info
    details = [info] if "raised_exception" in info else list(info.values())
    messages = [detail["exception_message"] for detail in details if detail["raised_exception"]]
    return f"it could not be checked ({messages[0].strip().splitlines()[0]})" if messages else None


def _listing(examples: Sequence[Any]) -> str:
    return ", ".join(dict.fromkeys(_written(example) for example in examples))


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return " and ".join(_written(part) for part in value.values())
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[:_LONGEST_EXAMPLE]}..."
