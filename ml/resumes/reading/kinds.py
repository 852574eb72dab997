"""What kind of file a resume is: told from its content, since names and media types are often wrong."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Literal, get_args

from ml.resumes.reading.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml.organisation import ReadingLimits

Kind = Literal["pdf", "docx", "doc", "odt", "rtf", "html", "txt", "profile"]
KINDS: tuple[Kind, ...] = get_args(Kind)

UNKNOWN = "not a kind of file that resumes are read from"
MEGABYTE = 1_000_000

# Readers of PDF look for the mark in the first kilobyte: mail programs put lines before it.
_PDF_MARK_WITHIN = 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WORD_MARK = bytes.fromhex("eca5")
_ZIP = b"PK\x03\x04"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.text"
_HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_OF_NAME: dict[str, Kind] = {**{kind: kind for kind in KINDS}, "htm": "html", "text": "txt", "json": "profile"}
_OF_MEDIA_TYPE: dict[str, Kind] = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/msword": "doc",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "text/html": "html",
    "text/plain": "txt",
    "application/json": "profile",
}


def tell_kind(content: bytes, limits: ReadingLimits) -> Kind:
    """Tell what kind of file some bytes are.

    Raises
    ------
    UnreadableError
        Nothing that resumes are read from, encrypted, or an archive that would unpack to more than its limit.
    """
    if b"%PDF-" in content[:_PDF_MARK_WITHIN]:
        return "pdf"
    if content.startswith(_ZIP):
        return _tell_archive(content, limits)
    if content.startswith(_OLE):
        return _tell_compound(content)
    if content.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    return tell_text(decode(content))


def tell_text(text: str) -> Kind:
    """Tell a social profile and a web page from plain text."""
    if text.lstrip()[:1] == "{":
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return "txt"
        return "profile"
    return "html" if _HTML.match(text) else "txt"


def is_misnamed(kind: Kind, *, file_name: str | None, media_type: str | None) -> bool:
    """Whether a file's name, or the media type of one whose name says nothing, is that of another kind."""
    suffix = (file_name or "").rpartition(".")[2].strip().casefold()
    declared = (media_type or "").partition(";")[0].strip().casefold()
    expected = _OF_NAME.get(suffix) or _OF_MEDIA_TYPE.get(declared)
    return expected is not None and expected != kind


def decode(content: bytes) -> str:
    """Decode plain text: by its byte order mark, as UTF-8, or else as Windows' Western code page.

    Raises
    ------
    UnreadableError
        It is no text: it holds control characters.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    if _CONTROL.search(text):
        raise UnreadableError(UNKNOWN)
    return text


def _tell_compound(content: bytes) -> Kind:
    """Tell what an OLE compound file holds by the names in its directory, which are in UTF-16."""
    entry = content.find("WordDocument".encode("utf-16-le"))
    # A package is what Word makes of a .docx with a password.
    if "EncryptedPackage".encode("utf-16-le") in content or (entry >= 0 and _is_encrypted_doc(content, entry)):
        raise UnreadableError("encrypted Word document")
    if entry >= 0:
        return "doc"
    raise UnreadableError("file of an old Office that holds no Word document, or a damaged one")


def _is_encrypted_doc(content: bytes, entry: int) -> bool:
    """Whether the head of Word's stream says so ([MS-CFB] 2.6.1 and [MS-DOC] 2.5.2); readers do not look."""
    sector_size = 1 << int.from_bytes(content[30:32], "little")
    first_sector = int.from_bytes(content[entry + 116 : entry + 120], "little")
    head = content[(first_sector + 1) * sector_size :][:12]
    return head[:2] == _WORD_MARK and bool(head[11:] and head[11] & 1)


def _tell_archive(content: bytes, limits: ReadingLimits) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {member.filename: member for member in archive.infolist()}
            _refuse_bombs(members.values(), limits)
            if "word/document.xml" in members:
                return "docx"
            if "mimetype" in members and archive.read("mimetype").startswith(_OPEN_DOCUMENT):
                _refuse_encrypted(archive)
                return "odt"
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise UnreadableError("damaged archive (.docx and .odt are archives)") from None
    raise UnreadableError(UNKNOWN)


def _refuse_bombs(members: Iterable[zipfile.ZipInfo], limits: ReadingLimits) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_megabytes * MEGABYTE:
        raise UnreadableError(
            f"unpacks to {unpacked / MEGABYTE:,.0f} MB, more than the {limits.unpacked_megabytes} that a resume may"
        )


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableError("encrypted OpenDocument text")
