"""The adverse-impact check of a version: red, green, not done, and seldom red by chance."""

from __future__ import annotations

from datetime import date

import numpy as np
import psycopg
import pytest

from ml.warehouse.connection import Warehouse
from ml.warehouse.roles import AUDITOR, OWNER, REVIEWER, TRAINER
from reports.impact_check import ImpactCheck, _holm, check_impact, judge_impact, read_table
from tests.reports.factories import AS_OF, People, add_people, add_predictions, make_marts
from tests.reports.test_group_rates import scored


def judge(scores: list[float], **known: list) -> ImpactCheck:
    return judge_impact("quality", scored(scores, **known), seed=0)


def test_a_group_that_is_scored_lower_and_not_by_chance_fails() -> None:
    # A hundred each: 80 men and 20 women above the median of .5. Ratio .2 / .8 = .25, and no shuffle is as uneven:
    # 1 / 4001 times the two groups looked at is .0005.
    scores = [0.9] * 80 + [0.1] * 20 + [0.9] * 20 + [0.1] * 80
    check = judge(scores, sex=["male"] * 100 + ["female"] * 100)
    assert check.verdict == "failed"
    assert check.sentence == (
        "quality: the scores put groups at a disadvantage: female (sex), 100 people, impact ratio 0.25, p 0.000."
    )
    female, male = check.groups
    assert (female.rate, female.impact_ratio, male.impact_ratio, male.p_value) == (0.2, 0.25, 1.0, None)
    assert female.p_value == pytest.approx(2 / 4001)


def test_a_low_ratio_among_few_people_is_noise() -> None:
    # 12 each: 7 men and 5 women above the median; .417 / .583 = .71. Of 24 people with 12 above, 12 women have at most
    # 5 above with chance .342 (hypergeometric), times the two groups looked at.
    scores = [0.9] * 7 + [0.1] * 5 + [0.9] * 5 + [0.1] * 7
    check = judge(scores, sex=["male"] * 12 + ["female"] * 12)
    assert check.verdict == "passed"
    assert check.groups[0].p_value == pytest.approx(2 * 0.342, abs=0.04)
    assert check.sentence.startswith(
        "quality: no group is shown to be at a disadvantage; the lowest of 2: female (sex), 12 people, impact ratio 0.71, p 0.6"
    )


def test_a_certain_difference_above_four_fifths_passes() -> None:
    # 10,000 each: 5,200 men and 4,800 women above; .48 / .52 = .92.
    scores = [0.9] * 5200 + [0.1] * 4800 + [0.9] * 4800 + [0.1] * 5200
    check = judge(scores, sex=["male"] * 10000 + ["female"] * 10000)
    assert (check.verdict, check.groups[0].p_value) == ("passed", None)


def test_groups_too_small_to_show_or_to_count_stop_nobody() -> None:
    # Nine people, and twelve of 1,012 that are under 2%: all of them at the bottom.
    for few in (9, 12):
        scores = [0.9, 0.1] * 500 + [0.0] * few
        check = judge(scores, sex=["male"] * 500 + ["female"] * 500 + ["other"] * few)
        assert [group.group for group in check.groups] == ["female", "male"]
        assert check.verdict == "passed"


def test_without_protected_data_it_says_that_nothing_was_checked() -> None:
    for check in (judge([0.9, 0.1] * 50), judge_impact("quality", None, seed=0)):
        assert (check.verdict, check.groups) == ("not checked", ())
        assert check.sentence == "quality: adverse impact was not checked: no protected attributes are on record."


@pytest.mark.parametrize("known", [{"sex": ["female"] * 100}, {"birth_year": ["1970", "1999"] * 50}])
def test_without_two_groups_to_compare_it_says_that_nothing_was_checked(known: dict[str, list[str]]) -> None:
    check = judge([0.9, 0.1] * 50, **known)
    assert check.verdict == "not checked"
    assert not any(group.can_fail for group in check.groups)
    assert check.sentence == (
        "quality: adverse impact was not checked, as sex and race or ethnicity are on record of too few of the people "
        "it was tested on."
    )


