"""Social profiles as JSON, turned into a text with headings, which is then read like any other resume.

Two layouts are known: JSON Resume (https://jsonresume.org/schema, ``basics`` and ``work``) and the exports that look
like LinkedIn's (``positions``, ``educations``, ``skills``); a section may also be one text. Only what says something of
the work is taken over: names, addresses, pictures, birth dates, links and whatever else the file has are not read.
"""

from __future__ import annotations

import calendar
import json
from typing import TYPE_CHECKING, Any

from ml.resumes.reading.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What each section may be called in a file, and the heading that it gets.
_SECTIONS: dict[str, tuple[str, ...]] = {
    "Experience": ("work", "positions", "position", "experience", "experiences", "jobs"),
    "Education": ("education", "educations"),
    "Skills": ("skills", "technology", "technologies"),
    "Certifications": ("certificates", "certifications"),
    "Projects": ("projects",),
}
_TITLE = ("position", "title", "role", "jobtitle")
_EMPLOYER = ("company", "companyname", "organization", "employer", "name")
_SCHOOL = ("institution", "school", "schoolname", "name")
_DEGREE = ("studytype", "degree", "degreename")
_FIELD = ("area", "fieldofstudy", "field", "major")
_ISSUER = ("issuer", "authority")
_START = ("startdate", "starteddate", "startedon", "start", "from")
_END = ("enddate", "finishedon", "end", "to")
_SUMMARY = ("summary", "description", "about")
_LISTS = ("highlights", "keywords", "courses")


def profile_text(content: str) -> str:
    """Give the text of a social profile.

    Parameters
    ----------
    content : str
        A JSON object.

    Raises
    ------
    UnreadableError
        It has none of the sections of a profile.
    """
    profile = _folded(json.loads(content))
    basics = _folded(profile.get("basics") or profile.get("profile") or profile)
    sections = {heading: _entries(profile, names) for heading, names in _SECTIONS.items()}
    if not any(sections.values()):
        raise UnreadableError("JSON that is no profile: it has no work, education or skills")
    blocks = [_lines([_text(basics, ("label", "headline")), _text(basics, _SUMMARY)])]
    for heading, entries in sections.items():
        write = _WRITERS.get(heading, _write_other)
        body = "\n\n".join(filter(None, (_lines(write(entry)) for entry in entries)))
        blocks.append(f"{heading}\n{body}" if body else "")
    return "\n\n".join(filter(None, blocks))


def _write_position(entry: Mapping[str, Any]) -> Iterator[str]:
    title = _text(entry, _TITLE)
    yield ", ".join(filter(None, (title, _text(entry, _EMPLOYER))))
    yield _period(entry)
    yield from _details(entry)


def _write_education(entry: Mapping[str, Any]) -> Iterator[str]:
    degree = " in ".join(filter(None, (_text(entry, _DEGREE), _text(entry, _FIELD))))
    yield ", ".join(filter(None, (degree, _text(entry, _SCHOOL))))
    yield _period(entry)
    yield from _details(entry)


def _write_skill(entry: Mapping[str, Any]) -> Iterator[str]:
    yield ", ".join(filter(None, (_text(entry, ("name", "skill")), *_listed(entry))))


def _write_other(entry: Mapping[str, Any]) -> Iterator[str]:
    yield ", ".join(filter(None, (_text(entry, ("name", "title")), _text(entry, _ISSUER))))
    yield from _details(entry)


_WRITERS = {"Experience": _write_position, "Education": _write_education, "Skills": _write_skill}


def _details(entry: Mapping[str, Any]) -> Iterator[str]:
    yield _text(entry, _SUMMARY)
    yield from (f"- {item}" for item in _listed(entry))


def _listed(entry: Mapping[str, Any]) -> list[str]:
    items = [item for name in _LISTS for item in _as_list(entry.get(name))]
    return [str(item).strip() for item in items if isinstance(item, str | int | float)]


def _period(entry: Mapping[str, Any]) -> str:
    start, end = _date(entry, _START), _date(entry, _END)
    return f"{start} - {end or 'present'}" if start else end


def _date(entry: Mapping[str, Any], names: Iterable[str]) -> str:
    """Write a date as ``March 2019`` or ``2019``, be it ISO text, a number or an object of year and month."""
    value = next((entry[name] for name in names if entry.get(name)), None)
    parts = (value.get("year"), value.get("month")) if isinstance(value, dict) else str(value or "").split("-")[:2]
    numbers = [int(part) for part in map(str, parts) if part.isdecimal()]
    if len(numbers) == 2 and 1 <= numbers[1] <= 12:
        return f"{calendar.month_name[numbers[1]]} {numbers[0]}"
    return str(numbers[0]) if numbers else str(value or "")


def _entries(profile: Mapping[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    values = [value for name in names for value in _as_list(profile.get(name))]
    return [_folded(value) if isinstance(value, dict) else {"name": value} for value in values]


def _as_list(value: object) -> list[Any]:
    # LinkedIn's API wraps its lists: {"values": [...]}.
    if isinstance(value, dict):
        value = value.get("values", [value])
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) and value else []


def _folded(value: object) -> dict[str, Any]:
    """Give an object with keys in one spelling: ``companyName``, ``company_name`` and ``Company Name`` are the same."""
    if not isinstance(value, dict):
        return {}
    return {str(key).casefold().replace("_", "").replace(" ", ""): item for key, item in value.items()}


def _text(entry: Mapping[str, Any], names: Iterable[str]) -> str:
    """Give the first of some values that is there, or the name of the object that stands for it."""
    value = next((entry[name] for name in names if entry.get(name)), "")
    if isinstance(value, dict):
        value = _folded(value).get("name", "")
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)
