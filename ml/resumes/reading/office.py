"""The text of .doc, .odt, .rtf and HTML files, by kreuzberg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.resumes.reading.errors import UnreadableError

if TYPE_CHECKING:
    from ml.resumes.reading.kinds import Kind

NAMES: dict[Kind, str] = {
    "doc": "Word document",
    "odt": "OpenDocument text",
    "rtf": "rich text",
    "html": "web page",
}
_MEDIA_TYPES: dict[Kind, str] = {
    "doc": "application/msword",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "html": "text/html",
}


def read_office(content: bytes, kind: Kind) -> str:
    """Give the text of a file that is none of PDF, .docx and plain text.

    Raises
    ------
    UnreadableError
        It is damaged or encrypted.
    MemoryError
        It needs more memory than the process may have.
    """
    from kreuzberg import ConcurrencyConfig, ExtractionConfig, KreuzbergError, extract_bytes_sync

    config = ExtractionConfig(
        use_cache=False, enable_quality_processing=False, concurrency=ConcurrencyConfig(max_threads=1)
    )
    try:
        return extract_bytes_sync(content, _MEDIA_TYPES[kind], config=config).content
    except KreuzbergError as error:
        if "out of memory" in str(error):
            raise MemoryError from None
        state = "encrypted" if "encrypt" in str(error).casefold() else "damaged"
        raise UnreadableError(f"{state} {NAMES[kind]}") from None