def test_a_group_that_is_scored_higher_than_everybody_else_is_at_no_disadvantage() -> None:
    # Above the median: 54 of 60, 195 of 300 and 243 of 640. The second is at .65 / .9 = .72 of the highest, but all
    # others together are at 297 / 700 = .42; the third is at .38 / .9 = .42, and the others at 249 / 360 = .69.
    scores = [
        each for above, size in ((54, 60), (195, 300), (243, 640)) for each in [0.9] * above + [0.1] * (size - above)
    ]
    check = judge(scores, race_ethnicity=["a"] * 60 + ["b"] * 300 + ["c"] * 640)
    assert [group.group for group in check.groups if group.is_at_disadvantage] == ["c"]
    assert check.groups[1].impact_ratio == pytest.approx(0.65 / 0.9)
    assert check.groups[1].p_value == 1.0


def test_p_values_are_adjusted_in_steps() -> None:
    # In order .01 x 3 = .03, .02 x 2 = .04, and .03 x 1, which is no less than the one before it.
    assert _holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert _holm([0.6, 0.5]) == [1.0, 1.0]


def test_age_is_measured_and_stops_nobody() -> None:
    scores, years = [0.9] * 100 + [0.1] * 100, ["1999"] * 100 + ["1960"] * 100
    check = judge(scores, birth_year=years, sex=["female", "male"] * 100)
    older, younger = (group for group in check.groups if group.attribute == "birth_year")
    # Nobody of them is above the median; 1 / 4001 times the four groups looked at.
    assert (older.group, older.impact_ratio, older.p_value) == ("40 or older", 0.0, pytest.approx(4 / 4001))
    assert (younger.p_value, older.is_at_disadvantage) == (None, False)
    assert check.verdict == "passed"


def test_the_champions_ratio_stands_beside() -> None:
    sex = ["male"] * 100 + ["female"] * 100
    new, old = [0.9] * 80 + [0.1] * 20 + [0.9] * 20 + [0.1] * 80, [0.9] * 60 + [0.1] * 40 + [0.9] * 40 + [0.1] * 60
    check = judge_impact("quality", scored(new, sex=sex), scored(old, sex=sex), seed=0)
    # 40 / 60.
    assert check.groups[0].champion_ratio == pytest.approx(2 / 3)
    said = "impact ratio 0.25, worse than the champion's on the same applications (0.25, 0.67), p 0.000."
    assert said in check.sentence
    milder = judge_impact("quality", scored(old, sex=sex), scored(new, sex=sex), seed=0)
    assert "not worse than the champion's on the same applications (0.67, 0.25)" in milder.sentence


def test_the_champion_is_compared_on_the_applications_that_both_scored() -> None:
    # The champion knew the first hundred only, fifty each: 40 men and 10 women above, .2 / .8. On those the new version
    # scores 30 and 20 above, .4 / .6; on the second hundred nobody differs: in all 55 and 45, .45 / .55.
    sex = ["male"] * 50 + ["female"] * 50
    new = [0.9] * 30 + [0.1] * 20 + [0.9] * 20 + [0.1] * 30
    rest = [0.9] * 25 + [0.1] * 25
    ours = scored(new + rest + rest, sex=sex * 2)
    theirs = scored([0.9] * 40 + [0.1] * 10 + [0.9] * 10 + [0.1] * 40, sex=sex)
    female = judge_impact("quality", ours, theirs, seed=0).groups[0]
    assert female.impact_ratio == pytest.approx(0.45 / 0.55)
    assert (female.common_ratio, female.champion_ratio) == (pytest.approx(0.4 / 0.6), pytest.approx(0.2 / 0.8))


