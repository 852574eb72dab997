"""How far scored people lie from those trained on, and what the lists owe to facets learned from few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from ml.scores.batch import publish_batch
from ml.warehouse.roles import AUDITOR, TRANSFORMER
from reports.selective_labels import read_outside, read_rankings_without_facets
from reports.site import build_site
from tests.ml.scores.test_batch import build
from tests.ml.scores.world import AS_OF, EVERYTHING, SCORERS, apply, make_marts, rows
from tests.reports.factories import add_version, text_of

# No text to match: three facets, all of them rankers'.
PARTS = ("screening", "offers", "tenure")
ORGANISATION = replace(EVERYTHING, parts=PARTS)
OPENINGS = {"R-0": 2, "R-1": 3, "R-2": 50}
RANKS = """
select condition, requisition_id, application_id, rank from ranking.ranked_applications
where batch_id = %s and status = 'ranked'
"""


@pytest.fixture(scope="module")
def world(module_warehouse):
    """Sixty applications to three requisitions; one of ten had an offer, one of thirty started work."""
    make_marts(module_warehouse)
    random = np.random.default_rng(3)
    scores = random.integers(101, size=(60, 3)) / 100
    with module_warehouse.connect(TRANSFORMER) as connection:
        connection.execute("create table outcomes.hiring_funnel (as_of_date date, requisition_id text, openings int)")
        for item in OPENINGS.items():
            connection.execute("insert into outcomes.hiring_funnel values (%s, %s, %s)", [AS_OF, *item])
        for ranker, observed in (("quality", 1), ("onboard", 10), ("attrition", 30)):
            table = f"labels.{ranker}_labels"
            connection.execute(
                f"create table {table} (as_of_date date, application_id text, label_status text, label int)"
            )
            for number in range(60):
                status = "not_reached" if number % observed else "observed"
                connection.execute(
                    f"insert into {table} (as_of_date, application_id, label_status) values (%s, %s, %s)",
                    [AS_OF, f"A-{number}", status],
                )
    for number, (quality, onboard, attrition) in enumerate(scores):
        apply(
            module_warehouse, f"A-{number}", f"R-{number % 3}", quality=quality, onboard=onboard, attrition=attrition
        )  # fmt: skip
    return module_warehouse


@pytest.fixture(scope="module")
def batch(world, tmp_path_factory):
    number = build(world, tmp_path_factory.mktemp("cache"), organisation=ORGANISATION)
    publish_batch(world, number)
    return number


def ranks(world, batch):
    found = {}
    for condition, requisition, application, rank in rows(world, RANKS, batch):
        found.setdefault((condition, requisition), {})[application] = rank
    return found


def test_people_outside_are_counted_by_what_became_of_their_outcome(world, batch):
    with world.connect(AUDITOR) as connection:
        outside = read_outside(connection, batch, AS_OF)
    for ranker, every in (("quality", 1), ("onboard", 10), ("attrition", 30)):
        # A score above .95 is outside.
        scores = rows(world, f"select application_id, {ranker}_score > 0.95 from scores.facet_scores")
        observed = [is_outside for name, is_outside in scores if int(name[2:]) % every == 0]
        overall, statuses = outside[ranker].overall, dict(outside[ranker].statuses)
        assert (overall["count"], overall["of"]) == (sum(flag for _, flag in scores), 60)
        assert (statuses["observed"]["count"], statuses["observed"]["of"]) == (sum(observed), 60 / every)
        assert sum(share["of"] for share in statuses.values()) == 60
        assert overall["low"] <= overall["value"] <= overall["high"]


@pytest.mark.parametrize(
    ("ignored", "kept"),
    [
        ("onboard", ("quality", "attrition")),
        ("attrition", ("quality", "onboard")),
        ("onboard and attrition", ("quality",)),
    ],
)
def test_ignoring_a_facet_ranks_as_an_organisation_without_it(world, batch, tmp_path, ignored, kept):
    with world.connect(AUDITOR) as connection:
        compared = [row for row in read_rankings_without_facets(connection, batch, AS_OF) if row["ignored"] == ignored]
    lacking = build(world, tmp_path, organisation=ORGANISATION, scorers={name: SCORERS[name] for name in kept})
    usual, without = ranks(world, batch), ranks(world, lacking)
    assert len(compared) == 5
    for row in compared:
        correlations, stay, stay_ten = [], 0, 0
        for requisition, openings in OPENINGS.items():
            old, new = usual[row["condition"], requisition], without[row["condition"], requisition]
            correlations.append(spearmanr(list(old.values()), [new[name] for name in old]).statistic)
            # Twenty people for fifty openings say nothing.
            stay += sum(old[name] <= openings and new[name] <= openings for name in old) if openings < 20 else 0
            stay_ten += sum(old[name] <= 10 and new[name] <= 10 for name in old)
        assert row["requisitions"] == 3
        assert row["correlation"] == pytest.approx(np.mean(correlations))
        assert (row["openings"]["count"], row["openings"]["of"]) == (stay, 5)
        assert (row["ten"]["count"], row["ten"]["of"]) == (stay_ten, 30)
    assert any(row["correlation"] < 1 for row in compared)


def test_a_facet_that_is_absent_cannot_be_ignored_nor_the_last_one(world, tmp_path):
    for kept, expected in (({"quality", "attrition"}, {"attrition"}), ({"attrition"}, set())):
        lacking = build(world, tmp_path, organisation=ORGANISATION, scorers={name: SCORERS[name] for name in kept})
        with world.connect(AUDITOR) as connection:
            compared = read_rankings_without_facets(connection, lacking, AS_OF)
        assert {row["ignored"] for row in compared} == expected


@pytest.mark.usefixtures("batch")
def test_the_site_says_how_far_the_scores_reach_and_what_the_lists_owe_to_them(world, settings, tmp_path):
    for ranker in SCORERS:
        add_version(world, ranker, "champion", "Scores.", metrics={"false_alarms": 0.01}, as_of_date=AS_OF)
    site = build_site(world, ORGANISATION, replace(settings, var=tmp_path), AS_OF).parent
    overview, onboard = text_of(site / "index.html"), text_of(site / str(AS_OF) / "onboard.html")
    assert "Whom it was not trained on This ranker learned from people who had an offer" in onboard
    ((outside,),) = rows(world, "select count(*) from scores.facet_scores where onboard_score > 0.95")
    assert f"{outside} of 60 people scored lie outside" in onboard
    assert "odder than those of 99.0% of its training. So would 1.0% of people like those trained on" in onboard
    # One of ten had an offer: 6 of 60.
    assert f"all 60 {outside} {outside / 60:.1%}" in onboard
    assert "observed 6 " in onboard
    assert "not reached 54 " in onboard
    assert "What onboard and attrition do to the lists" in overview
    # Two and three openings; the third list, of 20 people for 50 openings, is left out there. Three lists have a ten.
    assert overview.count(" of 5 ") == overview.count(" of 30 ") == 5 * 3
    assert "recession onboard and attrition" in overview
    assert "the mean of 3 requisitions of 3; 1.000 is the same order." in overview
