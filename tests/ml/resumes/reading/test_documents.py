"""Files of every kind and in every state: the same text, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ml.config import REPOSITORY
from ml.organisation import ReadingLimits
from ml.resumes.reading.documents import read_document
from ml.resumes.reading.errors import UnreadableError
from tests.ml.resumes.reading.files import archive, docx, docx_of, html, odt, pdf, rtf

DATA = REPOSITORY / "tests" / "data" / "resumes"
LIMITS = ReadingLimits()
LINES = [
    "SUMMARY",
    "Built “payment” services for R&D at A < B, C++ & C#, in Zürich – and led a team.",
    "EXPERIENCE",
    "Senior Engineer, Acme & Sons, March 2019 – June 2021",
    "Engineer, Initech, 2015 – 2019",
    "SKILLS",
    "Java, Python, SQL",
]
TEXT = "\n".join(LINES).replace("“", '"').replace("”", '"')


def reason(content: bytes | str, limits: ReadingLimits = LIMITS) -> str:
    with pytest.raises(UnreadableError) as unreadable:
        read_document(content, limits)
    return str(unreadable.value)


def without_blank_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("pdf", pdf(LINES)),
        ("docx", docx(LINES)),
        ("odt", odt(LINES)),
        ("rtf", rtf(LINES)),
        ("html", html(LINES)),
        ("txt", "\r\n".join(LINES).encode()),
        ("txt", "\n".join(LINES).encode("utf-8-sig")),
        ("txt", "\n".join(LINES).encode("utf-16")),
        ("txt", "\r".join(LINES).encode("cp1252")),
    ],
)
def test_the_same_resume_reads_the_same_in_every_kind_of_file(kind, content):
    document = read_document(content, LIMITS)
    assert document.kind == kind
    assert without_blank_lines(document.text) == TEXT


def test_a_real_word_document():
    document = read_document((DATA / "resume.doc").read_bytes(), LIMITS)
    assert document.kind == "doc"
    assert "Designation : Software Developer\nFrom:- July-2015 to Present" in document.text
    assert "Framework:- Codeigniter,NodeJS,MeteorJS\nCMS:- Wordpress" in document.text


def test_a_real_pdf():
    document = read_document((DATA / "resume.pdf").read_bytes(), LIMITS)
    assert (document.kind, document.pages) == ("pdf", 7)
    # The page breaks this sentence into lines.
    assert "projects using commercial products such as PowerCenter" in document.text
    assert "\nExperience\n" in document.text
    assert "Page1" not in document.text


def test_pages_of_a_pdf_are_apart_and_counted():
    document = read_document(pdf(["one"], ["two"]), LIMITS)
    assert (document.text, document.pages) == ("one\n\ntwo", 2)


def test_a_text_that_landed_as_text_is_no_other_kind_of_file():
    assert read_document("%PDF-1.4 is what I print", LIMITS).kind == "txt"
    assert read_document("<html><body><p>Java &amp; SQL</p></body></html>", LIMITS).text == "Java & SQL"
    assert read_document('{"skills": ["Java"]}', LIMITS).kind == "profile"
    assert read_document("{Java, SQL}", LIMITS).kind == "txt"


ENCRYPTED_ENTRY = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
DOC = (DATA / "resume.doc").read_bytes()
NO_WORD = "file of an old Office that holds no Word document, or a damaged one"
UNKNOWN = "not a kind of file that resumes are read from"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty file"),
        (b" \r\n\t", "empty file"),
        ((DATA / "encrypted.pdf").read_bytes(), "encrypted PDF"),
        ((DATA / "encrypted.docx").read_bytes(), "encrypted Word document"),
        (odt(LINES, manifest=ENCRYPTED_ENTRY), "encrypted OpenDocument text"),
        (pdf(LINES)[:300], "damaged PDF"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged PDF"),
        (docx(LINES)[:200], "damaged archive (.docx and .odt are archives)"),
        (docx_of("<w:p><w:t>open"), "damaged Word document"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), "damaged archive (.docx and .odt are archives)"),
        (DOC[:9000], NO_WORD),
        (DOC[:512] + bytes(9000) + DOC[9512:], "damaged Word document"),
        (pdf([], []), "PDF without text: scanned pages are not recognised (no OCR)"),
        (docx(["", ""]), "no text in it"),
        (b"{\\rtf1}", "no text in it"),
        (archive(xl__workbook_xml="<workbook/>"), UNKNOWN),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), NO_WORD),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", UNKNOWN),
        (b"\x7fELF\x02\x01\x01\x00", UNKNOWN),
        (b'{"orders": [1, 2]}', "JSON that is no profile: it has no work, education or skills"),
    ],
)  # fmt: skip
def test_a_file_without_a_text_has_a_reason(content, expected):
    assert reason(content) == expected


def test_a_word_document_with_a_password_is_told_by_its_head():
    content = bytearray(DOC)
    # [MS-DOC] 2.5.2: fEncrypted is the lowest bit of the twelfth byte of the stream, which starts with eca5.
    content[content.find(bytes.fromhex("eca5")) + 11] |= 1
    assert reason(bytes(content)) == "encrypted Word document"


def test_what_is_beyond_a_limit_is_refused():
    assert reason(pdf(*[["page"]] * 200)) == "200 pages, more than the 50 that a resume may have"
    assert read_document(pdf(*[["page"]] * 200), replace(LIMITS, pages=200)).pages == 200
    small = replace(LIMITS, file_megabytes=1)
    assert reason(b"java " * 300_000, small) == "1.5 MB, more than the 1 that a resume may have"
    assert reason("java " * 80_000) == "399,999 characters, more than the 300,000 that a resume may have"


@pytest.mark.parametrize("name", ["word__document_xml", "content_xml"])
def test_a_zip_bomb_is_not_unpacked(name):
    bomb = archive(mimetype="application/vnd.oasis.opendocument.text", **{name: bytes(200_000_000)})
    assert len(bomb) < 1_000_000
    assert reason(bomb) == "unpacks to 200 MB, more than the 100 that a resume may"
