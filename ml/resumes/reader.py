"""What one process does with one resume: from its bytes to a redacted text and to facts."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ml.resumes.reading.documents import DocumentText, read_document, refuse_large
from ml.resumes.reading.errors import UnreadableError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from ml.organisation import ReadingLimits
    from ml.resumes.fact_types import ResumeFacts

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resume:
    """A resume to read.

    Attributes
    ----------
    source_hash : str
        Of its bytes.
    size_bytes : int
        Of the file; one beyond its limit comes without its content.
    content : bytes or str or None
        The file, or the text that landed as text.
    known : DocumentText or None
        What the same bytes gave before, redacted, so that only the facts are read.
    received_on : tuple of datetime.date
        The days (UTC) for which facts are wanted: what lasts "to present" lasts until then.
    """

    source_hash: str
    size_bytes: int
    content: bytes | str | None
    known: DocumentText | None
    received_on: tuple[dt.date, ...]


@dataclass(frozen=True)
class Reading:
    """What a resume says, or why it says nothing.

    Attributes
    ----------
    document : DocumentText or None
        Redacted; None where ``unreadable_reason`` says why.
    facts : mapping of datetime.date to ResumeFacts
        By the day of receipt.
    """

    document: DocumentText | None
    unreadable_reason: str | None = None
    facts: Mapping[dt.date, ResumeFacts] = field(default_factory=dict)


def unreadable(reason: str) -> Reading:
    """Give the reading of a file without a text."""
    return Reading(None, f"unreadable: {reason}")


class ResumeReader:
    """Reads resumes; whatever is in a file, its reading or a reason comes out.

    Parameters
    ----------
    limits : ReadingLimits
        What is refused.
    redact : callable
        Takes what tells who somebody is out of a text.
    read_facts : callable
        Reads the facts of a redacted text, as received on a day.
    """

    def __init__(
        self,
        limits: ReadingLimits,
        *,
        redact: Callable[[str], str],
        read_facts: Callable[[str, dt.date], ResumeFacts],
    ) -> None:
        self._limits = limits
        self._redact = redact
        self._read_facts = read_facts
        self._has_failed = False

    def __call__(self, resume: Resume) -> Reading:
        """Read one resume."""
        try:
            document = resume.known or self._read(resume)
            facts = {day: self._read_facts(document.text, day) for day in resume.received_on}
        except UnreadableError as error:
            return unreadable(str(error))
        except MemoryError:
            return unreadable(f"reading it takes more than {self._limits.memory_megabytes:,} MB of memory")
        # BLE001: no file may stop the others, whichever way it is broken; the reason is on record.
        except Exception as error:  # noqa: BLE001
            self._log_first()
            return unreadable(f"reading it failed ({type(error).__name__})")
        return Reading(document, facts=facts)

    def _log_first(self) -> None:
        # One is enough to find out where: if it is our mistake, every resume makes it.
        if not self._has_failed:
            _log.warning("Reading a resume failed; further ones are counted only.", exc_info=True)
        self._has_failed = True

    def _read(self, resume: Resume) -> DocumentText:
        if resume.content is None:
            refuse_large(resume.size_bytes, self._limits)
        document = read_document(resume.content or b"", self._limits)
        return replace(document, text=self._redact(document.text))


def make_reader(limits: ReadingLimits) -> ResumeReader:
    """Make the reader of resumes, its taxonomy and model read from their files."""
    from ml.resumes.facts import read_facts
    from ml.resumes.redaction import redact
    from ml.resumes.tagger import read_tagger
    from ml.resumes.taxonomy import read_taxonomy

    taxonomy = read_taxonomy()
    tagger = read_tagger(taxonomy)

    def facts(text: str, received_on: dt.date) -> ResumeFacts:
        return read_facts(text, received_on=received_on, taxonomy=taxonomy, tagger=tagger)

    return ResumeReader(limits, redact=redact, read_facts=facts)
