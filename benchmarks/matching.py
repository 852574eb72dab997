"""``python -m benchmarks.matching OCCUPATIONS TECHNOLOGIES``: how long it takes to match, ours and by other engines.

Resumes and descriptions are made of O*NET's files as in ``benchmarks.match_pairs``; each application is to one
requisition. First the words alone, each engine in a process of its own: seconds to take up all resumes (kept on disk,
where the engine keeps them), seconds to score every application against its description, and memory above what loading
the texts took. tantivy and bm25s run if they are installed; nothing else needs them. Then the step ``match`` of
``score`` as it is, on a warehouse with resumes and descriptions already read: words, copied runs, requirements,
evidence, and its writing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import resource
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.match_pairs import Asking, advertise, read_kits, sample, write_resume
from benchmarks.world import AS_OF, temporary_warehouse
from ml.matching.bm25 import Corpus, relevance, weigh_descriptions
from ml.matching.documents import DocumentCache
from ml.matching.pairs import read_chunks
from ml.matching.reading import RESUMES_PER_SEGMENT
from ml.matching.tokens import count_words
from ml.warehouse.roles import LOADER, OWNER, TRANSFORMER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from benchmarks.match_pairs import Kit
    from ml.warehouse.connection import Warehouse

SENT_AT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Task:
    """What is to be matched: application k has resume k, and is to the requisition ``described[k]``."""

    resumes: list[str]
    descriptions: list[str]
    described: list[int]

    def applications_of(self) -> dict[int, NDArray[np.int64]]:
        """List the applications of each requisition."""
        of = defaultdict(list)
        for application, requisition in enumerate(self.described):
            of[requisition].append(application)
        return {requisition: np.array(applications) for requisition, applications in of.items()}


def make_task(kits: Sequence[Kit], applications: int, requisitions: int, generator: Generator) -> Task:
    """Make requisitions of kits, and to each application a resume of its kit, or of any."""
    places = generator.integers(len(kits), size=requisitions)
    names = [sample(kits[place].names, 9, generator) for place in places]
    years = [{name: int(generator.integers(3, 7)) for name in asked[:2]} for asked in names]
    descriptions = [advertise(kits[place], *both) for place, *both in zip(places, names, years, strict=True)]
    described = generator.integers(requisitions, size=applications).tolist()
    resumes = []
    for requisition in described:
        kit = kits[places[requisition] if generator.random() < 0.5 else generator.integers(len(kits))]
        resumes.append(write_resume(kit, Asking(names[requisition], years[requisition], 0.5), generator))
    return Task(resumes, descriptions, described)


def by_ours(task: Task, folder: Path) -> Iterator[None]:
    """Take up and score as the product does."""
    cache = DocumentCache(folder)
    hashes = [str(number) for number in range(len(task.resumes))]
    for start in range(0, len(hashes), RESUMES_PER_SEGMENT):
        part = slice(start, start + RESUMES_PER_SEGMENT)
        cache.add(dict(zip(hashes[part], task.resumes[part], strict=True)))
    yield
    texts = weigh_descriptions({str(key): text for key, text in enumerate(task.descriptions)}, Corpus("", 0, {}))
    rows = np.array([texts.rows[str(key)] for key in task.described])
    for chunk in read_chunks(cache, hashes, texts.words):
        relevance(texts.weights[rows[chunk.pairs]].multiply(chunk.counts.astype(bool)).tocsr())


def by_scikit_learn(task: Task, _: Path) -> Iterator[None]:
    """Take up as one sparse matrix; score by products of its rows."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectoriser = TfidfVectorizer(binary=True, norm=None)
    resumes = vectoriser.fit_transform(task.resumes)
    yield
    descriptions = vectoriser.transform(task.descriptions)
    resumes.multiply(descriptions[task.described]).sum(axis=1)


