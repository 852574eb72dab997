"""``python -m benchmarks.reading FOLDER [--rounds R]``: how many resumes a second are read, and by what else.

Every file of the folder is read in one process and in two, without redaction and facts, by the reader of the product;
then, in one process, by whichever of the alternatives is installed (none of them is needed otherwise): pypdf,
kreuzberg's PDF and .docx readers, python-docx, docx2txt, striprtf. Then with redaction and facts, in processor time of
one process; and how long the redaction of as many spaces as a resume may have characters takes, of which it is easy to
make a square.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import time
from collections import defaultdict
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ml.organisation import ReadingLimits
from ml.resumes.reader import Resume, make_reader
from ml.resumes.reading.documents import read_document
from ml.resumes.reading.kinds import tell_kind
from ml.resumes.redaction import redact
from ml.resumes.workers import Limits, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LIMITS = ReadingLimits()
RECEIVED_ON = dt.date(2026, 6, 1)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read_length(content: bytes) -> int:
    """Read a file as the product does; characters of its text."""
    return len(read_document(content, LIMITS).text)


def by_pypdf(content: bytes) -> int:
    """Read a PDF with pypdf."""
    import pypdf

    return sum(len(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def by_kreuzberg(content: bytes, media_type: str) -> int:
    """Read a file with kreuzberg."""
    from kreuzberg import ConcurrencyConfig, ExtractionConfig, extract_bytes_sync

    config = ExtractionConfig(
        use_cache=False, enable_quality_processing=False, concurrency=ConcurrencyConfig(max_threads=1)
    )
    return len(extract_bytes_sync(content, media_type, config=config).content)


def by_python_docx(content: bytes) -> int:
    """Read a .docx with python-docx; paragraphs only."""
    import docx

    return sum(len(paragraph.text) for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def by_docx2txt(content: bytes) -> int:
    """Read a .docx with docx2txt."""
    import docx2txt

    return len(docx2txt.process(io.BytesIO(content)))


def by_striprtf(content: bytes) -> int:
    """Read rich text with striprtf."""
    from striprtf.striprtf import rtf_to_text

    return len(rtf_to_text(content.decode("latin-1")))


ALTERNATIVES: dict[str, dict[str, Callable[[bytes], int]]] = {
    "pdf": {"pypdf": by_pypdf, "kreuzberg": partial(by_kreuzberg, media_type="application/pdf")},
    "docx": {
        "docx": by_python_docx,
        "docx2txt": by_docx2txt,
        "kreuzberg": partial(by_kreuzberg, media_type=_DOCX),
    },
    "rtf": {"striprtf": by_striprtf},
}


def rate(read: Callable[[bytes], int], files: Sequence[bytes], rounds: int) -> float:
    """Files a second, the best of some rounds, after one file to warm up."""
    read(files[0])
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        for content in files:
            read(content)
        best = min(best, time.perf_counter() - began)
    return len(files) / best


def rate_of_two(files: Sequence[bytes], rounds: int) -> float:
    """Files a second by two processes, as in ``ingest``."""
    limits = Limits(LIMITS.seconds, LIMITS.memory_megabytes)
    best = float("inf")
    # Made in each process: the function that reads with these limits.
    make_work = partial(partial, read_document, limits=LIMITS)
    with Workers[bytes, object](make_work, processes=2, limits=limits) as workers:
        for _ in range(rounds + 1):
            began = time.perf_counter()
            for _ in workers.map(files):
                pass
            best = min(best, time.perf_counter() - began)
    return len(files) / best


def facts_rate(files: Sequence[bytes]) -> float:
    """Files a second of processor time, redaction and facts included."""
    read = make_reader(LIMITS)
    resumes = [Resume("", len(content), content, None, (RECEIVED_ON,)) for content in files]
    read(resumes[0])
    began = time.process_time()
    for resume in resumes:
        read(resume)
    return len(files) / (time.process_time() - began)


def padding_seconds() -> float:
    """Processor seconds that the redaction of nothing but spaces takes."""
    text = " " * LIMITS.characters
    began = time.process_time()
    redact(text)
    return time.process_time() - began


def main() -> None:
    """Measure, and print a line per kind of file and reader."""
    parser = argparse.ArgumentParser(prog="benchmarks.reading", description=__doc__)
    parser.add_argument("folder", type=Path, help="resumes of any kind")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run; the best is shown")
    arguments = parser.parse_args()
    files: dict[str, list[bytes]] = defaultdict(list)
    for path in sorted(arguments.folder.iterdir()):
        content = path.read_bytes()
        files[tell_kind(content, LIMITS)].append(content)
    for kind, contents in files.items():
        megabytes = sum(map(len, contents)) / 1e6
        print(f"{kind}: {len(contents):,} files, {megabytes:.1f} MB", flush=True)
        print(f"  product, one process  {rate(read_length, contents, arguments.rounds):9,.0f} a second", flush=True)
        print(f"  product, two          {rate_of_two(contents, arguments.rounds):9,.0f} a second", flush=True)
        print(f"  with redaction, facts {facts_rate(contents):9,.0f} a second of processor time", flush=True)
        for name, read in ALTERNATIVES.get(kind, {}).items():
            if find_spec(name):
                print(f"  {name:<20}  {rate(read, contents, arguments.rounds):9,.0f} a second", flush=True)
    print(f"redaction of {LIMITS.characters:,} spaces: {padding_seconds():.2f} s of processor time")


if __name__ == "__main__":
    main()
