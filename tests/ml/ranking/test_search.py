"""Full-text search over resumes: how names of skills are found, what is refused, and who finds whom."""

from __future__ import annotations

import dataclasses

import psycopg
import pytest

from ml import transform
from ml.cli.ranking import format_found
from ml.ranking.errors import RankingError
from ml.ranking.search import search_resumes
from ml.scores.batch import publish_batch
from ml.warehouse.roles import ADMINISTRATOR, AUDITOR, ERASER, HR_OPS, INTERVIEWER, LOADER, REVIEWER, TRANSFORMER
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import AS_OF, BEFORE, EVERYTHING, apply, describe, insert, make_marts, rows, submit

FACETS = "+application_facets +application_skills"
TEXTS = {
    "A-0": "Java developer. Built Node.js services on Kubernetes (k8s), CI/CD with Jenkins.",
    "A-1": "Excellent communication. C++17, C# and ASP.NET; PL/SQL",
    "A-2": "Project management, IT operations. Java/Kotlin",
    "A-3": "Java, Excel",
    "A-4": None,
    "A-5": "Java for an opted-out person",
    "A-6": "Java of a requisition granted to nobody",
    "A-7": "Java of a closed application",
}


def read_resume(warehouse, resume, text, *, recorded_at=BEFORE):
    """Store a text as the reading step does."""
    insert(
        warehouse, "resumes.texts", TRANSFORMER, resume_id=resume, recorded_at=recorded_at, received_at=recorded_at,
        source_hash="0" * 64, reader="1", media_kind="txt", is_misnamed=False, content_text=text,
        content_hash="0" * 64, facts_version="1",
    )  # fmt: skip


def land(warehouse, application, text, requisition="R-1", **values):
    apply(warehouse, application, requisition, quality=0.6, onboard=0.6, attrition=0.6, **values)
    submit(warehouse, application, requisition, resume=text and f"CV-{application}", text=text)
    if text:
        insert(
            warehouse, "resumes.skills", TRANSFORMER, resume_id=f"CV-{application}", recorded_at=BEFORE, skill="Java",
            found_by="taxonomy", span_start=0, span_end=4,
        )  # fmt: skip


@pytest.fixture(scope="module")
def published(module_warehouse, settings, tmp_path_factory):
    """R-1 granted to hr_ops, R-2 to nobody; A-2 assigned to the interviewer; C-5 opted out; A-7 closed."""
    warehouse = module_warehouse
    make_marts(warehouse)
    for requisition in ("R-1", "R-2"):
        describe(warehouse, requisition, "java")
    for number in range(8):
        insert(warehouse, "landing.candidates", candidate_id=f"C-{number}", created_at=BEFORE, recorded_at=BEFORE)
    for application, text in TEXTS.items():
        land(warehouse, application, text, "R-2" if application == "A-6" else "R-1", is_active=application != "A-7")
    insert(warehouse, "landing.opt_outs", candidate_id="C-5", requested_at=BEFORE, recorded_at=BEFORE)
    insert(
        warehouse, "landing.requisition_grants", requisition_id="R-1", login="hr_ops", valid_from=BEFORE,
        recorded_at=BEFORE,
    )  # fmt: skip
    insert(
        warehouse, "landing.assignments", application_id="A-2", login="interviewer", valid_from=BEFORE,
        recorded_at=BEFORE,
    )  # fmt: skip
    transform.build(warehouse, EVERYTHING, settings, AS_OF, select=FACETS)
    publish_batch(warehouse, build(warehouse, tmp_path_factory.mktemp("cache")))
    return warehouse


def found(warehouse, query, role=HR_OPS, **values):
    return {row.application_id for row in search_resumes(warehouse, query, role=role, **values)}


