"""Searching resumes against the plain rule, over random resumes, words and grants."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from ml import transform
from ml.scores.batch import publish_batch
from ml.warehouse.roles import ADMINISTRATOR
from tests.ml.ranking.test_search import FACETS, land
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import AS_OF, BEFORE, EVERYTHING, describe, insert, make_marts

APPLICATIONS = 4000
REQUISITIONS = 10
NEWEST, ENOUGH, LIMIT = 2000, 200, 20
# Shares of the older and of the newer resumes that have a word.
SHARES = {
    "most": (0.95, 0.95), "many": (0.93, 0.93), "half": (0.5, 0.5), "fifth": (0.2, 0.2), "few": (0.07, 0.07),
    "rare": (0.01, 0.01), "old": (0.6, 0.02), "new": (0.02, 0.6), "nobody": (0.0, 0.0),
}  # fmt: skip
# A query, and the words that whatever it matches has.
QUERIES = {
    **{word: word for word in SHARES},
    "most half": "most half",
    "few fifth": "few fifth",
    '"most half"': "most half",
    '"rare most"': "rare most",
    "most -many": "most",
    "half -new": "half",
    "new -many": "new",
    "rare or few": "rare or few",
}
TEXTS = """
insert into resumes.texts (
    resume_id, recorded_at, received_at, source_hash, reader, media_kind, is_misnamed, content_text, content_hash,
    facts_version
)
select resume_id, recorded_at, recorded_at, '', '1', 'txt', false, content_text, '', '1'
from unnest(%s::text[], %s::timestamptz[], %s::text[]) as t (resume_id, recorded_at, content_text)
"""
APPLIED = """
insert into facets.application_facets (
    as_of_date, application_id, candidate_id, requisition_id, resume_id, resume_recorded_at, applied_at
)
select %s, application_id, application_id, requisition_id, resume_id, resume_recorded_at, applied_at
from unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[]) as f (
    application_id, requisition_id, resume_id, resume_recorded_at, applied_at
)
"""
GRANTED = """
insert into ranking.requisition_readers
select c.batch_id, 'hr_ops', g.requisition_id from ranking.current_batch as c cross join unnest(%s::text[]) as g (requisition_id)
"""
COMPARED = """
with queries as (
    select websearch_to_tsquery('simple', %(query)s) as sought, websearch_to_tsquery('simple', %(words)s) as words
)
select
    f.application_id, t.search_vector @@ q.sought as matches, t.search_vector @@ q.words as has_words,
    ts_rank(t.search_vector, q.sought, 1) as relevance
