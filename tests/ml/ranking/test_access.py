"""Who reads which scores (design section 11), with real connections of each role."""

from __future__ import annotations

import dataclasses
import datetime as dt

import psycopg
import pytest

from ml.ranking.errors import RankingError
from ml.ranking.explain import explain_application
from ml.ranking.query import rank_requisition
from ml.scores.batch import publish_batch
from ml.warehouse.roles import ADMINISTRATOR, AUDITOR, ERASER, HR_OPS, INTERVIEWER, LOADER, REVIEWER
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import BEFORE, MIDNIGHT, apply, describe, insert, make_marts, rows, submit

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def published(module_warehouse, tmp_path_factory):
    """Four requisitions of two applications each; R-1 granted, R-2 granted then revoked, R-3 granted too late."""
    warehouse = module_warehouse
    make_marts(warehouse)
    for number in range(8):
        requisition = f"R-{1 + number // 2}"
        apply(warehouse, f"A-{number}", requisition, quality=0.6, onboard=0.6, attrition=number / 10)
        submit(warehouse, f"A-{number}", requisition, resume=f"CV-{number}", text="java")
    for number in range(1, 5):
        describe(warehouse, f"R-{number}", "java")

    def grant(requisition, *, valid_from=BEFORE, valid_to=None, recorded_at=BEFORE, login="hr_ops"):
        insert(
            warehouse, "landing.requisition_grants", requisition_id=requisition, login=login, valid_from=valid_from,
            valid_to=valid_to, recorded_at=recorded_at,
        )  # fmt: skip

    grant("R-1")
    grant("R-2")
    grant("R-2", valid_to=MIDNIGHT - DAY, recorded_at=BEFORE + DAY)
    grant("R-3", recorded_at=MIDNIGHT)
    grant("R-4", valid_from=MIDNIGHT + DAY)
    grant("R-4", login="anna")
    for application, valid_to in (("A-1", None), ("A-2", MIDNIGHT)):
        insert(
            warehouse, "landing.assignments", application_id=application, login="interviewer", valid_from=BEFORE,
            valid_to=valid_to, recorded_at=BEFORE,
        )  # fmt: skip
    publish_batch(warehouse, build(warehouse, tmp_path_factory.mktemp("cache")))
    return warehouse


@pytest.mark.parametrize(
    "view",
    ["ranking.ranked_list", "ranking.explanations", "scores.application_scores", "scores.application_matches"],
)
def test_hr_reads_the_requisitions_granted_at_the_as_of_date(published, view):
    assert rows(published, f"select distinct requisition_id from {view} order by 1", role=HR_OPS) == [("R-1",)]
    assert len(rows(published, f"select distinct requisition_id from {view}", role=AUDITOR)) == 4


def test_hr_ranks_and_explains_only_what_is_granted(published):
    ranked = rank_requisition(published, "R-1", role=HR_OPS)
    assert [(row.rank, row.application_id) for row in ranked] == [(1, "A-1"), (2, "A-0")]
    assert explain_application(published, "A-1", role=HR_OPS).ranks["normal"] == 1
    for requisition in ("R-2", "R-3", "R-4"):
        with pytest.raises(RankingError, match="that hr_ops may read"):
            rank_requisition(published, requisition, role=HR_OPS)
    with pytest.raises(RankingError, match="that hr_ops may read"):
        explain_application(published, "A-7", role=HR_OPS)


def test_hr_reads_no_explanation_of_a_score_that_the_list_does_not_show(published):
    seen = "select application_id, facet, method from ranking.explanations where facet = 'q' order by 1"
    method = "Shapley values (path-dependent TreeSHAP) of the votes"
    assert rows(published, seen, role=HR_OPS) == [("A-0", "q", method), ("A-1", "q", method)]
    assert len(explain_application(published, "A-1", role=HR_OPS).scores) == 3
    with published.connect(ADMINISTRATOR) as connection:
        # As for people whose scores are not shown, whatever their status is called.
        connection.execute(
            "update ranking.ranked_applications set status = 'needs a person', rank = null where application_id = 'A-1'"
        )
        connection.execute("set role hr_ops")
        assert connection.execute(seen).fetchall() == [("A-0", "q", method)]
        assert connection.execute("select count(*) from scores.explanations").fetchone() == (3,)
        connection.rollback()


