"""The text of Word's .docx files: every paragraph of the body and of text boxes, in the order of the file.

Page headers and footers are left out, as are deleted passages and what Word writes for older readers (fallbacks).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from ml.resumes.reading.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = frozenset({_FALLBACK, f"{_W}del", f"{_W}moveFrom"})
_PARAGRAPH, _ROW = f"{_W}p", f"{_W}tr"
# A cell stands in its row, or in a form field (sdt) of it.
_CELLS = (f"{_W}tc", f"{_W}sdt/{_W}sdtContent/{_W}tc")
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_docx(content: bytes) -> str:
    """Give the text of a .docx, one line per paragraph; list items start with a hyphen.

    Raises
    ------
    UnreadableError
        It is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # S314: expat refuses to expand entities without end; time and memory of the process are limited as well.
            root = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314
    except (zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, RuntimeError, NotImplementedError):
        raise UnreadableError("damaged Word document") from None
    return "\n".join(_lines(root))


def _lines(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child)
        elif child.tag == _ROW:
            yield from _row(child)
        elif child.tag not in _LEFT_OUT:
            yield from _lines(child)


def _paragraph(paragraph: Element) -> Iterator[str]:
    """Yield the line of a paragraph, then those of text boxes that hang on it."""
    boxes: list[Element] = []
    text = "".join(_characters(paragraph, boxes))
    is_item = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    yield f"- {text}" if is_item and text.strip() else text
    for box in boxes:
        yield from _lines(box)


def _characters(element: Element, boxes: list[Element]) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        # Tab stops are no tabs: properties hold no text.
        elif child.tag not in _LEFT_OUT and child.tag != f"{_W}pPr":
            yield from _characters(child, boxes)


def _row(row: Element) -> Iterator[str]:
    """Yield a row as one line of cells apart by tabs, or, where a cell has several lines, each cell by itself."""
    cells = [[line for line in _lines(cell) if line.strip()] for path in _CELLS for cell in row.findall(path)]
    if all(len(cell) <= 1 for cell in cells):
        yield "\t".join(line for cell in cells for line in cell)
    else:
        yield from (line for cell in cells for line in cell)
