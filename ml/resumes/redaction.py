"""Dropping a person's own data from a resume before anything of it is stored for matching.

Dropped are names, addresses, phone numbers, e-mail addresses, links to people's pages, birth dates and ages, marital
and family status, sex, nationality and visa status, religion, health, service, photos, and who gives references.
Skills, employers, titles, degrees and the dates of jobs stay. A bar stands where something was dropped, so that
redacting again changes nothing.
"""

from __future__ import annotations

import re

from ml.resumes.sections import heading_kind, lines_of, read_sections
from ml.resumes.titles import EMPLOYER, TITLE

BAR = "█"
_PERSONAL_LABELS = (
    r"(?:full |first |last |sur|family |given |middle |maiden |candidate )?name|vorname|nachname|nom|prénom|nombre|"
    r"apellidos|"
    r"(?:date of birth|d\.?o\.?b\.?|birth ?date|birthday|born|geboren|geburtsdatum|geburtsort|place of birth|né le|"
    r"date de naissance|fecha de nacimiento)|age|alter|âge|edad|sex|gender|geschlecht|sexe|pronouns|"
    r"(?:marital|civil|family|relationship)(?:/family)? ?status|familienstand|état civil|situation (?:familiale|"
    r"de famille)|estado civil|"
    r"children|kinder|dependants|dependents|spouse|spouse['’]?s name|(?:father|mother|husband)['’]?s? name|father|"
    r"nationality|nationalities|citizenship|staatsangehörigkeit|nationalität|nationalité|nacionalidad|nazionalità|"
    r"(?:visa|immigration|residency|residence|work permit|work authori[sz]ation)(?: status)?|religion|konfession|race|"
    r"ethnicity|"
    r"caste|blood group|disability|schwerbehinderung|health|height|weight|photo|photograph|picture|lichtbild|"
    r"(?:military|veteran)(?: service| status)?|passport(?: (?:no|number|details))?\.?|pan(?: no)?\.?|aadhaar|ssn|"
    r"social security(?: number)?|"
    r"(?:permanent |present |current |mailing |home |postal |residential |street )?address|adresse|anschrift|"
    r"dirección|residence|wohnort|"
    r"(?:mobile|cell|home|work|contact)?(?: ?(?:phone|telephone|number|no\.?|tel\.?))|tel|telefon|téléphone|teléfono|"
    r"mobile|cell|fax|handy|"
    r"e-?mail(?: id| address)?|courriel|skype(?: id)?|linkedin|github|twitter|facebook|instagram|xing|website|"
    r"homepage|blog|web"
)
# "Status: Green Card Holder", "Address: 1 High Street, Leeds | Java": a label and what follows up to a separator.
_LABELLED = re.compile(
    rf"(?:(?<=^)|(?<=[|;•·\t█])|(?<=[ ,]{{2}}))[ \t*•-]{{0,8}}+(?= ?[^\W\d_])"
    rf"(?:{_PERSONAL_LABELS}|status(?=\s*:[^|;\n]*(?:card|citizen|visa|married|single|resident)))"
    rf"[ \t]*(?:[:–=]|-(?=[ \t]))[ \t:–-]*(?P<value>[^|;•·\t\n]*?)(?=[ \t]?(?:$|[|;•·\t]| {{3,}}))",
    re.IGNORECASE | re.MULTILINE,
)
_EMAIL = re.compile(
    r"(?<![\w.+'-])[\w.+'-]{1,64}(?:\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|"
    r" ?[\[(]at[\])] ?[\w-]{1,63} ?(?:[\[(]dot[\])]|\.) ?\w+)",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"(?<![\w-])(?:https?://)?(?:[\w-]{1,30}\.)?(?:linkedin\.com|github\.com|github\.io|gitlab\.com|bitbucket\.org|"
    r"twitter\.com|x\.com|facebook\.com|"
    r"instagram\.com|xing\.com|medium\.com|behance\.net|dribbble\.com|kaggle\.com|orcid\.org|researchgate\.net|"
    r"about\.me|"
    r"stackoverflow\.com/users|youtube\.com|t\.me|wa\.me|scholar\.google\.\w+)(?:/[^\s,;|)]*)?",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s,;|)]+", re.IGNORECASE)
