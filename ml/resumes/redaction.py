"""What a resume says of the person and not of their work, dropped before anything is stored (design section 5).

Names, addresses, telephone numbers, e-mail and personal pages, birth dates and age, sex, marital status, nationality,
religion, identity numbers and remarks on photos become ``[…]``, which has no letters: no word of it can be matched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DROPPED = "[…]"
# Fields of a person, as forms head them; what follows on the line goes.
_FIELDS = "|".join(
    (
        r"(?:full |first |last |middle |given |family |candidate |father'?s |mother'?s |husband'?s |spouse'?s )?name",
        r"surname|vorname|nachname|nom|prénom",
        r"date of birth|birth ?date|birth ?day|birth ?place|place of birth|d\.?o\.?b\.?|born(?: on| in)?|geburtsdatum",
        r"geburtsort|geboren(?: am)?|date de naissance|age|alter|âge|gender|sex|geschlecht",
        r"marital status|civil status|family status|familienstand|état civil|(?:no\. of )?children|kinder",
        r"nationality|citizenship|staatsangehörigkeit|nationalité|religion|caste|race|ethnicity|ethnic origin",
        r"visa(?: status)?|work permit|passport(?: no\.?| number| details)?|pan(?: no\.?| number)?|ssn",
        r"aadha?ar(?: no\.?| number)?|social security(?: no\.?| number)?|national insurance(?: no\.?| number)?",
        r"blood group|height|weight|health|disability|veteran(?: status)?|military (?:status|service)",
        r"(?:permanent |current |present |postal |mailing |home |residential |correspondence )?address",
        r"anschrift|adresse|wohnort|residence|post ?code|zip(?: code)?|pin ?code",
        r"(?:mobile|cell|tele)?phone(?: no\.?| number)?|(?:mobile|tel|cell|contact|fax|whatsapp)\.?(?: no\.?| number)?",
        r"telefon|handy|e-?mail(?: id| address)?|skype(?: id)?|linked ?in|github|gitlab|xing|facebook|twitter",
        r"instagram|website|homepage|photo(?:graph)?|signature|unterschrift",
    )
)
# What stands between the field and its value: a colon, or a dash with space, as a hyphen may belong to a word.
_FIELD = re.compile(
    rf"(?:^|(?<=[\n|;•·]))[ \t]*+(?:[*•·-][ \t]*+)?(?:{_FIELDS})[ \t]*+(?::-?|[-–—](?=[ \t]))[^\n|;•·]+", re.IGNORECASE
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PAGE = re.compile(
    r"(?:https?://|www\.)[^\s,;|)]+|\b(?:[a-z]{2,3}\.)?(?:linkedin|github|gitlab|xing|facebook|twitter|instagram)\.com/[^\s,;|)]+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w/.,])\(?\+?\(?\d[\d \t().-]{7,22}\d(?![\w/])")
_LEAST_DIGITS = 9
_YEAR = re.compile(r"(?:19|20)\d\d")
_STREETS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Square|Terrace|Crescent|Close|Way"
    "|Nagar|Marg"
)
_STREET = re.compile(
    rf"\b\d+[A-Za-z]?(?:[/-]\d+)?,?[ \t]+(?:[A-Z][\w'.-]*[ \t]+){{1,4}}(?:{_STREETS})\b\.?[^\n|;•·]*"
    r"|\b[A-ZÄÖÜ][a-zäöüß]+(?:straße|strasse|str\.|weg|platz|allee|gasse)[ \t]+\d+[a-z]?\b[^\n|;•·]*"
    r"|\bP\.?[ \t]?O\.?[ \t]Box[ \t]\d+[^\n|;•·]*"
)
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?[ \t]\d[A-Z]{2}\b|\b[A-Z]{2}[ \t]\d{5}(?:-\d{4})?\b|(?<=[a-z])[ \t]*[-–][ \t]*\d{6}\b"
)
_LIFE = re.compile(
    r"\b(?:born|geboren|née?)[ \t]+(?:on|in|am|le|the)?[ \t]*\d[^\n,;|.]*(?:19|20)\d\d"
    r"|\baged?[ \t]+\d\d\b|\b\d\d[ \t]+years[ \t]+(?:old|of[ \t]+age)\b"
    r"|^[ \t]*+(?:[*•·-][ \t]*+)?(?:un)?(?:married|single|divorced|widowed|verheiratet|ledig|geschieden)\b"
    r"(?:[ \t]*[,;(/][^\n]{0,40}|[ \t]+(?:with|and|mit|und)\b[^\n]{0,20}(?:child|kid|son|daughter|kind)\w*)?\.?[ \t]*$"
    r"|^[ \t]*+[\[(]?(?:passport[ \t]size[ \t])?photo(?:graph)?(?:[ \t](?:attached|here|enclosed))?[\])]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_PERSON = re.compile(
    r"(?:(?:mr|mrs|ms|miss|dr|prof|herr|frau)\.?[ \t]+)?"
    r"(?P<name>[^\W\d_][\w'’-]*\.?"
    r"(?:[ \t]+(?:(?:van|von|de|der|den|del|da|di|bin|al|el|la|le)[ \t]+)*[^\W\d_][\w'’-]*\.?){1,3})"
    r"(?=[ \t]*(?:$|[,|•·(–—]|[ \t]-[ \t]))",
    re.IGNORECASE,
)
_HEADED_PERSON = re.compile(
    r"^[ \t]*(?:r[eé]sum[eé]|curriculum[ \t]+vitae|cv|lebenslauf)[ \t]*(?:of|for|von|de|[-–—:])[ \t]*", re.IGNORECASE
)
_OF_WORK = """
    about accountant achievements administrator advisor analyst architect assistant associate attorney auditor
    background banker buyer career cashier chef chief clerk coach consultant contact controller coordinator
    coordination counsel curriculum data dentist designer details developer director doctor driver economist editor
    education electrician employment engineer engineering executive experience expert finance fellow head history
    human intern journalist junior lawyer lead leader lecturer librarian machine machinist management manager
    marketing mechanic nurse objective officer operator owner partner personal pharmacist physician pilot planner
    postdoctoral practitioner president principal producer product professional professor profile programmer project
    qualifications recruiter references representative research researcher resources resume résumé sales scientist
    secretary senior service skills software specialist staff strategist student summary superintendent supervisor
    support system systems teacher technical technician technologist tester therapist trainee trainer translator
    tutor vice vitae welder work worker writer