from facets.application_facets as f
cross join queries as q
left join resumes.texts as t on f.resume_id = t.resume_id and f.resume_recorded_at = t.recorded_at
where f.requisition_id = any(%(granted)s) and f.resume_id is not null
order by f.applied_at desc, f.application_id desc
"""


@dataclasses.dataclass(frozen=True)
class Compared:
    application_id: str
    matches: bool
    has_words: bool
    relevance: float


@pytest.fixture(scope="module")
def published(module_warehouse, settings, tmp_path_factory):
    """One application, published; the tests add theirs to its as-of date."""
    make_marts(module_warehouse)
    describe(module_warehouse, "R-only", "java")
    insert(module_warehouse, "landing.candidates", candidate_id="C-0", created_at=BEFORE, recorded_at=BEFORE)
    land(module_warehouse, "A-0", "java", "R-only")
    transform.build(module_warehouse, EVERYTHING, settings, AS_OF, select=FACETS)
    publish_batch(module_warehouse, build(module_warehouse, tmp_path_factory.mktemp("cache")))
    return module_warehouse


def fill(connection, generator):
    """Add resumes of random words; some without a text, some of two applications, and other versions with every word."""
    is_new = generator.random(APPLICATIONS) < 0.6
    texts = []
    for new in is_new:
        words = [word for word, shares in SHARES.items() if generator.random() < shares[int(new)]]
        words += [f"other{number}" for number in range(generator.integers(1, 20))]
        texts.append(" ".join(generator.permutation(words)))
    resumes = [f"CV-{number}" for number in range(APPLICATIONS)]
    later = BEFORE + dt.timedelta(days=1)
    everything = " ".join(SHARES)
    connection.execute(TEXTS, [resumes, [BEFORE] * APPLICATIONS, texts])
    connection.execute(TEXTS, [resumes[::10], [later] * len(resumes[::10]), [everything] * len(resumes[::10])])
    kinds = generator.choice(["own", "none", "shared", "unread"], APPLICATIONS, p=[0.85, 0.05, 0.05, 0.05])
    chosen = {"own": lambda n: resumes[n], "none": lambda _: None, "shared": lambda _: resumes[0]}
    chosen["unread"] = lambda n: f"unread-{n}"
    used = [chosen[kind](number) for number, kind in enumerate(kinds)]
    # By the hour: many applied at the same time.
    applied = [BEFORE - dt.timedelta(hours=int(generator.integers(2000)) + (0 if new else 2000)) for new in is_new]
    requisitions = [f"R-{number}" for number in generator.integers(REQUISITIONS, size=APPLICATIONS)]
    applications = [f"many-{number}" for number in range(APPLICATIONS)]
    versions = [BEFORE if resume else None for resume in used]
    connection.execute(APPLIED, [AS_OF, applications, requisitions, used, versions, applied])


def looked_at(compared):
    """Which texts are ranked, and how they are found: the newest, or those that have the words."""
    newest = compared[:NEWEST]
    if len(newest) < NEWEST or sum(bool(row.matches) for row in newest) >= ENOUGH:
        return "newest", newest
    having = [row for row in compared if row.has_words][:NEWEST]
    return ("words of most" if sum(bool(row.has_words) for row in newest[:100]) > 50 else "words of few"), having


def expected(connection, query, granted):
    values = {"query": query, "words": QUERIES[query], "granted": granted}
    compared = [Compared(*row) for row in connection.execute(COMPARED, values).fetchall()]
    way, ranked = looked_at(compared)
    # Newest first already; sorting is stable.
    found = sorted((row for row in ranked if row.matches), key=lambda row: -row.relevance)
    return way, [(row.application_id, row.relevance) for row in found[:LIMIT]]


def test_the_rows_and_their_order_are_those_of_the_plain_rule(published):
    ways = set()
    n_found = 0
    for seed in range(12):
        generator = np.random.default_rng(seed)
        # All granted first, then one, two, ... of ten.
        n_granted = seed or REQUISITIONS
        granted = [f"R-{n}" for n in generator.permutation(REQUISITIONS)[: min(n_granted, REQUISITIONS)]]
        with published.connect(ADMINISTRATOR) as connection:
            fill(connection, generator)
            connection.execute(GRANTED, [granted])
            rules = {query: expected(connection, query, granted) for query in QUERIES}
            connection.execute("set role hr_ops")
            search = f"select application_id, relevance from ranking.search_resumes(%s, row_limit => {LIMIT})"
            for query, (way, rows) in rules.items():
                ways.add(way)
                n_found += len(rows)
                assert connection.execute(search, [query]).fetchall() == rows, (seed, query, way)
            connection.rollback()
    # Every way was taken, and not by finding nothing.
    assert ways == {"newest", "words of most", "words of few"}
    assert n_found > 1000


def test_a_search_leaves_the_settings_of_its_caller(published):
    with published.connect(ADMINISTRATOR) as connection:
        fill(connection, np.random.default_rng(0))
        connection.execute("set enable_indexscan = off")
        connection.execute("select * from ranking.search_resumes('rare')")
        assert connection.execute("show enable_indexscan").fetchone() == ("off",)
        connection.execute("set enable_indexscan = on")
        connection.execute("select * from ranking.search_resumes('rare')")
        assert connection.execute("show enable_indexscan").fetchone() == ("on",)
        connection.rollback()