def test_applications_of_one_person_are_one_witness() -> None:
    # Ten people each with thirty applications that are scored alike; 6 men and 3 women above. As 600 applications that
    # would be certain; among twenty people a difference of three is not.
    people = [f"c{each}" for each in range(20) for _ in range(30)]
    scores = [0.9 if each in (*range(6), *range(10, 13)) else 0.1 for each in range(20) for _ in range(30)]
    sex = ["male" if each < 10 else "female" for each in range(20) for _ in range(30)]
    check = judge(scores, people=people, sex=sex)
    assert (check.groups[0].impact_ratio, check.verdict) == (0.5, "passed")


@pytest.mark.parametrize("applications_each", [1, 3])
def test_a_version_that_treats_all_alike_fails_no_more_often_than_one_in_twenty(applications_each: int) -> None:
    # Scores drawn without a look at the groups; all applications of a person are scored alike, so that they are one
    # witness. Some of these people apply once and some six times. Of 200 versions that fail with chance .05 each, more
    # than 17 do in 1 of 100 tries.
    failed = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        owner = random.integers(0, 150 // applications_each, 150)
        score, sex, race = random.random(150), random.choice(["female", "male"], 150), random.choice(list("abc"), 150)
        known = {"sex": sex[owner].tolist(), "race_ethnicity": race[owner].tolist()}
        people = [f"c{each}" for each in owner]
        failed += judge(score[owner].tolist(), people=people, **known).verdict == "failed"
    assert failed <= 17


@pytest.fixture
def tested(fresh_warehouse: Warehouse) -> Warehouse:
    """A version whose scores are low for every second of two hundred people, the women."""
    make_marts(fresh_warehouse)
    people = People.draw(1, 200, start=date(2026, 1, 1), days=90, prefix="p")
    for place, row in enumerate(people.rows):
        row["score"] = 0.2 + place / 1000 if place % 2 else 0.6 + place / 1000
    add_people(fresh_warehouse, "quality", people, label_status="observed")
    add_predictions(fresh_warehouse, "quality", people.rows, version="3")
    with fresh_warehouse.connect(OWNER) as connection:
        for place, row in enumerate(people.rows):
            values = [row["candidate_id"], "female" if place % 2 else "male"]
            connection.execute(
                "insert into protected.protected_attributes (candidate_id, attribute, value, collected_at, recorded_at) "
                "values (%s, 'sex', %s, '2020-01-01', '2020-01-01')",
                values,
            )
    return fresh_warehouse


def test_the_auditor_checks_and_only_aggregates_are_kept(tested: Warehouse) -> None:
    for _ in range(2):
        check = check_impact(tested, "quality", "3", as_of_date=AS_OF, champion=None, seed=0)
    assert check.verdict == "failed"
    with tested.connect(REVIEWER) as connection:
        (kept,) = connection.execute(
            "select ranker, model_version, verdict, sentence, groups from governance.impact_checks"
        ).fetchall()
    assert kept[:4] == ("quality", "3", "failed", check.sentence)
    assert [(group["group"], group["people"]) for group in kept[4]] == [("female", 100), ("male", 100)]
    # 100 of 200 are above the median, all men: no woman of a hundred, 1 / 4001 times two groups.
    assert read_table(tested, "quality", "3").splitlines()[2:] == [
        "| sex | female | 100 | 0.00 | 0.00 | - | 0.000 |",
        "| sex | male | 100 | 1.00 | 1.00 | - | - |",
    ]
    assert read_table(tested, "quality", "4") == ""
    with tested.connect(TRAINER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("delete from governance.impact_checks")


def test_what_the_auditor_reads_the_trainer_may_not(tested: Warehouse) -> None:
    from reports.card_audit import scored_applications

    with tested.connect(AUDITOR) as connection:
        assert scored_applications(connection, "quality", "3", AS_OF) is not None
    with tested.connect(TRAINER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        scored_applications(connection, "quality", "3", AS_OF)