# Nine or more digits in groups; years and dates of jobs have fewer, or a word between them.
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d{1,4}\)?(?:[ .\-/\xa0()]{0,2}\d{1,5}){2,6}(?![\w/]|[.,]\d)")
_PERIOD_LIKE = re.compile(r"\d{1,2}[./-](?:\d{1,2}[./-])?(?:19|20)\d\d|(?:19|20)\d\d\s*[-–./]\s*(?:19|20)?\d\d")
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s+(?:[A-Z][\w.'-]{0,30}\s+){1,4}(?i:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|"
    r"blvd|court|ct|"
    r"place|pl|square|sq|terrace|way|close|crescent|gardens|highway|parkway|pkwy)\b\.?(?:,?\s*(?i:apt|apartment|suite|"
    r"unit|flat|#)\.?\s*\w+)?|"
    r"\b[A-ZÄÖÜ][\w.-]{0,40}(?:straße|strasse|str\.|weg|gasse|allee|platz)\s+\d{1,4}\s?[a-z]?\b|"
    r"\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?i:rue|avenue|boulevard|chemin|impasse|place|allée)\s+(?:de |du |des |la |le |"
    r"l['’])*[A-ZÉ][^\n,|;]{2,40}|"
    r"\b(?i:calle|via|avenida|rua)\s+[A-Z][^\n,|;]{2,30},?\s+\d{1,4}|\b(?i:p\.?\s?o\.? box) \d+|\b(?i:flat|apt|"
    r"apartment|house) (?:[Nn]o\.? ?)?\d+\w*"
)
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|(?<=[A-Z]{2} )\d{5}(?:-\d{4})?\b|\b[A-Z]\d[A-Z] \d[A-Z]\d\b|"
    r"(?<![\d€$£.,])(?:[A-Z]{1,2}-)?\d{4,5}(?= [A-ZÄÖÜ][a-zäöüß]+)|(?<=[a-z] - )\d{6}\b|(?<=[a-z]-)\d{6}\b"
)
_STATEMENT = re.compile(
    r"\b(?:aged?\s+\d{2}\b|\d{2}[ -]years?[ -](?:old|of age)\b|\d{2} jahre alt|\d{2} ans\b(?! d)|born (?:on|in)\b[^,;|"
    r"\n]*|"
    r"(?:geboren|geb\.) (?:am|in)\b[^,;|\n]*|née? (?:le|en|à)\b[^,;|\n]*)",
    re.IGNORECASE,
)
# Alone between separators of the header or a list of personal data.
_ALONE = re.compile(
    r"(?:(?<=^)|(?<=[|;•·,\t]))[ \t]{0,8}(?:(?:un)?married|single|divorced|widowed|verheiratet|ledig|geschieden|"
    r"verwitwet|marié(?:e)?|célibataire|"
    r"(?:no|one|two|three|four|\d) (?:child|children|kids|kinder|kind|enfants?)|male|female|non-binary|männlich|"
    r"weiblich|"
    r"(?:he/him|she/her|they/them)(?:/\w+)?|\(?(?:he/him|she/her|they/them)\)?|"
    r"(?:us|u\.s\.|uk|eu|american|british|indian|german|french) (?:citizen|national)|green card(?: holder)?|"
    r"permanent resident|"
    r"h-?1b(?: visa)?|christian|muslim|hindu|jewish|catholic|(?:us |army |navy )?veteran|"
    r"[\[(]?(?:passport[ -]size )?(?:photo|photograph|picture|foto|bild|image)(?: \w+)?[\])]?|"
    r"\S{1,80}\.(?:jpe?g|png|gif|bmp))[ \t]{0,8}(?=$|[|"
    r";•·,\t])",
    re.IGNORECASE | re.MULTILINE,
)
_KEPT_PERSONAL = re.compile(r"[ \t•*-]*(?:languages?|sprachen|langues|skills?|computer)\b[^:\n]*[:–-]", re.IGNORECASE)
_NAME_LABEL = re.compile(
    r"(?:(?:r[ée]sum[ée]|curriculum vitae|cv|lebenslauf|bio-?data|profile)(?:\s+(?:of|for|von|de)\b)?\s*[:–-]?\s*)",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|m)\.?\s+", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s*(?:[,|•·;(\t/–]|\s-\s|\s{3,}).*$", re.DOTALL)
