"""Reading files: headers, rows with their line numbers, and every way a file can be unreadable."""

import datetime as dt
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from ml.errors import LoadError
from ml.load.files import BLOCK_BYTES, DataFile, open_data_file
from ml.load.formats import FileFormat


def _open(folder: Path, name: str, content: bytes, file_format: FileFormat | None = None) -> DataFile:
    path = folder / name
    path.write_bytes(content)
    return open_data_file(path, file_format or FileFormat(), name)


def _lines(file: DataFile) -> list[str]:
    return b"".join(file.blocks()).decode().splitlines()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_told_from_the_header(tmp_path: Path, delimiter: str) -> None:
    file = _open(tmp_path, "x.csv", f'a{delimiter}"b, c; d"{delimiter}e\n1{delimiter}2{delimiter}3\n'.encode())
    assert file.columns == ("a", "b, c; d", "e")
    assert _lines(file) == ["2\t\t1\t2\t3"]


def test_a_declared_delimiter_wins(tmp_path: Path) -> None:
    file = _open(tmp_path, "x.csv", b"a|b,c\n1|2\n", FileFormat(delimiter="|"))
    assert file.columns == ("a", "b,c")


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert _lines(_open(tmp_path, "x.csv", b"a\n1\n")) == ["2\t\t1"]


def test_lines_are_counted_as_in_an_editor(tmp_path: Path) -> None:
    # The second record begins on line 2 and ends on line 4; line 5 is blank; Windows line ends count once.
    file = _open(tmp_path, "x.csv", b'a,b\r\n"first\r\nsecond\r\nthird",1\r\n\r\nplain,2\r\n')
    assert _lines(file) == ["2\t\tfirst\\r\\nsecond\\r\\nthird\t1", "6\t\tplain\t2"]


def test_signs_that_mean_something_to_copy_are_escaped(tmp_path: Path) -> None:
    file = _open(tmp_path, "x.csv", b'a,b\n"tab\there",back\\slash\n\\.,\\N\n')
    assert _lines(file) == ["2\t\ttab\\there\tback\\\\slash", "3\t\t\\\\.\t\\\\N"]


def test_a_row_of_another_width_is_kept_as_a_fault(tmp_path: Path) -> None:
    file = _open(tmp_path, "x.csv", 'a,b\n1\n1,2,"ü\n"\n1,2\n'.encode())
    assert _lines(file) == ['2\t["1"]\t\t', '3\t["1", "2", "ü\\\\n"]\t\t', "5\t\t1\t2"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [("é".encode(), "utf-8"), (b"\xef\xbb\xbf" + "é".encode(), "utf-8"), (b"\xe9", "latin-1"), (b"\xe9", "cp1252")],
)
def test_encodings(tmp_path: Path, content: bytes, encoding: str) -> None:
    mark, text = (content[:3], content[3:]) if content.startswith(b"\xef\xbb\xbf") else (b"", content)
    file = _open(tmp_path, "x.csv", mark + b"a,b\n1," + text + b"\n", FileFormat(encoding=encoding))
    assert file.columns == ("a", "b")
    assert _lines(file) == ["2\t\t1\té"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", b"", "x.csv: the file is empty; it needs at least a header line."),
        ("x.csv", b"\xef\xbb\xbf\n\n", "x.csv: the file is empty; it needs at least a header line."),
        ("x.csv", b"\na,b\n", "x.csv: the first line is empty; it must be the header."),
        ("x.csv", b"a,,b\n", "x.csv: column 2 has no name; name every column in the header."),
        ("x.csv", b"a,b, a\n", "x.csv: column 'a' occurs twice in the header; rename one."),
        ("x.csv", b"a,b;c\n", "x.csv: cannot tell the delimiter from the header; declare it."),
        (
            "x.csv",
            ",".join(f"c{i}" for i in range(1001)).encode(),
            "x.csv: has 1001 columns; at most 1000 can be loaded.",
        ),
        ("x.xlsx", b"PK", "x.xlsx: expected a file ending in .csv, .tsv, .parquet."),
        ("x.csv", b"a,\xe9\n", "x.csv:1: byte 0xe9 is not utf-8; declare the file's encoding, for instance latin-1."),
    ],
)
def test_unusable_headers_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        _open(tmp_path, name, content)
    assert str(caught.value) == message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        open_data_file(tmp_path / "x.csv", FileFormat(), "x.csv")
    assert str(caught.value) == f"{tmp_path / 'x.csv'}: no such file."


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            b"fine,1\n" * 200_000 + b"Ren\xe9,2\n",
            "x.csv:200002: byte 0xe9 is not utf-8; declare the file's encoding, for instance latin-1.",
        ),
        (b"fine,1\nx\0y,2\n", "x.csv:3: holds a NUL byte; if the file is UTF-16, declare its encoding."),
        (
            b'fine,1\n"open,2\nmore,3\n',
            "x.csv:3: unexpected end of data: a quote is not closed, or a field is longer than 16 MB.",
        ),
        (
            b'"a"b,1\n',
            "x.csv:2: ',' expected after '\"': a quote is not closed, or a field is longer than 16 MB.",
        ),
    ],
)
def test_unreadable_rows_are_refused(tmp_path: Path, rows: bytes, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        _lines(_open(tmp_path, "x.csv", b"a,b\n" + rows))
    assert str(caught.value) == message


def test_parquet_values_are_written_as_texts(tmp_path: Path) -> None:
    zoned = dt.datetime(2024, 5, 31, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    table = pa.table(
        {
            "text": ["a\tb", None],
            "whole": pa.array([1, None], pa.int64()),
            "real": [2.5, float("nan")],
            "money": pa.array([Decimal("1.50"), None]),
            "flag": [True, None],
            "day": [dt.date(2024, 5, 31), None],
            "zoned": pa.array([zoned, None], pa.timestamp("ns", "Europe/Berlin")),
            "local": pa.array([dt.datetime(2024, 5, 31, 14), None], pa.timestamp("us")),  # noqa: DTZ001
            "coded": pa.array(["x", None]).dictionary_encode(),
            "nested": [{"k": 1}, None],
            "bytes": [b"\x00\xff", None],
        }
    )
    parquet.write_table(table, tmp_path / "x.parquet")
    file = open_data_file(tmp_path / "x.parquet", FileFormat(decimal=",", date_order="dmy"), "x.parquet")
    assert file.columns == tuple(table.column_names)
    assert (file.format.decimal, file.format.date_order) == (".", "ymd")
    first, second = _lines(file)
    assert first.split("\t")[2:] == [
        "a\\tb",
        "1",
        "2.5",
        "1.50",
        "true",
        "2024-05-31",
        "2024-05-31 12:00:00.000000Z",
        "2024-05-31 14:00:00.000000",
        "x",
        '{"k": 1}',
        "\\\\x00ff",
    ]
    assert second == "2" + "\t" * 12


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        _open(tmp_path, "x.parquet", b"PAR1 but not really")
    assert str(caught.value).startswith("x.parquet: not a readable Parquet file (Parquet magic bytes not found")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    # 21 MB in blocks of 1 MB, each as pieces, joined and encoded.
    file = _open(tmp_path, "x.csv", b"a,b\n" + (b"some text " * 99 + b",12345\n") * 22_000)
    tracemalloc.start()
    total = sum(len(block) for block in file.blocks())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > 20 * BLOCK_BYTES
    assert peak < 8 * BLOCK_BYTES
