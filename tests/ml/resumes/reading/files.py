"""Small files of every kind that holds text, made from lines."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</manifest:manifest>'
)


def archive(**members: str | bytes) -> bytes:
    """Zip members, whose names have __ for a slash and _ for the dot of .xml."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name, content in members.items():
            # Without a date of its own, so that the same members give the same bytes.
            member = zipfile.ZipInfo(name.replace("__", "/").replace("_xml", ".xml"))
            written.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def docx_of(body: str) -> bytes:
    """A .docx with a body of WordprocessingML."""
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    return archive(
        word__document_xml=f'<w:document xmlns:w="{_WORD}" xmlns:mc="{compatibility}"><w:body>{body}</w:body></w:document>'
    )


def docx(lines: list[str]) -> bytes:
    """A .docx with a paragraph per line, tabs as Word writes them; a line that starts with a bullet is a list item."""
    return docx_of("".join(_word_paragraph(line) for line in lines))


def _word_paragraph(line: str) -> str:
    is_item = line.startswith("• ")
    properties = "<w:pPr><w:numPr/></w:pPr>" if is_item else ""
    runs = "<w:tab/>".join(f"<w:t>{escape(part)}</w:t>" for part in line.removeprefix("• ").split("\t"))
    return f"<w:p>{properties}<w:r>{runs}</w:r></w:p>"


def odt(lines: list[str], *, manifest: str = "") -> bytes:
    """An .odt with a paragraph per line."""
    paragraphs = "".join(f"<text:p>{escape(line).replace(chr(9), '<text:tab/>')}</text:p>" for line in lines)
    content = f"<office:document-content {_OFFICE}><office:body><office:text>{paragraphs}</office:text></office:body></office:document-content>"
    return archive(
        mimetype="application/vnd.oasis.opendocument.text",
        content_xml=content,
        **{"META-INF__manifest_xml": _MANIFEST.format(manifest)},
    )


def rtf(lines: list[str]) -> bytes:
    """A rich text with a paragraph per line, what is not ASCII as \\u escapes."""
    escaped = [
        line.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}").replace("\t", "\\tab ") for line in lines
    ]
    text = "\\par\n".join("".join(c if c.isascii() else f"\\u{ord(c)}?" for c in line) for line in escaped)
    return f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\n{text}\\par}}".encode("ascii")


def html(lines: list[str]) -> bytes:
    """A web page with a paragraph per line."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<!DOCTYPE html><html><head><title>CV</title></head><body>{paragraphs}</body></html>".encode()


def pdf(*pages: list[str]) -> bytes:
    """A PDF with a line of Helvetica per line, in Windows' Western code page; a page without lines shows a picture."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(pages), b" ".join(b"%d 0 R" % (5 + 2 * page) for page in range(len(pages)))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        _stream(
            b"\x00", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        ),
    ]
    for number, lines in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /I1 4 0 R >> >> >>" % (6 + 2 * number)
        )
        objects.append(_stream(_page(lines)))
    return _numbered(objects)


def _page(lines: list[str]) -> bytes:
    if not lines:
        return b"q 500 0 0 800 40 20 cm /I1 Do Q"
    shown = [
        line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") for line in lines
    ]
    return b"BT /F1 10 Tf 14 TL 50 800 Td " + b" T* ".join(b"(%s) Tj" % line for line in shown) + b" ET"


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def _numbered(objects: list[bytes]) -> bytes:
    file, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(file)
    )  # fmt: skip