@pytest.mark.parametrize(
    ("query", "applications"),
    [
        ("java", {"A-0", "A-2", "A-3", "A-5", "A-7"}),
        ("JAVA developer", {"A-0"}),
        ("kotlin", {"A-2"}),
        ("k8s", {"A-0"}),
        ("node.js", {"A-0"}),
        ("node", {"A-0"}),
        ("c++", {"A-1"}),
        ("c#", {"A-1"}),
        (".net", {"A-1"}),
        ("asp.net", {"A-1"}),
        ("pl/sql", {"A-1"}),
        ("ci/cd", {"A-0"}),
        # The letter C alone is in none of them, and neither are its names without their signs.
        ("c", set()),
        ("net", set()),
        # No stop words, no stems: "excellent" is not Excel.
        ("it", {"A-2"}),
        ("excel", {"A-3"}),
        ('"project management"', {"A-2"}),
        ('"management project"', set()),
        ("management project", {"A-2"}),
        ("kotlin or k8s", {"A-0", "A-2"}),
        ("java -kotlin", {"A-0", "A-3", "A-5", "A-7"}),
        ('java -"java excel"', {"A-0", "A-2", "A-5", "A-7"}),
        ("java '; drop table x", set()),
    ],
)
def test_what_a_query_finds(published, query, applications):
    assert found(published, query) == applications


def test_people_find_what_they_may_read(published):
    assert found(published, "java", role="facetrank_trainer") == {"A-0", "A-2", "A-3", "A-5", "A-6", "A-7"}
    assert found(published, "java", role=INTERVIEWER) == {"A-2"}
    assert found(published, "java", requisition_id="R-1") == {"A-0", "A-2", "A-3", "A-5", "A-7"}
    assert found(published, "java", requisition_id="R-2") == set()
    assert found(published, "java", requisition_id="R-2", role="facetrank_trainer") == {"A-6"}


def test_the_grants_are_those_of_the_role_that_was_set(published):
    # The administrator reads everything; as hr_ops, what hr_ops may read.
    count = "select count(*) from ranking.search_resumes('java')"
    with published.connect(ADMINISTRATOR) as connection:
        assert connection.execute(count).fetchone() == (6,)
        connection.execute("set role hr_ops")
        assert connection.execute(count).fetchone() == (5,)


@pytest.fixture
def anna(published):
    """A person's own login, a member of hr_ops with no grant of its own."""
    administrator = published.named("postgres")
    password = published.passwords[HR_OPS]
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute(f"create role anna login password '{password}' in role hr_ops")
    yield dataclasses.replace(published, passwords={"anna": password})
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute("drop role anna")


def test_who_was_granted_nothing_is_told_so(anna):
    with pytest.raises(RankingError, match=r"^No facets as of 2026-10-31 that anna may read: run the ingest workflow"):
        search_resumes(anna, "java", role="anna")
    # Past the check as well.
    direct = "select * from ranking.matching_resumes('java', 1, null, 50)"
    assert rows(anna, direct, role="anna") == []


def test_the_status_and_scores_are_those_of_the_ranked_list(published):
    by_application = {row.application_id: row for row in search_resumes(published, "java", role=HR_OPS)}
    assert {name: row.status for name, row in by_application.items()} == {
        "A-0": "ranked",
        "A-2": "ranked",
        "A-3": "ranked",
        "A-5": "opted out",
        "A-7": "not listed",
    }
    assert (by_application["A-0"].level, by_application["A-0"].q) == (3, 0.6)
    hidden = by_application["A-5"]
    assert (hidden.level, hidden.t, hidden.q, hidden.o, hidden.v) == (None,) * 5


def test_the_blind_slice_is_found_without_scores(fresh_warehouse, settings, tmp_path):
    warehouse = fresh_warehouse
    make_marts(warehouse)
    describe(warehouse, "R-1", "java")
    for number in range(8):
        insert(warehouse, "landing.candidates", candidate_id=f"C-{number}", created_at=BEFORE, recorded_at=BEFORE)
        land(warehouse, f"A-{number}", "java")
    organisation = dataclasses.replace(EVERYTHING, blind_share=0.5)
    transform.build(warehouse, organisation, settings, AS_OF, select=FACETS)
    publish_batch(warehouse, build(warehouse, tmp_path, organisation=organisation))
    found_rows = search_resumes(warehouse, "java")
    blind = [row for row in found_rows if row.status == "blind"]
    assert len(found_rows) == 8
    assert 0 < len(blind) < 8
    assert {(row.level, row.t, row.q, row.o, row.v) for row in blind} == {(None,) * 5}
    assert all(row.q == 0.6 for row in found_rows if row.status == "ranked")