def by_bm25s(task: Task, _: Path) -> Iterator[None]:
    """Take up as one sparse matrix of scores; score every resume against every description, which it cannot do less."""
    import bm25s

    engine = bm25s.BM25(k1=0.0, b=0.0)
    engine.index(bm25s.tokenize(task.resumes, stopwords=None, show_progress=False), show_progress=False)
    yield
    for requisition, applications in task.applications_of().items():
        engine.get_scores(sorted(count_words(task.descriptions[requisition])))[applications]


def by_tantivy(task: Task, folder: Path) -> Iterator[None]:
    """Take up in an index on disk; score by one query per requisition, among its applications."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("resume", stored=False)
    builder.add_integer_field("requisition", indexed=True)
    builder.add_integer_field("application", stored=True)
    schema = builder.build()
    folder.mkdir()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(heap_size=200_000_000, num_threads=2)
    for application, (text, requisition) in enumerate(zip(task.resumes, task.described, strict=True)):
        writer.add_document(tantivy.Document(resume=text, requisition=requisition, application=application))
    writer.commit()
    writer.wait_merging_threads()
    yield
    index.reload()
    searcher = index.searcher()
    must, should = tantivy.Occur.Must, tantivy.Occur.Should
    for requisition, applications in task.applications_of().items():
        asked = tantivy.Query.term_query(schema, "requisition", requisition)
        words = [
            tantivy.Query.term_query(schema, "resume", word) for word in count_words(task.descriptions[requisition])
        ]
        query = tantivy.Query.boolean_query([(must, asked), *((should, word) for word in words)])
        for _, address in searcher.search(query, limit=len(applications)).hits:
            searcher.doc(address)


ENGINES: dict[str, tuple[str, Callable[[Task, Path], Iterator[None]]]] = {
    "ours": ("ml", by_ours),
    "scikit-learn": ("sklearn", by_scikit_learn),
    "bm25s": ("bm25s", by_bm25s),
    "tantivy": ("tantivy", by_tantivy),
}


def run_engine(name: str, stored: Path, folder: Path) -> tuple[float, float, float]:
    """Give seconds to take up and to score, and megabytes more than the process had with the texts."""
    task = Task(**json.loads(stored.read_text(encoding="utf-8")))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    steps = ENGINES[name][1](task, folder / name)
    next(steps)
    taken_up = time.perf_counter()
    for _ in steps:
        pass
    ended = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return taken_up - started, ended - taken_up, memory / 1024


_QUERY = "insert into description values (%s, replace(plainto_tsquery('simple', %s)::text, '&', '|')::tsquery)"


def by_postgres(warehouse: Warehouse, task: Task) -> tuple[float, float]:
    """Give seconds to index the words of all resumes in Postgres, and to rank; it knows no weights of words."""
    with warehouse.connect(OWNER) as connection:
        connection.execute("create temporary table resume (id int, requisition int, content text)")
        connection.execute("create temporary table description (requisition int, query tsquery)")
        with connection.cursor() as cursor:
            with cursor.copy("copy resume from stdin") as copy:
                for row in zip(range(len(task.resumes)), task.described, task.resumes, strict=True):
                    copy.write_row(row)
            for requisition, text in enumerate(task.descriptions):
                words = " ".join(count_words(text))
                cursor.execute(_QUERY, [requisition, words])
        started = time.perf_counter()
        connection.execute(
            "create temporary table word as select *, to_tsvector('simple', content) as words from resume"
        )
        connection.execute("create index on word using gin (words)")
        indexed = time.perf_counter()
        connection.execute("select sum(ts_rank(words, query)) from word join description using (requisition)")
        return indexed - started, time.perf_counter() - indexed


_MARTS = """
create table intermediate.application_lifecycle (
    as_of_date date, application_id text, requisition_id text, is_requisition_open boolean
);
create table ranking.business_conditions (condition text, t float8, q float8, o float8, v float8, reason text);
create table ranking.thresholds (facet text, threshold float8, reason text);
insert into ranking.business_conditions values ('normal', .33, .34, .16, .17, '');
insert into ranking.thresholds values ('t', .2, ''), ('q', .5, ''), ('o', .5, '');
"""
_REQUISITIONS = "landing.requisitions (requisition_id, title, description, openings, opened_at, recorded_at)"
_RESUMES = "landing.resumes (resume_id, candidate_id, received_at, content_text, recorded_at)"
_APPLICATIONS = (
    "landing.applications (application_id, candidate_id, requisition_id, applied_at, source, resume_id, recorded_at)"
)


def land(warehouse: Warehouse, task: Task) -> None:
    """Write the task into the landing tables and the lifecycle that dbt would have built."""
    at, applied = SENT_AT, list(enumerate(task.described))
    described = ((f"R-{key}", "Engineer", text, 1, at, at) for key, text in enumerate(task.descriptions))
    _copy(warehouse, LOADER, _REQUISITIONS, described)
    _copy(warehouse, LOADER, _RESUMES, ((f"CV-{k}", f"C-{k}", at, text, at) for k, text in enumerate(task.resumes)))
    sent = ((f"A-{key}", f"C-{key}", f"R-{to}", at, "direct", f"CV-{key}", at) for key, to in applied)
    _copy(warehouse, LOADER, _APPLICATIONS, sent)
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute(_MARTS)
    lifecycle = ((AS_OF, f"A-{key}", f"R-{to}", True) for key, to in applied)
    _copy(warehouse, TRANSFORMER, "intermediate.application_lifecycle", lifecycle)


def _copy(warehouse: Warehouse, role: str, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with warehouse.connect(role) as connection, connection.cursor().copy(f"copy {table} from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def run_step(warehouse: Warehouse, folder: Path) -> Iterator[tuple[str, float]]:
    """Read what landed, then match it twice: with no word counted yet, and with all of them; seconds of each."""
    from ml.matching.match import match_batch
    from ml.matching.requirements.store import read_descriptions
    from ml.organisation import Organisation, ReadingLimits
    from ml.resumes.read import read_resumes
    from ml.scores.batch import open_batch

    organisation = Organisation(name="bench", parts=("resumes",), population="all")
    batch = open_batch(warehouse, organisation, AS_OF, {})
    steps: dict[str, Callable[[], object]] = {
        "reading of resumes": lambda: read_resumes(warehouse, ReadingLimits(), say=print),
        "reading of descriptions": lambda: read_descriptions(warehouse),
        "match, the first time": lambda: match_batch(warehouse, batch, cache_folder=folder),
        "match, again": lambda: match_batch(warehouse, batch, cache_folder=folder),
    }
    for name, step in steps.items():
        started = time.perf_counter()
        step()
        yield name, time.perf_counter() - started


def main() -> None:
    """Measure, and print a line per engine and step."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching", description=__doc__)
    parser.add_argument("occupations", type=Path)
    parser.add_argument("technologies", type=Path)
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--requisitions", type=int, default=500)
    arguments = parser.parse_args()
    kits = read_kits(arguments.occupations, arguments.technologies)
    task = make_task(kits, arguments.applications, arguments.requisitions, np.random.default_rng(0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The server runs as another user if this is root.
        folder.chmod(0o711)
        stored = folder / "task.json"
        stored.write_text(json.dumps(asdict(task)), encoding="utf-8")
        print(f"{'words alone':<16}{'take up, s':>12}{'score, s':>10}{'memory, MB':>12}", flush=True)
        for engine, (module, _) in ENGINES.items():
            if find_spec(module):
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    up, scored, memory = pool.apply(run_engine, (engine, stored, folder))
                print(f"{engine:<16}{up:>12.1f}{scored:>10.1f}{memory:>12,.0f}", flush=True)
        with temporary_warehouse(folder) as warehouse:
            up, scored = by_postgres(warehouse, task)
            print(f"{'Postgres':<16}{up:>12.1f}{scored:>10.1f}", flush=True)
            land(warehouse, task)
            del task
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for step, seconds in run_step(warehouse, folder / "cache"):
                print(f"{step:<26}{seconds:>8.1f} s", flush=True)
            memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            print(f"memory above what was there before: {memory:,.0f} MB")


if __name__ == "__main__":
    main()