"""
# Words of titles and headings: a line that has one of them names no person.
_WORK_WORDS = frozenset(_OF_WORK.split())
# A name stands at the top, before any section.
_TOP_LINES = 5
_OF_SECTIONS = """
    achievements background career education employment experience objective profile qualifications skills summary
    berufserfahrung ausbildung profil kenntnisse formation compétences expérience
"""
_SECTION_WORDS = frozenset(_OF_SECTIONS.split())


def redact(text: str) -> str:
    """Drop what a resume says of the person.

    Parameters
    ----------
    text : str
        As it was read from the document.

    Returns
    -------
    str
        The same text with ``[…]`` for what was dropped; redacted again, it stays as it is.
    """
    for name in sorted(set(_names(text)), key=len, reverse=True):
        words = r"\s+".join(map(re.escape, name.split()))
        text = re.sub(rf"(?<!\w){words}(?!\w)", DROPPED, text, flags=re.IGNORECASE)
    for pattern, replace in _PATTERNS:
        text = pattern.sub(replace, text)
    return re.sub(r"(?:\[…\][ \t]*){2,}", DROPPED, text)


def _names(text: str) -> Iterator[str]:
    """Give the person's name: the first line at the top that is one, and what a form calls the name."""
    lines = [line.strip() for line in text.split("\n") if line.strip()][:_TOP_LINES]
    for line in lines:
        # What was redacted before has its name dropped already.
        if DROPPED in line or _is_section(line):
            break
        found = _PERSON.match(_HEADED_PERSON.sub("", line))
        if found and _is_person(found["name"]):
            yield found["name"]
            break
    for field in re.finditer(r"(?im)^[ \t]*(?:full |candidate )?name[ \t]*[:-][ \t]*(?P<name>[^\n,|;]+)", text):
        words = field["name"].split()
        if 2 <= len(words) <= 5 and _is_person(field["name"]):
            yield field["name"].strip()


def _is_section(line: str) -> bool:
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", line)]
    return 0 < len(words) <= 3 and not _SECTION_WORDS.isdisjoint(words)


def _is_person(name: str) -> bool:
    words = re.findall(r"[^\W\d_][\w'’-]*", name)
    is_capitalised = all(word[0].isupper() or (word.islower() and len(word) <= 3) for word in words)
    return len(words) > 1 and is_capitalised and not any(word.casefold() in _WORK_WORDS for word in words)


def _if_telephone(match: re.Match[str]) -> str:
    """Drop a number unless it is dates or too short: "2012 - 2015 2016 - 2018" and "06.2015 - 08.2018" are dates."""
    digits = re.findall(r"\d+", match.group())
    is_dates = any(map(_YEAR.fullmatch, digits)) and all(_YEAR.fullmatch(part) or len(part) <= 2 for part in digits)
    return match.group() if is_dates or sum(map(len, digits)) < _LEAST_DIGITS else DROPPED


def _keeping_margin(match: re.Match[str]) -> str:
    found = match.group()
    return found[: len(found) - len(found.lstrip(" \t"))] + DROPPED


_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_FIELD, _keeping_margin),
    (_MAIL, DROPPED),
    (_PAGE, DROPPED),
    (_STREET, DROPPED),
    (_LIFE, DROPPED),
    (_NUMBER, _if_telephone),
    (_POSTCODE, DROPPED),
)