def test_the_headline_is_the_text_as_written_with_the_words_in_brackets(published):
    (row,) = search_resumes(published, "c++ .net", role=HR_OPS)
    assert row.headline == "Excellent communication. [C++]17, C# and ASP[.NET]"


def test_the_command_prints_one_line_per_application(published):
    lines = format_found(search_resumes(published, "kotlin", role=HR_OPS)).splitlines()
    assert [line.split()[:3] for line in lines] == [["application", "requisition", "status"], ["A-2", "R-1", "ranked"]]
    assert lines[1].endswith("Java/[Kotlin]")
    assert format_found([]) == "No resume matches."


def test_the_most_relevant_come_first_and_the_limit_cuts_the_rest(published):
    # One mention each: the shortest text ("Java, Excel") is the most relevant.
    assert [row.application_id for row in search_resumes(published, "java", role=HR_OPS, limit=1)] == ["A-3"]


MANY = """
insert into resumes.texts (
    resume_id, recorded_at, received_at, source_hash, reader, media_kind, is_misnamed, content_text, content_hash,
    facts_version
)
select
    'CV-many-' || n, timestamptz '2026-01-01', timestamptz '2026-01-01', '', '1', 'txt', false,
    case when n > 2000 then 'fortran cobol' else 'fortran with other words' end, '', '1'
from generate_series(1, 2050) as n;
insert into facets.application_facets (
    as_of_date, application_id, candidate_id, requisition_id, resume_id, resume_recorded_at, applied_at
)
select
    date '2026-10-31', 'many-' || n, 'C-many-' || n, 'R-1', 'CV-many-' || n, timestamptz '2026-01-01',
    timestamptz '2026-10-01' - make_interval(mins => n)
from generate_series(1, 2050) as n
"""


def test_a_rare_word_is_found_in_the_oldest_and_a_common_one_in_the_newest(published):
    # Of 2,050 applications the oldest 50 say cobol, in the shortest texts, and all say fortran.
    with published.connect(ADMINISTRATOR) as connection:
        connection.execute(MANY)
        connection.execute("set role hr_ops")
        place = "split_part(application_id, '-', 2)::int"
        search = f"select {place} from ranking.search_resumes(%s, row_limit => 100) order by 1"
        assert [n for (n,) in connection.execute(search, ["cobol"])] == list(range(2001, 2051))
        # Equally relevant, the newest first.
        assert [n for (n,) in connection.execute(search, ["fortran"])] == list(range(1, 101))
        connection.rollback()


@pytest.mark.parametrize(
    ("query", "limit", "message"),
    [
        ("", 50, "The query must name a word that the resumes are to have, not ''."),
        (" ... ", 50, "The query must name a word that the resumes are to have, not ' ... '."),
        ("-java", 50, "The query must name a word that the resumes are to have, not '-java'."),
        ("kotlin or -java", 50, "The query must name a word that the resumes are to have, not 'kotlin or -java'."),
        ("java", 0, "Row_limit must lie between 1 and 1000, not 0."),
        ("java", 1001, "Row_limit must lie between 1 and 1000, not 1001."),
    ],
)
def test_what_a_search_refuses(published, query, limit, message):
    with pytest.raises(RankingError) as refused:
        search_resumes(published, query, limit=limit)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("null", "the query must name a word that the resumes are to have, not NULL."),
        ("'java', row_limit => null", "row_limit must lie between 1 and 1000, not null."),
    ],
)
def test_nulls_are_refused(published, arguments, message):
    with published.connect(HR_OPS) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(f"select * from ranking.search_resumes({arguments})")
    assert (refused.value.sqlstate, refused.value.diag.message_primary) == ("FR002", message)


