"""Reading data files: their columns, and their rows as blocks of text that COPY takes.

Rows are streamed: whatever the size of a file, one block of it is in memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.errors import LoadError
from ml.load.formats import DELIMITERS, FileFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BLOCK_BYTES = 1 << 20
LONGEST_FIELD = 1 << 24
MOST_COLUMNS = 1000
SUFFIXES = (".csv", ".tsv", ".parquet")

# Fields are joined by NUL, which no text in Postgres may hold, so that it is found wherever it is.
_SEPARATOR = "\0"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True)
class DataFile:
    """One CSV, TSV or Parquet file whose header was read and found sound.

    Attributes
    ----------
    path : Path
        Where it is.
    name : str
        What messages call it.
    format : FileFormat
        How it is written, with the delimiter found.
    delimiter : str
        The delimiter, empty for Parquet.
    columns : tuple of str
        Its columns, distinct, in the order of the file.
    """

    path: Path
    name: str
    format: FileFormat
    delimiter: str
    columns: tuple[str, ...]

    def content_hash(self) -> str:
        """SHA-256 of the file's bytes, hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """Give the rows in COPY's text format: line number, fault, then the columns; empty means null.

        A row with too few or too many fields has null columns and its fields as a JSON list in ``fault``.

        Raises
        ------
        LoadError
            The file is not in the declared encoding, holds NUL bytes, has an unclosed quote, or is not Parquet.
        """
        rows = _csv_rows(self) if self.delimiter else _parquet_rows(self)
        block, size = [], 0
        for line, fields in rows:
            record = self._copy_line(line, fields)
            block.append(record)
            size += len(record)
            if size >= BLOCK_BYTES:
                yield "".join(block).encode()
                block, size = [], 0
        yield "".join(block).encode()

    def _copy_line(self, line: int, fields: Sequence[str]) -> str:
        if len(fields) != len(self.columns):
            fault = json.dumps(fields, ensure_ascii=False).translate(_ESCAPES)
            return f"{line}\t{fault}{(len(self.columns)) * chr(9)}\n"
        record = _SEPARATOR.join(fields)
        if record.count(_SEPARATOR) >= len(fields):
            raise LoadError(f"{self.name}:{line}: holds a NUL byte; if the file is UTF-16, declare its encoding.")
        if "\\" in record or "\n" in record or "\t" in record or "\r" in record:
            record = record.translate(_ESCAPES)
        return f"{line}\t\t{record.replace(_SEPARATOR, chr(9))}\n"


def open_data_file(path: Path, file_format: FileFormat, name: str) -> DataFile:
    """Read the header of a file that messages call ``name``.

    Raises
    ------
    LoadError
        There is no such file, it is empty, its suffix or header cannot be used, or its delimiter cannot be told.
    """
    if path.suffix not in SUFFIXES:
        raise LoadError(f"{name}: expected a file ending in {', '.join(SUFFIXES)}.")
    if not path.is_file():
        raise LoadError(f"{path}: no such file.")
    if path.suffix == ".parquet":
        # Parquet has types, so that numbers and dates are written canonically whatever was declared.
        file = DataFile(path, name, file_format.canonical(), "", _parquet_columns(path, name))
    else:
        file = DataFile(path, name, file_format, *_csv_header(path, name, file_format))
    _check_columns(name, file.columns)
    return file


def _check_columns(name: str, columns: tuple[str, ...]) -> None:
    if not columns:
        raise LoadError(f"{name}: the first line is empty; it must be the header.")
    if len(columns) > MOST_COLUMNS:
        raise LoadError(f"{name}: has {len(columns)} columns; at most {MOST_COLUMNS} can be loaded.")
    if "" in columns:
        raise LoadError(f"{name}: column {columns.index('') + 1} has no name; name every column in the header.")
    repeated = sorted({column for column in columns if columns.count(column) > 1})
    if repeated:
        raise LoadError(f"{name}: column {repeated[0]!r} occurs twice in the header; rename one.")


def _csv_header(path: Path, name: str, file_format: FileFormat) -> tuple[str, tuple[str, ...]]:
    with path.open(encoding=file_format.codec, newline="") as file:
        try:
            # A header may hold quoted line breaks, so a line is not enough.
            head = file.read(BLOCK_BYTES)
        except UnicodeDecodeError as error:
            raise _wrong_encoding(path, name, file_format, error) from None
    if not head.strip():
        raise LoadError(f"{name}: the file is empty; it needs at least a header line.")
    choices = DELIMITERS if file_format.delimiter == "auto" else (file_format.delimiter,)
    headers = [
        (delimiter, next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))) for delimiter in choices
    ]
    headers.sort(key=lambda header: -len(header[1]))
    if len(headers) > 1 and len(headers[0][1]) == len(headers[1][1]) > 1:
        raise LoadError(f"{name}: cannot tell the delimiter from the header; declare it.")
    delimiter, columns = headers[0]
    return delimiter, tuple(column.strip() for column in columns)


def _csv_rows(source: DataFile) -> Iterator[tuple[int, list[str]]]:
    # The module's limit of 128 KB is one for the whole process; resumes are longer.
    csv.field_size_limit(LONGEST_FIELD)
    with source.path.open(encoding=source.format.codec, newline="") as file:
        reader = csv.reader(file, delimiter=source.delimiter, strict=True)
        line = 1
        try:
            next(reader)
            line = reader.line_num + 1
            for fields in reader:
                if fields:
                    yield line, fields
                line = reader.line_num + 1
        except csv.Error as error:
            raise LoadError(
                f"{source.name}:{line}: {error}: a quote is not closed, or a field is longer than 16 MB."
            ) from None
        except UnicodeDecodeError as error:
            raise _wrong_encoding(source.path, source.name, source.format, error) from None


def _wrong_encoding(path: Path, name: str, file_format: FileFormat, error: UnicodeDecodeError) -> LoadError:
    byte = error.object[error.start]
    return LoadError(
        f"{name}:{_undecodable_line(path, file_format)}: byte 0x{byte:02x} is not {file_format.encoding}; "
        "declare the file's encoding, for instance latin-1."
    )


def _undecodable_line(path: Path, file_format: FileFormat) -> int:
    # The decoder reads ahead of the parser, so the line is looked up again.
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(file_format.codec)
            except UnicodeDecodeError:
                return number
    return 1


def _parquet_columns(path: Path, name: str) -> tuple[str, ...]:
    with _readable_parquet(path, name) as file:
        return tuple(file.schema_arrow.names)


def _parquet_rows(source: DataFile) -> Iterator[tuple[int, Sequence[str]]]:
    with _readable_parquet(source.path, source.name) as file:
        batches = file.iter_batches(batch_size=10_000)
        rows = (fields for batch in batches for fields in zip(*map(_as_text, batch.columns), strict=True))
        yield from enumerate(rows, start=1)


@contextmanager
def _readable_parquet(path: Path, name: str) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise LoadError(f"{name}: not a readable Parquet file ({reason}).") from None


def _as_text(column: Any) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_nested(kind):
        return ["" if value is None else json.dumps(value, default=str) for value in column.to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return ["" if value is None else "\\x" + value.hex() for value in column.to_pylist()]
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_timestamp(kind):
        # Nanoseconds do not exist in Postgres, and zones are written as UTC.
        column = column.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
    texts: list[str] = pc.fill_null(column.cast(pa.string()), "").to_pylist()
    return texts