def test_an_interviewer_sees_assigned_applications_with_their_rank_among_all(published):
    seen = rows(
        published,
        "select application_id, rank from ranking.ranked_list where condition = 'normal'",
        role=INTERVIEWER,
    )
    assert seen == [("A-1", 1)]
    assert rows(published, "select application_id from scores.application_matches", role=INTERVIEWER) == [("A-1",)]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (INTERVIEWER, "select * from scores.facet_scores"),
        (INTERVIEWER, "select * from scores.application_scores"),
        (INTERVIEWER, "select * from ranking.rank_requisition('R-1')"),
        (INTERVIEWER, "select * from ranking.explanations"),
        (INTERVIEWER, "select * from scores.explanations"),
        (HR_OPS, "select * from scores.facet_scores_1_0"),
        (HR_OPS, "select * from ranking.ranked_applications_1"),
        (HR_OPS, "select * from scores.explanations_1"),
        (HR_OPS, "select * from scores.explainers"),
        (HR_OPS, "select * from ranking.application_readers"),
        (HR_OPS, "update scores.batches set status = 'superseded'"),
        (HR_OPS, "insert into ranking.requisition_readers values (1, 'hr_ops', 'R-2')"),
        (HR_OPS, "select scores.drop_batch(1)"),
        (HR_OPS, "select ranking.fill_batch(1, 'x')"),
        (HR_OPS, "select * from landing.applications"),
        (REVIEWER, "select * from ranking.ranked_list"),
        (REVIEWER, "select * from ranking.explanations"),
        (LOADER, "select * from ranking.ranked_list"),
        ("facetrank_trainer", "select * from scores.facet_scores, landing.candidates"),
        ("facetrank_trainer", "select current_salary from landing.applications"),
        ("facetrank_trainer", "select file_name from landing.resumes"),
        ("facetrank_trainer", "select content_text from landing.resumes"),
        ("facetrank_trainer", "delete from resumes.texts"),
        ("facetrank_trainer", "drop table scores.facet_scores_1_0"),
        ("facetrank_trainer", "insert into scores.facet_scores_1_0 select * from scores.facet_scores"),
        ("facetrank_trainer", "delete from scores.facet_scores"),
    ],
)
def test_what_a_role_may_not_do(published, role, statement):
    with published.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_trainer_writes_no_other_table_in_partitions(published):
    with (
        published.connect("facetrank_trainer") as connection,
        pytest.raises(psycopg.errors.RaiseException, match=r"^landing\.applications is not written in partitions"),
    ):
        connection.execute("select scores.clear_partition('landing.applications', 1, null, 'x')")


@pytest.fixture
def anna(published):
    """A person's own login, a member of hr_ops."""
    administrator = published.named("postgres")
    password = published.passwords[HR_OPS]
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute(f"create role anna login password '{password}' in role hr_ops")
    yield dataclasses.replace(published, passwords={"anna": password})
    with administrator.connect(ADMINISTRATOR, autocommit=True) as connection:
        connection.execute("drop role anna")


def test_a_login_of_a_persons_own_sees_its_own_grants(anna):
    assert rows(anna, "select distinct requisition_id from ranking.ranked_list", role="anna") == [("R-4",)]
    assert rank_requisition(anna, "R-4", role="anna")
    with pytest.raises(RankingError, match="that anna may read"):
        rank_requisition(anna, "R-1", role="anna")


def test_the_eraser_deletes_a_person(published):
    with published.connect(ERASER) as connection:
        deleted = connection.execute("delete from scores.facet_scores where candidate_id = 'C-7'").rowcount
        assert deleted == 1
        assert connection.execute("delete from ranking.ranked_applications where candidate_id = 'C-7'").rowcount == 5
        assert connection.execute("delete from scores.explanations where application_id = 'A-7'").rowcount == 3
        connection.rollback()
