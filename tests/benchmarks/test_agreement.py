"""The naive ways of the benchmark and the product's give the same rows; how fast they are, `make bench` says."""

from __future__ import annotations

import numpy as np

from benchmarks.joint import LARGE_APPLICATIONS, Joint
from benchmarks.scoring import Fast, Naive, differing_rows
from benchmarks.votes import Votes
from benchmarks.world import fill_marts, fitted_ranker
from ml.warehouse.roles import OWNER


def test_no_row_differs_and_a_difference_would_be_seen(fresh_warehouse):
    generator = np.random.default_rng(0)
    ranker = fitted_ranker(generator, trees=5, n_rows=1_000)
    fill_marts(fresh_warehouse, LARGE_APPLICATIONS + 500, generator)
    naive, fast = Naive(fresh_warehouse, ranker), Fast(fresh_warehouse, ranker)
    for step in (naive.read, naive.score, naive.write, fast.read, fast.score, fast.write):
        step()
    assert differing_rows(fresh_warehouse, fast.batch_id) == 0
    fast.chain()
    assert differing_rows(fresh_warehouse, fast.batch_id) == 0
    with fresh_warehouse.connect(OWNER) as connection:
        connection.execute("update scores.naive_scores set quality_score = -1 where application_id = 'A-00000003'")
        connection.execute("delete from scores.naive_scores where application_id = 'A-00000004'")
    assert differing_rows(fresh_warehouse, fast.batch_id) == 2

    joint = Joint(fresh_warehouse, ranker, LARGE_APPLICATIONS + 500, generator)
    joint.fast()
    joint.naive()
    joint.publish()
    joint.fast_requisition()
    joint.naive_requisition()
    assert joint.differing_rows() == 0
    joint.ranked.iloc[0] += 1
    joint.top[0], joint.top[1] = joint.top[1], joint.top[0]
    assert joint.differing_rows() == 3


def test_votes_are_those_of_the_loop_and_a_difference_would_be_seen():
    generator = np.random.default_rng(0)
    votes = Votes(fitted_ranker(generator, trees=5, n_rows=1_000), 200, generator)
    votes.naive()
    votes.fast()
    assert votes.differing_rows() == 0
    votes.votes[3] += 1
    votes.frequencies[4] = np.nextafter(votes.frequencies[4], 2)
    assert votes.differing_rows() == 2
