"""The text of PDF files, by PDFium: in reading order, and with the hyphens of line ends told from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.resumes.reading.errors import UnreadableError

if TYPE_CHECKING:
    from ml.organisation import ReadingLimits


def read_pdf(content: bytes, limits: ReadingLimits) -> tuple[str, int]:
    """Give the text of a PDF, pages apart by a blank line, and how many pages it has.

    Raises
    ------
    UnreadableError
        It is encrypted, damaged, has more pages than the limit, or has no text but images, which are not recognised.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("encrypted PDF" if "password" in str(error) else "damaged PDF") from None
    with document:
        pages = len(document)
        if pages > limits.pages:
            raise UnreadableError(f"{pages:,} pages, more than the {limits.pages} that a resume may have")
        try:
            text = "\n\n".join(page.get_textpage().get_text_range() for page in document)
        except pypdfium2.PdfiumError:
            raise UnreadableError("damaged PDF") from None
    if not text.strip():
        raise UnreadableError("PDF without text: scanned pages are not recognised (no OCR)")
    return text, pages