_NAME_WORD = re.compile(
    r"[A-ZÀ-ÖØ-Þ](?:\.|[\w'’-]*\.?)|(?:van|von|der|den|de|del|della|di|da|dos|la|le|bin|al|el|ten|zu)"
)
_HEADER_LINES = 4
_ORDINARY_WORDS = (
    "resume curriculum vitae cv lebenslauf profile summary objective confidential page draft phone mobile email "
    "address personal "
    "data software senior junior java python web mobile cloud digital business human sales marketing finance project "
    "product "
    "new san los saint north south east west city state united kingdom states great"
)
_NO_NAME = frozenset(_ORDINARY_WORDS.split())


def redact(text: str) -> str:
    """Drop a person's own data; see the module for what.

    Returns
    -------
    str
        The text with a bar in place of what was dropped. ``redact(redact(text)) == redact(text)``.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    name = _name_of(text)
    text = _without_people(text)
    for pattern in (_EMAIL, _PAGE, _STREET, _STATEMENT, _ALONE):
        text = pattern.sub(_bar, text)
    text = _PHONE.sub(_phone_bar, _in_header(text))
    if name:
        text = _without_name(text, name)
    # Last, since a label may follow on what was dropped: "jo@mail.example Age: 34".
    text = _LABELLED.sub(_bar, text)
    return re.sub(rf"{BAR}(?:[ \t]*{BAR})+", BAR, text)


def _bar(match: re.Match[str]) -> str:
    """Put a bar, and keep the spaces and separators about what is dropped."""
    written = match.group()
    before = written[: len(written) - len(written.lstrip(" \t"))]
    return f"{before}{BAR}"


def _phone_bar(match: re.Match[str]) -> str:
    digits = sum(letter.isdigit() for letter in match.group())
    is_phone = 9 <= digits <= 15 and not _PERIOD_LIKE.search(match.group())
    return BAR if is_phone else match.group()


def _in_header(text: str) -> str:
    """Drop links and postcodes from what stands before the first heading, where they are the person's own."""
    end = read_sections(text)[0].end
    header = _POSTCODE.sub(BAR, _LINK.sub(BAR, text[:end]))
    return header + text[end:]


def _without_people(text: str) -> str:
    """Empty the sections of personal data and of references; a line of languages or skills stays."""
    parts, position = [], 0
    for section in read_sections(text):
        if section.is_inline or section.kind not in ("personal", "references"):
            continue
        lines = [text[start:end] for start, end in lines_of(text, section.start, section.end)]
        kept = [line for line in lines if _KEPT_PERSONAL.match(line)] if section.kind == "personal" else []
        parts.append(text[position : section.start])
        parts.append("".join(f"{line}\n" for line in [BAR, *kept]) + "\n")
        position = section.end
    return "".join(parts) + text[position:]


def _name_of(text: str) -> str | None:
    """Find the person's name among the first lines, unless it was dropped before."""
    header_end = read_sections(text)[0].end
    lines = [text[start:end].strip() for start, end in lines_of(text, 0, header_end)]
    for line in [line for line in lines if line][:_HEADER_LINES]:
        if BAR in line:
            return None
        bare = _HONORIFIC.sub("", _NAME_LABEL.sub("", line, count=1), count=1)
        name = _AFTER_NAME.sub("", bare).strip(" *#_=.:")
        if _is_name(name):
            return name
    return None


def _is_name(words: str) -> bool:
    parts = words.split()
    if not 2 <= len(parts) <= 5 or heading_kind(words) or TITLE.search(words) or EMPLOYER.search(words):
        return False
    is_plain = all(_NAME_WORD.fullmatch(part) for part in parts) and parts[0][0].isupper()
    return is_plain and not any(part.casefold().strip(".") in _NO_NAME for part in parts)


def _without_name(text: str, name: str) -> str:
    words = [re.escape(word) for word in name.split()]
    pattern = r"\s+".join(words)
    reverse = rf"{words[-1]},?\s+{words[0]}"
    return re.sub(rf"(?<!\w)(?:{pattern}|{words[0]}\s+{words[-1]}|{reverse})(?!\w)", BAR, text, flags=re.IGNORECASE)
