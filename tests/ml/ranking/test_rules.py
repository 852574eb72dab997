"""The joint ranking in SQL against the plain reference, over random people, absent facets and own weights."""

from __future__ import annotations

import datetime as dt
import random

import pyarrow as pa
import pytest

from ml.organisation import Organisation
from ml.ranking.build import rank_batch
from ml.ranking.query import rank_requisition
from ml.scores.batch import open_batch, publish_batch, written_partition
from ml.warehouse.copy import copy_batches
from ml.warehouse.roles import TRANSFORMER
from tests.ml.ranking import reference
from tests.ml.scores.world import CONDITIONS, SCORERS, THRESHOLDS, make_marts, rows

FIRST = dt.date(2026, 1, 1)
# Which parts of the lifecycle give which facets.
PARTS = {"t": "resumes", "q": "screening", "o": "offers", "v": "tenure"}
RANKER = {"q": "quality", "o": "onboard", "v": "attrition"}
COLUMNS = {
    "t": "technical_match", "q": "quality_score", "qp": "quality_probability", "o": "onboard_score",
    "op": "onboard_probability", "v": "attrition_score", "vp": "attrition_probability",
}  # fmt: skip
PRESENT = ["tqov", "tqov", "tqov", "tqo", "tqv", "tov", "qov", "tq", "q", "o", "v", "tv"]


def random_people(generator, present, blind_share=0.0):
    """People on a coarse grid, so that ties at every step of the order are common."""

    def value(chance):
        return None if generator.random() < chance else generator.randrange(0, 11) / 10

    people = []
    for number in range(60):
        person = {
            "id": f"A-{number % 7}{generator.choice('aZ-é')}{number}",
            "requisition": f"R-{number % 2}",
            "applied_at": dt.datetime(2025, 1, 1 + generator.randrange(3), tzinfo=dt.UTC),
            "is_opted_out": generator.random() < 0.05,
        }
        person["is_blind"] = reference.is_in_blind_slice(person["id"], blind_share)
        for facet in "tqov":
            is_there = facet in present and not person["is_opted_out"]
            person[facet] = value(0.08) if is_there else None
            if facet != "t":
                person[f"{facet}p"] = None if person[facet] is None else generator.randrange(0, 3) / 2
        people.append(person)
    return people


def publish(warehouse, people, present, as_of, blind_share=0.0):
    parts = tuple(PARTS[facet] for facet in present)
    organisation = Organisation(name="demo", parts=parts, blind_share=blind_share)
    champions = {RANKER[facet]: SCORERS[RANKER[facet]] for facet in present if facet != "t"}
    with warehouse.connect(TRANSFORMER) as connection:
        connection.execute("truncate intermediate.application_lifecycle")
        connection.execute(
            """insert into intermediate.application_lifecycle (as_of_date, application_id, is_requisition_open)
               select %s, unnest(%s::text[]), true""",
            [as_of, [person["id"] for person in people]],
        )
    batch = open_batch(warehouse, organisation, as_of, champions, parts=1)
    columns = {
        "batch_id": pa.array([batch] * len(people), pa.int64()),
        "part": pa.array([0] * len(people), pa.int16()),
        "application_id": pa.array([person["id"] for person in people]),
        "candidate_id": pa.array([person["id"] for person in people]),
        "requisition_id": pa.array([person["requisition"] for person in people]),
        "applied_at": pa.array([person["applied_at"] for person in people], pa.timestamp("us", tz="UTC")),
        "is_listed": pa.array([True] * len(people)),
        "is_opted_out": pa.array([person["is_opted_out"] for person in people]),
        "is_blind": pa.array([person["is_blind"] for person in people]),
    }
    for key, column in COLUMNS.items():
        for name, is_there in ((column, False), (f"hidden_{column}", True)):
            values = [person[key] if person["is_blind"] == is_there else None for person in people]
            columns[name] = pa.array(values, pa.float64())
    if "t" in present:
        with written_partition(warehouse, "scores.match_evidence", batch, step="match"):
            pass
    with written_partition(warehouse, "scores.facet_scores", batch, step="part 0", part=0) as (connection, table):
        copy_batches(connection, table, [pa.RecordBatch.from_pydict(columns)])
    assert rank_batch(warehouse, batch) == len(people) * len(CONDITIONS)
    # These scores come from no features: there is nothing to explain them by.
    with written_partition(warehouse, "scores.explanations", batch, step="explanations"):
        pass
    publish_batch(warehouse, batch)


@pytest.fixture(scope="module")
def marts(module_warehouse):
    make_marts(module_warehouse)
    return module_warehouse


def shown(ranked):
    return [(row.rank, row.application_id, row.status, row.level) for row in ranked]


