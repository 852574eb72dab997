"""From the bytes of one file to its text. The process that calls it has limits of time and memory (``workers``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.resumes.reading.cleaning import clean_text
from ml.resumes.reading.errors import UnreadableError
from ml.resumes.reading.kinds import MEGABYTE, decode, tell_kind, tell_text

if TYPE_CHECKING:
    from ml.organisation import ReadingLimits
    from ml.resumes.reading.kinds import Kind


@dataclass(frozen=True)
class DocumentText:
    """What a file says.

    Attributes
    ----------
    text : str
        Cleaned up, never empty.
    kind : str
        What the file is, told from its content.
    pages : int or None
        Of a PDF.
    """

    text: str
    kind: Kind
    pages: int | None


def read_document(content: bytes | str, limits: ReadingLimits) -> DocumentText:
    """Read a file; what kind it is, its content tells.

    Parameters
    ----------
    content : bytes or str
        The file, or a text that came as text.
    limits : ReadingLimits
        What is refused.

    Raises
    ------
    UnreadableError
        There is no text in it, or it is beyond a limit; the message is the reason.
    MemoryError
        It needs more memory than the process may have.
    """
    if not content.strip():
        raise UnreadableError("empty file")
    refuse_large(len(content), limits)
    kind = tell_text(content) if isinstance(content, str) else tell_kind(content, limits)
    raw, pages = _read(content, kind, limits)
    text = clean_text(raw)
    if not text:
        raise UnreadableError("no text in it")
    if len(text) > limits.characters:
        raise UnreadableError(f"{len(text):,} characters, more than the {limits.characters:,} that a resume may have")
    return DocumentText(text, kind, pages)


def refuse_large(size: int, limits: ReadingLimits) -> None:
    """Refuse a file of more bytes than its limit.

    Raises
    ------
    UnreadableError
        It is larger.
    """
    if size > limits.file_megabytes * MEGABYTE:
        raise UnreadableError(
            f"{size / MEGABYTE:,.1f} MB, more than the {limits.file_megabytes} that a resume may have"
        )


def _read(content: bytes | str, kind: Kind, limits: ReadingLimits) -> tuple[str, int | None]:
    """Give the text of a file of a known kind, and its pages if it is a PDF."""
    from ml.resumes.reading.office import read_office
    from ml.resumes.reading.pdf import read_pdf
    from ml.resumes.reading.profiles import profile_text
    from ml.resumes.reading.word import read_docx

    if kind in ("txt", "profile"):
        text = content if isinstance(content, str) else decode(content)
        return (profile_text(text) if kind == "profile" else text), None
    file = content.encode() if isinstance(content, str) else content
    if kind == "pdf":
        return read_pdf(file, limits)
    if kind == "docx":
        return read_docx(file), None
    return read_office(file, kind), None