def test_before_anything_is_published_or_built(fresh_warehouse, tmp_path):
    with pytest.raises(RankingError, match=r"^No scores are published yet: run the score workflow\.$"):
        search_resumes(fresh_warehouse, "java")
    make_marts(fresh_warehouse)
    apply(fresh_warehouse, "A-1", quality=0.6, onboard=0.6, attrition=0.6)
    publish_batch(fresh_warehouse, build(fresh_warehouse, tmp_path))
    with pytest.raises(RankingError, match=r"^No facets as of 2026-10-31 that facetrank_trainer may read"):
        search_resumes(fresh_warehouse, "java")


@pytest.mark.parametrize("table", ["facets.application_facets", "facets.application_skills"])
def test_bi_tools_see_what_a_table_and_its_columns_are(published, table):
    comments = (
        "select a.attname, col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class')"
        " from pg_class as c inner join pg_attribute as a on c.oid = a.attrelid"
        f" where c.oid = '{table}'::regclass and a.attnum > 0 and not a.attisdropped"
    )
    described = rows(published, comments, role=HR_OPS)
    assert [column for column, comment, _ in described if not comment] == []
    assert {grain.split(",")[0].split(" that")[0] for _, _, grain in described} <= {
        "One row per application",
        "One row per application and skill",
    }


@pytest.mark.parametrize("table", ["facets.application_facets", "facets.application_skills"])
def test_who_reads_the_facets(published, table):
    requisitions = f"select distinct requisition_id from {table} order by 1"
    assert rows(published, requisitions, role=AUDITOR) == [("R-1",), ("R-2",)]
    assert rows(published, requisitions, role=HR_OPS) == [("R-1",)]
    assert rows(published, f"select application_id from {table}", role=INTERVIEWER) == [("A-2",)]
    with published.connect(ERASER) as connection:
        assert connection.execute(f"delete from {table} where candidate_id = 'C-3'").rowcount == 1
        connection.rollback()


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (HR_OPS, "select * from resumes.texts"),
        (HR_OPS, "select * from resumes.skills"),
        (HR_OPS, "delete from facets.application_facets"),
        (INTERVIEWER, "select * from resumes.texts"),
        (REVIEWER, "select * from facets.application_facets"),
        (LOADER, "select * from facets.application_skills"),
        (REVIEWER, "select * from ranking.search_resumes('java')"),
        (AUDITOR, "select * from ranking.search_resumes('java')"),
        (AUDITOR, "select * from ranking.matching_resumes('java', 1, null, 50)"),
    ],
)
def test_what_a_role_may_not_do(published, role, statement):
    with published.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_signs_outside_of_ascii_divide_words(published):
    query = "select tsvector_to_array(to_tsvector('simple', resumes.as_words(%s)))"
    assert rows(published, query, "•Java–Kotlin café") == [(["café", "java", "kotlin"],)]


def test_ascii_text_comes_back_as_it_was_written(published):
    text = r"C++17, g++, A+, C#/F#; .NET & Asp.Net, Node.js <b>a@b</b> c:\d 3.11 Java+Kotlin e.g. Ph.D."
    assert rows(published, "select resumes.as_written(resumes.as_words(%s))", text) == [(text,)]


def test_a_text_of_any_length_is_stored_and_searched_in_its_first_part(fresh_warehouse):
    # A vector holds 1 MB of words; this text has 4 MB of different ones.
    text = " ".join(f"w{number:06d}" for number in range(500_000))
    read_resume(fresh_warehouse, "CV-long", text)
    query = "select search_vector @@ 'w000001'::tsquery, search_vector @@ 'w499999'::tsquery from resumes.texts"
    assert rows(fresh_warehouse, query) == [(True, False)]
