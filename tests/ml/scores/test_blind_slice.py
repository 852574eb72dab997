"""The blind slice: a fair, lasting draw by the id alone, whose scores are kept where people do not read."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest

from ml.organisation import Organisation
from ml.ranking.query import rank_requisition
from ml.scores.batch import open_batch, publish_batch, read_batch
from ml.warehouse.roles import AUDITOR
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import AS_OF, BEFORE, EVERYTHING, SCORERS, apply, describe, insert, make_marts, rows, submit

IDS = 20_000
# How ids look: numbered, and as hashes.
KINDS = {"numbered": "'APP-' || n", "hashed": "md5(n::text)"}
PLAIN = Organisation(name="demo", parts=("screening",))
ONE = {"quality": SCORERS["quality"]}
BLIND = "select application_id from scores.facet_scores where batch_id = %s and is_blind order by 1"


def is_likely(count, chance, of):
    """Within 4.5 standard deviations of the binomial mean; the draw is a hash, so that this never flickers."""
    return abs(count - chance * of) <= 4.5 * (of * chance * (1 - chance)) ** 0.5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.005, 0.05, 0.1, 0.5, 0.95])
def test_the_slice_is_as_large_as_its_share_in_every_part(module_warehouse, kind, share):
    drawn = rows(
        module_warehouse,
        f"""
        select (hashtextextended({KINDS[kind]}, 0) & 9223372036854775807) %% 4 as part, count(*),
               count(*) filter (where scores.is_in_blind_slice({KINDS[kind]}, %s))
        from generate_series(1, {IDS}) as n group by part order by part
        """,
        share,
    )
    assert [part for part, _, _ in drawn] == [0, 1, 2, 3]
    assert is_likely(sum(blind for *_, blind in drawn), share, IDS)
    assert all(is_likely(blind, share, of) for _, of, blind in drawn)


def test_without_a_share_nobody_is_blind_and_a_larger_share_only_adds(module_warehouse):
    shares = [0, 0.05, 0.1, 0.3, 0.999999]
    slices = [
        {
            name
            for (name,) in rows(
                module_warehouse,
                f"select 'APP-' || n from generate_series(1, {IDS}) as n"
                " where scores.is_in_blind_slice('APP-' || n, %s)",
                share,
            )
        }
        for share in shares
    ]
    assert slices[0] == set()
    assert all(smaller < larger for smaller, larger in pairwise(slices))
    assert len(slices[-1]) == IDS


def test_the_share_is_fixed_when_the_batch_opens(fresh_warehouse):
    make_marts(fresh_warehouse)
    apply(fresh_warehouse, "A-1")
    batch = open_batch(fresh_warehouse, replace(PLAIN, blind_share=0.25), AS_OF, ONE)
    assert read_batch(fresh_warehouse, batch).blind_share == 0.25
    assert read_batch(fresh_warehouse, open_batch(fresh_warehouse, PLAIN, AS_OF, ONE)).blind_share == 0


def test_who_is_blind_stays_blind_whatever_the_date_model_parts_and_features(fresh_warehouse, tmp_path):
    make_marts(fresh_warehouse)
    later = AS_OF + dt.timedelta(days=100)
    for number in range(40):
        apply(fresh_warehouse, f"A-{number}", quality=number / 50)
        apply(fresh_warehouse, f"A-{number}", f"R-{number % 3}", as_of=later, quality=1 - number / 50)
    sliced = replace(PLAIN, blind_share=0.3)
    first = build(fresh_warehouse, tmp_path, organisation=sliced, scorers=ONE, parts=1)
    publish_batch(fresh_warehouse, first)
    retrained = {"quality": replace(ONE["quality"], version="2")}
    second = build(fresh_warehouse, tmp_path, as_of=later, organisation=sliced, scorers=retrained, parts=5)
    blind = rows(fresh_warehouse, BLIND, first)
    assert 0 < len(blind) < 40
    assert rows(fresh_warehouse, BLIND, second) == blind


def test_hidden_scores_are_kept_for_trainer_and_auditor_and_are_those_of_no_slice(fresh_warehouse, tmp_path):
    make_marts(fresh_warehouse)
    describe(fresh_warehouse, "R-1", "Java developer")
    for number in range(12):
        apply(fresh_warehouse, f"A-{number}", quality=number / 20, onboard=number / 25, attrition=number / 50)
        submit(fresh_warehouse, f"A-{number}", resume=f"CV-{number}", text="Java")
    scores = "select * from scores.all_facet_scores where batch_id = %s order by application_id"
    columns = slice(9, None)  # after batch_id, part, four identifiers and three flags
    whole = build(fresh_warehouse, tmp_path)
    publish_batch(fresh_warehouse, whole)
    sliced = build(fresh_warehouse, tmp_path, organisation=replace(EVERYTHING, blind_share=0.3))
    without, with_slice = rows(fresh_warehouse, scores, whole), rows(fresh_warehouse, scores, sliced, role=AUDITOR)
    assert [row[columns] for row in with_slice] == [row[columns] for row in without]
    assert all(None not in row[columns] for row in with_slice)
    # By their hashes: .04, .26, .21 and .23; no other of is below .3.
    assert rows(fresh_warehouse, BLIND, sliced) == [("A-2",), ("A-3",), ("A-5",), ("A-8",)]


def test_opted_out_and_unscorable_people_of_the_slice_keep_their_own_status(fresh_warehouse, tmp_path):
    make_marts(fresh_warehouse)
    describe(fresh_warehouse, "R-1", "Java developer")
    for number in range(6):
        apply(
            fresh_warehouse, f"A-{number}", quality=0.9, onboard=0.9, attrition=0.9,
            applied_at=BEFORE - dt.timedelta(days=number),
        )  # fmt: skip
        submit(fresh_warehouse, f"A-{number}", resume=None if number == 5 else f"CV-{number}", text="Java")
    insert(fresh_warehouse, "landing.opt_outs", candidate_id="C-3", requested_at=BEFORE, recorded_at=BEFORE)
    # The slice: A-2 (.04), A-3 (.26, opted out), A-4 (.35) and A-5 (.21, no resume).
    publish_batch(fresh_warehouse, build(fresh_warehouse, tmp_path, organisation=replace(EVERYTHING, blind_share=0.4)))
    ranked = rank_requisition(fresh_warehouse, "R-1")
    # The blind in the order in which they applied; ranks have no hole where they would stand.
    assert [(row.rank, row.application_id, row.status) for row in ranked] == [
        (1, "A-1", "ranked"),
        (2, "A-0", "ranked"),
        (None, "A-4", "blind"),
        (None, "A-2", "blind"),
        (None, "A-5", "needs a person"),
        (None, "A-3", "opted out"),
    ]
    for row in ranked[2:]:
        assert {row.level, row.weighted_score, row.joint_score, row.t, row.q, row.o, row.v} == {None}
    listed = "select distinct application_id, status from ranking.ranked_list where rank is null order by 1"
    assert rows(fresh_warehouse, listed) == [
        ("A-2", "blind"), ("A-3", "opted out"), ("A-4", "blind"), ("A-5", "needs a person")
    ]  # fmt: skip