@pytest.mark.parametrize("seed", range(len(PRESENT)))
def test_sql_ranks_as_the_reference(marts, seed):
    generator = random.Random(seed)
    present = PRESENT[seed]
    # Every other organisation has a blind slice.
    blind_share = 0.2 * (seed % 2)
    people = random_people(generator, present, blind_share)
    publish(marts, people, present, FIRST + dt.timedelta(days=seed), blind_share)
    statuses = set()
    for condition, numbers in CONDITIONS.items():
        weights = dict(zip("tqov", numbers, strict=True))
        for requisition in ("R-0", "R-1"):
            listed = [person for person in people if person["requisition"] == requisition]
            expected = reference.rank(listed, weights, THRESHOLDS, present)
            order = sorted(expected, key=lambda row: (row[0] is None, row[0] or 0, row[2], row[1].encode()))
            materialised = rows(
                marts,
                """select rank, application_id, status, level, weighted_score from ranking.ranked_list
                   where requisition_id = %s and condition = %s
                   order by rank nulls last, status, application_id collate "C" """,
                requisition, condition,
            )  # fmt: skip
            assert [row[:4] for row in materialised] == [row[:4] for row in order]
            for got, wanted in zip(materialised, order, strict=True):
                assert wanted[4] is None or got[4] == pytest.approx(float(wanted[4]), abs=1e-12)
            if (condition, requisition) in (("normal", "R-0"), ("recession", "R-1")):
                called = rank_requisition(marts, requisition, condition=condition)
                assert [row for row in shown(called) if row[0]] == [row[:4] for row in order if row[0]]
                assert {row[1:3] for row in shown(called)} == {row[1:3] for row in order}
            statuses |= {row[2] for row in order}
    # The data reach every kind of person, else this proves little.
    assert statuses == {"ranked", "needs a person", "opted out"} | ({"blind"} if blind_share else set())


@pytest.mark.parametrize("seed", range(4))
def test_own_weights_and_thresholds_rank_as_the_reference(marts, seed):
    generator = random.Random(100 + seed)
    people = random_people(generator, "tqov")
    publish(marts, people, "tqov", FIRST + dt.timedelta(days=50 + seed))
    cuts = sorted(generator.sample(range(1, 100), 3))
    parts = [cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], 100 - cuts[2]]
    weights = dict(zip("tqov", (part / 100 for part in parts), strict=True))
    thresholds = {facet: generator.randrange(0, 11) / 10 for facet in "tqo"}
    listed = [person for person in people if person["requisition"] == "R-0"]
    expected = [row for row in reference.rank(listed, weights, thresholds, "tqov") if row[0]]
    called = rank_requisition(marts, "R-0", weights=weights, thresholds=thresholds)
    assert [row for row in shown(called) if row[0]] == [row[:4] for row in expected]
    # Asking for fewer gives the same beginning.
    assert rank_requisition(marts, "R-0", weights=weights, thresholds=thresholds, limit=7) == called[:7]


@pytest.mark.parametrize("seed", range(3))
def test_joint_score_sorts_as_the_rank_and_lies_in_the_unit_interval(marts, seed):
    people = random_people(random.Random(200 + seed), "tqov")
    publish(marts, people, "tqov", FIRST + dt.timedelta(days=70 + seed))
    for requisition in ("R-0", "R-1"):
        ranked = [row for row in rank_requisition(marts, requisition) if row.rank]
        assert [row.rank for row in ranked] == list(range(1, len(ranked) + 1))
        joint = [row.joint_score for row in ranked]
        assert joint == sorted(joint, reverse=True)
        assert all(0 <= score <= 1 for score in joint)
        # A higher level is a higher quarter, whatever the weights.
        assert all(row.level == min(int(row.joint_score * 4), 3) for row in ranked)


def test_minimum_filters_hide_rows_and_never_change_a_rank(marts):
    people = random_people(random.Random(300), "tqov")
    publish(marts, people, "tqov", FIRST + dt.timedelta(days=80))
    everybody = {row.application_id: row for row in rank_requisition(marts, "R-0")}
    filtered = rows(
        marts,
        """select application_id, rank from ranking.rank_requisition(
               'R-0', row_limit => 5, minimum_t => 0.3, minimum_q => 0.4, minimum_o => 0.1, minimum_v => 0.2
           )""",
    )
    wanted = [
        (row.application_id, row.rank)
        for row in everybody.values()
        if None not in (row.t, row.q, row.o, row.v) and row.t >= 0.3 and row.q >= 0.4 and row.o >= 0.1 and row.v >= 0.2
    ]
    assert len(wanted) >= 2
    assert filtered == wanted[:5]
